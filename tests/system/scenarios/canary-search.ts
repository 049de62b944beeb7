/** Finds a secret in a text, however it was encoded on the way there. */

export interface Text {
  where: string;
  text: string;
}

export interface Finding {
  canary: string;
  encoding: string;
  where: string;
}

const ASCII_ONLY = /[^ -~]/g;
const hexOf = (text: string) => Buffer.from(text).toString('hex');

/** The part of a text's base64 that stays the same whatever stands before and after it; one for each alignment. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // A character holds 6 bits; those that also hold bits of a neighbor are left out.
    const first = Math.ceil((before * 8) / 6);
    return encoded.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
  });
}

const jsonOf = (text: string) => JSON.stringify(text).slice(1, -1);
const unicodeEscaped = (text: string) =>
  text.replace(ASCII_ONLY, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const htmlEscaped = (text: string, written: (character: string) => string) => text.replace(/[&<>"']/g, written);
const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** How a text may be written. Upper and lower case count as the same, except in base64. */
export const ENCODINGS: Record<string, (text: string) => string[]> = {
  raw: (text) => [text],
  'without accents': (text) => [text.normalize('NFD').replace(/\p{M}/gu, '')],
  'decomposed accents': (text) => [text.normalize('NFD')],
  base64: base64Of,
  base64url: (text) => base64Of(text).map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
  'URL-escaped': (text) => [encodeURIComponent(text), encodeURI(text), strictlyUrlEscaped(text)],
  'form-escaped': (text) => [new URLSearchParams([['', text]]).toString().slice(1)],
  'JSON-escaped': (text) => [jsonOf(text), unicodeEscaped(jsonOf(text))],
  'HTML-escaped': (text) => [
    htmlEscaped(text, (character) => NAMED[character] ?? character),
    htmlEscaped(text, (character) => `&#${character.charCodeAt(0)};`),
    text.replace(ASCII_ONLY, (character) => `&#${character.charCodeAt(0)};`),
  ],
  'quoted-printable': (text) => [text.replace(ASCII_ONLY, (c) => hexOf(c).replace(/../g, '=$&'))],
  hex: (text) => [hexOf(text)],
  reversed: (text) => [[...text].reverse().join('')],
};

function strictlyUrlEscaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*.~-]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

const keepsCase = (encoding: string) => encoding.startsWith('base64');

/** Every canary in every text; nothing found means that nothing leaked. */
export function find(canaries: Iterable<string>, texts: readonly Text[]): Finding[] {
  const wanted = [...new Set(canaries)].flatMap((canary) =>
    Object.entries(ENCODINGS).flatMap(([encoding, encode]) =>
      [...new Set(encode(canary))].map((written) => ({
        canary,
        encoding,
        written: keepsCase(encoding) ? written : written.toLowerCase(),
      })),
    ),
  );
  return texts.flatMap(({ where, text }) => {
    // JSON within JSON within JSON, as in an execution's history: each level doubles the backslashes.
    const level = text.replaceAll(/\\{2,}/g, '\\');
    const lower = level.toLowerCase();
    return wanted
      .filter(({ encoding, written }) => (keepsCase(encoding) ? level : lower).includes(written))
      .map(({ canary, encoding }) => ({ canary, encoding, where }));
  });
}
