import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplates, snapshots } from '../../../../docs/mails/generate.ts';
import { MESSAGE_KINDS } from '../../../../functions/domain/case/account.ts';
import { LANGUAGES } from '../../../../functions/domain/email/language.ts';
import { HTML, TEXT } from '../../../../functions/notification/templates.ts';

const committed = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('what is committed is what `npm run build:mail` writes', () => {
  it('the templates, from their MJML', async () => {
    expect(committed('functions/notification/templates.ts')).toBe(await compiledTemplates());
  });

  it('the mails that a reviewer opens', async () => {
    const written = await snapshots();
    expect(written.size).toBe(MESSAGE_KINDS.length * LANGUAGES.length * 2);
    const names = readdirSync(new URL('../../../../docs/mails/', import.meta.url)).filter(
      (name) => !name.endsWith('.ts'),
    );
    expect(names.sort()).toEqual([...written.keys()].sort());
    for (const [name, content] of written) expect(committed(`docs/mails/${name}`), name).toBe(content);
  });
});

describe('the template', () => {
  it('escapes whatever it fills in: no triple braces, no ampersand tags', () => {
    expect(HTML).not.toMatch(/\{\{[{&]/);
    expect([...new Set([...HTML.matchAll(/\{\{(\w+)\}\}/g)].map(([, tag]) => tag))].sort()).toEqual([
      ...`action copy greeting heading language link message noReply practice preview protection questions subject until validUntil`.split(
        ' ',
      ),
    ]);
  });

  it('lays out with tables that say so, as wide as mail clients take', () => {
    const tables = HTML.match(/<table\b[^>]*>/g) ?? [];
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) expect(table).toContain('role="presentation"');
    expect(HTML).toContain('max-width:600px');
  });

  it('says everything that the HTML says in plain text, but how to use the button', () => {
    const tags = (template: string) => new Set([...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, tag]) => tag));
    const onlyInHtml = [...tags(HTML)].filter((tag) => !tags(TEXT).has(tag));
    expect(onlyInHtml.sort()).toEqual(['copy', 'language', 'preview', 'subject']);
  });
});
