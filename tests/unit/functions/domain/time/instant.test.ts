import { describe, expect, it } from 'vitest';
import { isWithin, millisecondsOf, toInstant } from '../../../../../functions/domain/time/instant.ts';

const at = (instant: string) => Date.parse(instant);

describe('instants', () => {
  it.each([
    ['2026-11-22T21:40:00.999Z', '2026-11-22T21:40:00Z'],
    ['2026-11-22T21:40:00.000Z', '2026-11-22T21:40:00Z'],
    ['1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59Z'],
  ])('%s is written in whole seconds', (given, written) => expect(toInstant(at(given))).toBe(written));

  it('reads back what it writes', () => {
    const now = at('2026-11-22T21:40:07Z');
    expect(millisecondsOf(toInstant(now))).toBe(now);
  });

  it.each(['', 'x', 'hello 5', '2026', '2026-02-30T00:00:00Z', '2026-11-22T10:00:00', '11/22/2026'])(
    '%j is no instant',
    (text) => expect(millisecondsOf(text)).toBeNull(),
  );
});

describe('isWithin a FHIR Period', () => {
  it.each([
    ['no bounds', null, null, '2026-06-15T12:00:00Z', true],
    ['start, the instant itself', '2026-06-15T12:00:00Z', null, '2026-06-15T12:00:00Z', true],
    ['start, a millisecond before', '2026-06-15T12:00:00Z', null, '2026-06-15T11:59:59.999Z', false],
    ['end, the instant itself', null, '2026-06-15T12:00:00Z', '2026-06-15T12:00:00Z', true],
    ['end, a millisecond after', null, '2026-06-15T12:00:00Z', '2026-06-15T12:00:00.001Z', false],
    ['end with an offset', null, '2026-06-15T12:00:00+02:00', '2026-06-15T10:00:00.001Z', false],
    ['a day, its first millisecond', '2026-06-15', '2026-06-15', '2026-06-15T00:00:00Z', true],
    ['a day, its last millisecond', '2026-06-15', '2026-06-15', '2026-06-15T23:59:59.999Z', true],
    ['a day, the next', '2026-06-15', '2026-06-15', '2026-06-16T00:00:00Z', false],
    ['a day, the one before', '2026-06-15', null, '2026-06-14T23:59:59.999Z', false],
    ['a month lasts to its end', null, '2026-06', '2026-06-30T23:59:59.999Z', true],
    ['a month is over after it', null, '2026-06', '2026-07-01T00:00:00Z', false],
    ['December', null, '2026-12', '2026-12-31T23:59:59.999Z', true],
    ['a leap February', null, '2028-02', '2028-02-29T12:00:00Z', true],
    ['a year lasts to its end', null, '2026', '2026-12-31T23:59:59.999Z', true],
    ['a year is over after it', null, '2026', '2027-01-01T00:00:00Z', false],
    ['a year that begins', '2026', null, '2026-01-01T00:00:00Z', true],
    ['a month that begins', '2026-06', null, '2026-05-31T23:59:59.999Z', false],
    ['a start that cannot be read', 'soon', null, '2026-06-15T12:00:00Z', false],
    ['an end that cannot be read', null, 'some day', '2026-06-15T12:00:00Z', false],
    ['an end without a zone', null, '2030-02-28T00:00:00', '2026-06-15T12:00:00Z', false],
    ['a start without a zone', '2020-02-29T00:00:00', null, '2026-06-15T12:00:00Z', false],
    ['a day that does not exist', null, '2030-02-30', '2026-06-15T12:00:00Z', false],
    ['a month that does not exist', '2020-13', null, '2026-06-15T12:00:00Z', false],
    ['a year that was never meant', '0001', '9999', '2026-06-15T12:00:00Z', true],
  ])('%s', (_case, start, end, now, within) => expect(isWithin(start, end, at(now))).toBe(within));
});
