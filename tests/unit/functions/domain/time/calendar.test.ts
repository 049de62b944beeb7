import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayOf, startOfDay } from '../../../../../functions/domain/time/calendar.ts';

describe('dayOf', () => {
  it.each([
    ['2026-06-15T12:00:00Z', 'UTC', '2026-06-15'],
    ['2026-06-15T03:59:59.999Z', 'America/New_York', '2026-06-14'],
    ['2026-06-15T04:00:00Z', 'America/New_York', '2026-06-15'],
    ['2026-01-15T04:59:59.999Z', 'America/New_York', '2026-01-14'],
    ['2026-01-15T05:00:00Z', 'America/New_York', '2026-01-15'],
    // The days on which New York's clocks move: 23 hours and 25 hours long.
    ['2026-03-08T05:00:00Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T03:59:59.999Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T04:00:00Z', 'America/New_York', '2026-03-09'],
    ['2026-11-01T04:00:00Z', 'America/New_York', '2026-11-01'],
    ['2026-11-02T04:59:59.999Z', 'America/New_York', '2026-11-01'],
    ['2026-11-02T05:00:00Z', 'America/New_York', '2026-11-02'],
    // No daylight saving, other side of the date line, half an hour, year's end.
    ['2026-07-01T06:59:59.999Z', 'America/Phoenix', '2026-06-30'],
    ['2026-06-15T12:00:00Z', 'Pacific/Auckland', '2026-06-16'],
    ['2026-06-15T18:30:00Z', 'Asia/Kolkata', '2026-06-16'],
    ['2026-12-31T23:30:00Z', 'Europe/Berlin', '2027-01-01'],
    ['2027-01-01T07:59:59Z', 'America/Los_Angeles', '2026-12-31'],
  ])('%s in %s', (instant, timeZone, day) => expect(dayOf(Date.parse(instant), timeZone)).toBe(day));
});

describe('addDays', () => {
  it.each([
    ['2026-06-15', 0, '2026-06-15'],
    ['2026-06-30', 1, '2026-07-01'],
    ['2026-03-07', 7, '2026-03-14'],
    ['2026-10-31', 7, '2026-11-07'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2027-01-01', -1, '2026-12-31'],
  ])('%s and %i', (day, days, moved) => expect(addDays(day, days)).toBe(moved));
});

describe('startOfDay', () => {
  it.each([
    ['2026-06-15', 'UTC', '2026-06-15T00:00:00Z'],
    ['2026-06-15', 'America/New_York', '2026-06-15T04:00:00Z'],
    ['2026-01-15', 'America/New_York', '2026-01-15T05:00:00Z'],
    ['2026-06-15', 'Pacific/Kiritimati', '2026-06-14T10:00:00Z'],
    ['2026-06-15', 'Asia/Kathmandu', '2026-06-14T18:15:00Z'],
    // Clocks go forward at midnight: the day begins at one.
    ['2025-09-07', 'America/Santiago', '2025-09-07T04:00:00Z'],
  ])('%s in %s begins at %s', (day, zone, instant) => {
    expect(startOfDay(day, zone)).toBe(Date.parse(instant));
  });

  it('is the first instant of its day, in every zone', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        (date, zone) => {
          const day = dayOf(date.getTime(), zone);
          const start = startOfDay(day, zone);
          expect([dayOf(start, zone), dayOf(start - 1000, zone) < day]).toEqual([day, true]);
        },
      ),
    );
  });
});
