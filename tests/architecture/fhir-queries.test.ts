import { globSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/** The only file that may write a query string: it encodes values and checks answers by the same criteria. */
const BUILDER = 'functions/adapters/fhir/client/search.ts';

/** A parameter with its equals sign, at the beginning of a text or after `?` or `&`. */
const PARAMETER = /(?:^|[?&])_?[a-zA-Z][\w:.-]*=/;

/** Value of the header Prefer, the one text of that form that is no query. */
const PREFER = 'return=representation';

/** Texts of a source file that look like a query string. */
function queriesIn(file: string, source: string): string[] {
  const found: string[] = [];
  const note = (text: string) => {
    if (text === PREFER) return;
    if (PARAMETER.test(text) || /\?$/.test(text)) found.push(text);
  };
  new Visitor({
    Literal({ value }) {
      if (typeof value === 'string') note(value);
    },
    TemplateElement({ value }) {
      note(value.raw);
    },
  }).visit(parseSync(file, source).program);
  return found;
}

const files = globSync('functions/adapters/fhir/**/*.ts', { cwd: new URL('../..', import.meta.url) });

describe('query strings of the FHIR adapter', () => {
  it.each(files.filter((file) => file !== BUILDER))('%s writes none', (file) => {
    expect(queriesIn(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))).toEqual([]);
  });

  it.each([
    `const path = \`Task?focus=DocumentReference/\${id}\`;`,
    "const path = 'DocumentReference?type=x&status=current';",
    `const query = \`identifier=\${system}|\${value}\`;`,
    "const path = 'Task?' + query;",
    `const more = \`\${path}&_count=50\`;`,
  ])('the checker finds what is planted: %s', (source) => expect(queriesIn('planted.ts', source)).not.toEqual([]));

  it('looks at the whole adapter', () => expect(files).toContain(BUILDER));
});
