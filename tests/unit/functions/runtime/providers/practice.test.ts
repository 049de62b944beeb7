import { expect, it } from 'vitest';
import { random } from '../../../../../functions/runtime/providers/practice.ts';

it('draws within its bounds and fresh ids', () => {
  const { randomInt, newId, bytes } = random();
  const drawn = Array.from({ length: 500 }, () => randomInt(24));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(24);
  expect(new Set(drawn).size).toBe(24);
  expect(newId()).not.toBe(newId());
  expect([bytes(32).length, bytes(0).length]).toEqual([32, 0]);
  expect(Buffer.from(bytes(32))).not.toEqual(Buffer.from(bytes(32)));
});
