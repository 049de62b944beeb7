import { describe, expect, it } from 'vitest';
import { mean, welchT } from '../../../bench/welch.ts';

describe('Welch’s t', () => {
  it('is the distance of the means in standard errors, whichever sample comes first', () => {
    const a = [1, 2, 3, 4, 5];
    const b = [2, 4, 6, 8, 10];
    expect([mean(a), mean(b)]).toEqual([3, 6]);
    // Variances 2.5 and 10: 3 / √(2.5/5 + 10/5).
    expect(welchT(a, b)).toBeCloseTo(1.8974, 4);
    expect(welchT(b, a)).toBe(welchT(a, b));
  });
  it('is 0 where the means are one, and grows with the samples where they are not', () => {
    const noisy = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + (n % 7));
    expect(welchT(noisy(5, 70), noisy(5, 70))).toBe(0);
    expect(welchT(noisy(5, 70), noisy(5.1, 70))).toBeLessThan(4.5);
    expect(welchT(noisy(5, 70_000), noisy(5.1, 70_000))).toBeGreaterThan(4.5);
  });
});
