import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { dayWithoutHour } from '../../../infra/skipped-hour.ts';

const from = Temporal.PlainDate.from('2026-03-07');

it.each([
  ['America/New_York', 2, '2026-03-08'],
  ['Europe/London', 1, '2026-03-29'],
  ['Europe/Berlin', 2, '2026-03-29'],
  ['America/Havana', 0, '2026-03-08'],
  ['America/Santiago', 0, '2026-09-06'],
])('%s skips %i:00 first on %s', (timeZone, hour, day) => {
  expect(String(dayWithoutHour(hour, timeZone, from))).toBe(day);
});

it.each([
  // The hour that the autumn has twice is no hour that is missing.
  ['America/New_York', 1],
  ['Europe/Berlin', 3],
  ['America/Phoenix', 2],
  ['UTC', 0],
])('%s has %i:00 every day', (timeZone, hour) => {
  expect(dayWithoutHour(hour, timeZone, from)).toBeNull();
});
