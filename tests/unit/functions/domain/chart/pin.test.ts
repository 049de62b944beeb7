import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePin, isPin } from '../../../../../functions/domain/chart/pin.ts';

const LETTERS = [...'ABCDEFGHJKLMNPQRSTUVWXYZ'];

/** A deterministic source (mulberry32), so that the counts below are the same in every run. */
function source(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * max);
  };
}

/** Σ (observed − expected)² / expected over equally likely classes. */
function chiSquare(counts: Map<string, number>, classes: readonly string[], total: number): number {
  const expected = total / classes.length;
  return classes.reduce((sum, each) => sum + ((counts.get(each) ?? 0) - expected) ** 2 / expected, 0);
}

function countBy(pins: readonly string[], position: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pin of pins) counts.set(pin.charAt(position), (counts.get(pin.charAt(position)) ?? 0) + 1);
  return counts;
}

describe('generatePin (P6)', () => {
  it('is one letter, no I and no O, and nine digits, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.nat(23), fc.nat(999_999_999), (letter, digits) => {
        const pin = generatePin((max) => (max === 24 ? letter : digits));
        expect(pin).toMatch(/^[A-HJ-NP-Z][0-9]{9}$/);
        expect(pin.slice(1)).toBe(digits.toString().padStart(9, '0'));
        expect(isPin(pin)).toBe(true);
      }),
    );
  });

  it('draws once for a letter of 24 and once for a number below 10⁹', () => {
    const asked: number[] = [];
    generatePin((max) => {
      asked.push(max);
      return 0;
    });
    expect(asked).toEqual([24, 1_000_000_000]);
  });

  it('uses every letter, each for exactly one draw', () => {
    const drawn = Array.from({ length: 24 }, (_, draw) => generatePin((max) => (max === 24 ? draw : 0)).charAt(0));
    expect(drawn).toEqual(LETTERS);
  });

  it('keeps both bounds', () => {
    expect(generatePin(() => 0)).toBe('A000000000');
    expect(generatePin((max) => max - 1)).toBe('Z999999999');
  });

  it('makes no letter and no digit likelier than another', () => {
    const random = source(20_260_301);
    const pins = Array.from({ length: 24_000 }, () => generatePin(random));
    // 0.1 % points of chi² with 23 and 9 degrees of freedom.
    expect(chiSquare(countBy(pins, 0), LETTERS, pins.length)).toBeLessThan(49.73);
    for (let position = 1; position <= 9; position++) {
      expect(chiSquare(countBy(pins, position), [...'0123456789'], pins.length)).toBeLessThan(27.88);
    }
    expect(new Set(pins).size).toBeGreaterThan(23_990);
  });

  it('would be caught by that count if it took a remainder', () => {
    const random = source(20_260_301);
    const pins = Array.from({ length: 24_000 }, () => generatePin((max) => random(32) % max));
    expect(chiSquare(countBy(pins, 0), LETTERS, pins.length)).toBeGreaterThan(49.73);
  });
});

describe('isPin', () => {
  it.each([
    ['B122900125', true],
    ['I000000000', true],
    ['b122900125', false],
    ['B12290012', false],
    ['B1229001255', false],
    ['BB22900125', false],
    ['B12290012５', false],
    ['B122900125\n', false],
    [' B122900125', false],
    ['', false],
  ])('%j: %s', (value, is) => expect(isPin(value)).toBe(is));
});
