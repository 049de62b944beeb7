/**
 * `npm run build:mail`: compiles the mail's MJML into the Mustache templates that are deployed, then writes the mails of this
 * folder with them, as patients get them. A test holds the committed files to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import mjml2html from 'mjml';
import { MESSAGE_KINDS } from '../../functions/domain/case/account.ts';
import { LANGUAGES } from '../../functions/domain/email/language.ts';

const NOTIFICATION = new URL('../../functions/notification/', import.meta.url);
const TEMPLATES = new URL('templates.ts', NOTIFICATION);

/** The text of functions/notification/templates.ts. MJML itself is megabytes, and no part of what is deployed. */
export async function compiledTemplates(): Promise<string> {
  // Without `fonts: {}` MJML fetches what it takes for a web font from Google, in every mail.
  const source = readFileSync(new URL('enrollment.mjml', NOTIFICATION), 'utf8');
  const { html } = await mjml2html(source, { validationLevel: 'strict', keepComments: false, fonts: {} });
  const text = readFileSync(new URL('enrollment.txt', NOTIFICATION), 'utf8');
  // MJML's indentation is a third of its output.
  const lines = withMain(html)
    .split('\n')
    .flatMap((line) => line.trim() || []);
  return [
    '/** Written by `npm run build:mail` from enrollment.mjml and enrollment.txt: change those. */',
    `export const HTML = ${literal(`${lines.join('\n')}\n`)};`,
    `export const TEXT = ${literal(text)};`,
    '',
  ]
    .join('\n\n')
    .replace(/\n\n$/, '\n');
}

/** MJML makes the whole an article with a label, which is no landmark: a screen reader that jumps to the main part finds none. */
function withMain(html: string): string {
  const parts = html.split('aria-roledescription="email" role="article"');
  if (parts.length !== 2) throw new Error('MJML makes another frame than before: where is its article?');
  return parts.join('role="main"');
}

function literal(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``;
}

/** The mails as a practice with Spanish-speaking patients sends them, by file name: HTML and text. */
export async function snapshots(): Promise<Map<string, string>> {
  const { enrollmentMail } = await import('../../functions/notification/enrollment-mail.ts');
  const practice = {
    name: 'Riverside Family Practice',
    phone: '(212) 555-0134',
    portalUrl: 'https://portal.example.com/enroll',
    sender: 'portal@example.com',
  };
  const files = new Map<string, string>();
  for (const language of LANGUAGES) {
    for (const kind of MESSAGE_KINDS) {
      const mail = enrollmentMail({
        to: 'patient@example.com',
        kind,
        language,
        expiresAt: '2026-12-10T10:00:00Z',
        // As long as the link of a pick-up page.
        link: 'https://pickup.example.com/pickup/Zm9yIGEgcmV2aWV3ZXI6IHRoaXMgb3BlbnMgbm90aGk',
        policy: { practice, timeZone: 'America/New_York' },
      });
      const name = `${kind.toLowerCase().replace('_', '-')}.${language}`;
      files.set(`${name}.html`, mail.html);
      files.set(`${name}.txt`, `From: ${mail.from}\nSubject: ${mail.subject}\n\n${mail.text}`);
    }
  }
  return files;
}

if (import.meta.main) {
  writeFileSync(TEMPLATES, await compiledTemplates());
  for (const [name, content] of await snapshots()) writeFileSync(new URL(name, import.meta.url), content);
}
