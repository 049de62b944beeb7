/** What people read in this repository: the sentences of a Markdown page, the comments and texts of a source file. */
import { parseSync, Visitor } from 'oxc-parser';

export interface Finding {
  path: string;
  line: number;
  message: string;
}

/** Folders whose string literals appear on a screen, in a terminal or in a mail. */
const SPOKEN = ['console/', 'cli/', 'functions/notification/', 'functions/pickup/', 'local/command/', 'local/console/'];

/** Replaces everything but line breaks by spaces, so that each word keeps its line. */
const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** A Markdown page without code, addresses and link targets. */
export function proseOfMarkdown(text: string): string {
  return text
    .replace(/^( *)(```|~~~)[\s\S]*?^\1\2$/gm, blank)
    .replace(/`[^`]+`/g, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/<[^>\n]+>/g, blank)
    .replace(/\]\([^)]*\)/g, blank)
    .replace(/^\[[^\]]+\]: .*$/gm, blank)
    .replace(/https?:\S+/g, blank);
}

/** The comments of a source file and, where users see them, its texts. Every other character is blank. */
export function proseOfSource(path: string, text: string): string {
  const { program, comments } = parseSync(path, text);
  const parts = comments.map(({ start, end }) => ({ start, end }));
  const isSentence = (value: string) => /[A-Za-z]{2,} [A-Za-z]{2,}/.test(value);
  if (SPOKEN.some((folder) => path.startsWith(folder))) {
    new Visitor({
      JSXText: ({ start, end }) => void parts.push({ start, end }),
      Literal({ value, start, end }) {
        if (typeof value === 'string' && isSentence(value)) parts.push({ start, end });
      },
      TemplateElement({ value, start, end }) {
        if (isSentence(value.raw)) parts.push({ start, end });
      },
    }).visit(program);
  }
  let prose = '';
  let at = 0;
  for (const { start, end } of parts.toSorted((one, other) => one.start - other.start)) {
    if (start < at) continue;
    prose += blank(text.slice(at, start)) + text.slice(start, end).replace(/^`|`$|^\s*(\/\*\*?|\*\/?|\/\/)/gm, blank);
    at = end;
  }
  return proseOfMarkdown(prose + blank(text.slice(at)));
}

export const proseOf = (path: string, text: string): string =>
  path.endsWith('.md') ? proseOfMarkdown(text) : proseOfSource(path, text);

/** Words in lower case with the lines they stand on. Names such as `patientId`, `AWS` or `v1` are not words. */
export function wordsOf(prose: string): Map<string, number[]> {
  const words = new Map<string, number[]>();
  for (const [index, line] of prose.split('\n').entries()) {
    for (const [token] of line.matchAll(/(?<![\w./@#$%&=-])\p{L}[\p{L}'’]*(?![\w/(@=]|\.\w)/gu)) {
      if (/\p{L}\p{Lu}/u.test(token)) continue;
      const word = token
        .toLowerCase()
        .replaceAll('’', "'")
        .replace(/('s|')$/, '');
      words.set(word, [...(words.get(word) ?? []), index + 1]);
    }
  }
  return words;
}
