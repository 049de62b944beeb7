import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DateFields, isFullDate, readBirthDate } from '../../../../../functions/domain/pickup/birth-date.ts';

const TODAY = '2026-06-15';
const read = (month: string, day: string, year: string) => readBirthDate({ month, day, year }, TODAY);

describe('three fields are a date', () => {
  it.each([
    ['3', '29', '1957', '1957-03-29'],
    ['03', '09', '1957', '1957-03-09'],
    [' 3 ', '29', ' 1957', '1957-03-29'],
    ['March', '29', '1957', '1957-03-29'],
    ['mar', '29', '1957', '1957-03-29'],
    ['MAR.', '29', '1957', '1957-03-29'],
    ['marzo', '29', '1957', '1957-03-29'],
    ['Enero', '1', '2000', '2000-01-01'],
    ['ene', '1', '2000', '2000-01-01'],
    ['sept', '1', '2000', '2000-09-01'],
    ['setiembre', '1', '2000', '2000-09-01'],
    ['abr', '1', '2000', '2000-04-01'],
    ['ago', '1', '2000', '2000-08-01'],
    ['Dic.', '31', '1999', '1999-12-31'],
    ['２', '２９', '２０００', '2000-02-29'],
    ['2', '29', '2024', '2024-02-29'],
    ['2', '29', '2000', '2000-02-29'],
    ['6', '15', '2026', '2026-06-15'],
    ['1', '1', '1850', '1850-01-01'],
  ])('%s, %s, %s', (month, day, year, date) => expect(read(month, day, year)).toEqual({ date }));
});

describe('or they are not, and say why and where', () => {
  it.each<[string, string, string, string, (keyof DateFields)[]]>([
    ['', '', '', 'MISSING', ['month', 'day', 'year']],
    ['3', '', '1957', 'MISSING', ['day']],
    ['3', ' ', '1957', 'MISSING', ['day']],
    ['03/29/1957', '', '', 'WHOLE_DATE_IN_ONE_FIELD', ['month']],
    ['', '29.3.57', '', 'WHOLE_DATE_IN_ONE_FIELD', ['day']],
    ['3', '29', '1957-03-29', 'WHOLE_DATE_IN_ONE_FIELD', ['year']],
    ['March 29, 1957', '', '', 'WHOLE_DATE_IN_ONE_FIELD', ['month']],
    ['29 de marzo de 1957', '', '', 'WHOLE_DATE_IN_ONE_FIELD', ['month']],
    ['03291957', '', '', 'WHOLE_DATE_IN_ONE_FIELD', ['month']],
    ['3', '29', '03291957', 'WHOLE_DATE_IN_ONE_FIELD', ['year']],
    // Day and month the other way round.
    ['29', '3', '1957', 'MONTH', ['month']],
    ['0', '3', '1957', 'MONTH', ['month']],
    ['13', '3', '1957', 'MONTH', ['month']],
    ['ma', '3', '1957', 'MONTH', ['month']],
    ['marchember', '3', '1957', 'MONTH', ['month']],
    ['-3', '3', '1957', 'MONTH', ['month']],
    ['3', '0', '1957', 'DAY', ['day']],
    ['3', '32', '1957', 'DAY', ['day']],
    ['3', '29th', '1957', 'DAY', ['day']],
    ['3', '029', '1957', 'DAY', ['day']],
    ['3', '29', '57', 'TWO_DIGIT_YEAR', ['year']],
    ['3', '29', "'57", 'TWO_DIGIT_YEAR', ['year']],
    ['3', '29', '957', 'YEAR', ['year']],
    ['3', '29', '1849', 'YEAR', ['year']],
    ['3', '29', '19570', 'YEAR', ['year']],
    ['3', '29', 'last', 'YEAR', ['year']],
    ['2', '29', '2023', 'NO_SUCH_DAY', ['month', 'day', 'year']],
    ['2', '29', '1900', 'NO_SUCH_DAY', ['month', 'day', 'year']],
    ['2', '30', '2000', 'NO_SUCH_DAY', ['month', 'day', 'year']],
    ['April', '31', '2000', 'NO_SUCH_DAY', ['month', 'day', 'year']],
    ['6', '16', '2026', 'FUTURE', ['month', 'day', 'year']],
    ['1', '1', '9999', 'FUTURE', ['month', 'day', 'year']],
  ])('%j, %j, %j: %s', (month, day, year, fault, fields) => {
    expect(read(month, day, year)).toEqual({ fault, fields });
  });
});

it('reads back every day from 1850 to today', () => {
  const day = fc.date({ min: new Date('1850-01-01'), max: new Date(TODAY), noInvalidDate: true });
  fc.assert(
    fc.property(day, (instant) => {
      const date = instant.toISOString().slice(0, 10);
      const [year = '', month = '', ofMonth = ''] = date.split('-');
      expect(read(month, ofMonth, year)).toEqual({ date });
      expect(read(String(Number(month)), String(Number(ofMonth)), year)).toEqual({ date });
    }),
    { seed: 5 },
  );
});

it('never throws, and never gives a date that is none or lies ahead', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.nat(3000).map(String), fc.constantFrom('mar', 'feb.', '٣'));
  fc.assert(
    fc.property(text, text, text, (month, day, year) => {
      const result = read(month, day, year);
      if ('date' in result) expect([isFullDate(result.date), result.date <= TODAY]).toEqual([true, true]);
      else expect(result.fields.length).toBeGreaterThan(0);
    }),
    { seed: 5 },
  );
});

it.each([
  ['2000-02-29', true],
  ['2001-02-29', false],
  ['2000-02', false],
  ['2000', false],
  ['2000-13-01', false],
  ['20000-01-01', false],
  ['2000-01-01T00:00:00Z', false],
  ['', false],
  [null, false],
])('a chart’s %j is a full date: %s', (date, full) => expect(isFullDate(date)).toBe(full));
