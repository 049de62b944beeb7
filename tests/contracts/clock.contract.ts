/** What every implementation of the Clock port must do. */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../functions/ports/clock.ts';

export function describeClock(name: string, make: () => Clock): void {
  describe(`Clock: ${name}`, () => {
    it('tells whole milliseconds since the epoch, of our days', () => {
      const now = make().now();
      expect(Number.isInteger(now)).toBe(true);
      expect(now).toBeGreaterThan(Date.UTC(2026, 0, 1));
      expect(now).toBeLessThan(Date.UTC(2126, 0, 1));
    });
    it('never goes back', () => {
      const clock = make();
      const readings = Array.from({ length: 1_000 }, () => clock.now());
      expect(readings).toEqual(readings.toSorted((a, b) => a - b));
    });
  });
}
