import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { senderOf } from '../../../../functions/notification/sender.ts';

const ADDRESS = 'portal@example.com';
/** The display name as a mail client reads it: a quoted string, or encoded words (RFC 2047). */
function nameIn(from: string): string {
  const phrase = from.slice(0, -` <${ADDRESS}>`.length);
  if (phrase.startsWith('"')) return phrase.slice(1, -1).replace(/\\(.)/g, '$1');
  const bytes = phrase.split(' ').flatMap((word) => {
    const [, encoded = ''] = /^=\?UTF-8\?Q\?([\x21-\x3e\x40-\x7e]*)\?=$/.exec(word) ?? [];
    expect(word.length).toBeLessThanOrEqual(75);
    return [...encoded.matchAll(/=([0-9A-F]{2})|(.)/g)].map(([, hex, plain = '']) =>
      hex === undefined ? (plain === '_' ? ' ' : plain).charCodeAt(0) : Number.parseInt(hex, 16),
    );
  });
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
}

describe('the From of a mail', () => {
  it.each([
    ['Riverside Practice', '"Riverside Practice" <portal@example.com>'],
    ['Smith, Sons & "Co" \\ Inc.', '"Smith, Sons & \\"Co\\" \\\\ Inc." <portal@example.com>'],
    ['Clínica Río', '=?UTF-8?Q?Cl=C3=ADnica_R=C3=ADo?= <portal@example.com>'],
    ['  spaced \t out ', '"spaced out" <portal@example.com>'],
    ['', ADDRESS],
    ['\r\n', ADDRESS],
  ])('%j', (name, from) => expect(senderOf(name, ADDRESS)).toBe(from));

  it('leaves out a name that makes it longer than SES takes', () => {
    expect(senderOf('é'.repeat(30), ADDRESS)).not.toBe(ADDRESS);
    expect(senderOf('é'.repeat(100), ADDRESS)).toBe(ADDRESS);
  });

  it('reads back as the name, whatever it is, and is one line of ASCII within the limits', () => {
    const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(anyName, (name) => {
        const from = senderOf(name, ADDRESS);
        expect(from).toMatch(/^[\x20-\x7e]{1,320}$/);
        expect(from.endsWith(ADDRESS) || from.endsWith(`<${ADDRESS}>`)).toBe(true);
        if (from !== ADDRESS) expect(nameIn(from)).toBe(name.replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ').trim());
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});
