/** A date of birth: three form fields as people type it, and the chart's value. */
import type { Day } from '../time/calendar.ts';

export interface DateFields {
  day: string;
  month: string;
  year: string;
}

/** Why the fields are not a date of birth; the page has a text for each. */
export const DATE_FAULTS = [
  'MISSING',
  'WHOLE_DATE_IN_ONE_FIELD',
  'MONTH',
  'DAY',
  'TWO_DIGIT_YEAR',
  'YEAR',
  'NO_SUCH_DAY',
  'FUTURE',
] as const;
export type DateFault = (typeof DATE_FAULTS)[number];

/** A calendar day, or the fault and its fields. */
export type ReadDate = { date: Day } | { fault: DateFault; fields: readonly (keyof DateFields)[] };

/** No living person was born earlier. */
const EARLIEST_YEAR = 1850;

/** Month names in both page languages; three letters identify any of them. */
const MONTHS: readonly string[][] = [
  ['january', 'enero'],
  ['february', 'febrero'],
  ['march', 'marzo'],
  ['april', 'abril'],
  ['may', 'mayo'],
  ['june', 'junio'],
  ['july', 'julio'],
  ['august', 'agosto'],
  ['september', 'septiembre', 'setiembre'],
  ['october', 'octubre'],
  ['november', 'noviembre'],
  ['december', 'diciembre'],
];

const ALL = ['month', 'day', 'year'] as const;

/**
 * Reads the three fields: the month as a number or name (English or Spanish), the year with four digits, because two digits
 * fit both a child and a centenarian.
 * @param today the practice's day; later dates are refused
 */
export function readBirthDate(fields: DateFields, today: Day): ReadDate {
  const [month, day, year] = ALL.map((name) => fields[name].normalize('NFKC').trim().toLowerCase()) as [
    string,
    string,
    string,
  ];
  const empty = ALL.filter((_name, index) => [month, day, year][index] === '');
  const whole = ALL.filter((_name, index) => isWholeDate([month, day, year][index] ?? ''));
  if (whole.length > 0) return { fault: 'WHOLE_DATE_IN_ONE_FIELD', fields: whole };
  if (empty.length > 0) return { fault: 'MISSING', fields: empty };
  const monthNumber = monthOf(month);
  if (monthNumber === null) return { fault: 'MONTH', fields: ['month'] };
  const dayNumber = /^\d{1,2}$/.test(day) ? Number(day) : 0;
  if (dayNumber < 1 || dayNumber > 31) return { fault: 'DAY', fields: ['day'] };
  if (/^'?\d{2}$/.test(year)) return { fault: 'TWO_DIGIT_YEAR', fields: ['year'] };
  if (!/^\d{4}$/.test(year) || Number(year) < EARLIEST_YEAR) return { fault: 'YEAR', fields: ['year'] };
  const date = `${year}-${padded(monthNumber)}-${padded(dayNumber)}`;
  if (!isFullDate(date)) return { fault: 'NO_SUCH_DAY', fields: ['month', 'day', 'year'] };
  if (date > today) return { fault: 'FUTURE', fields: ['month', 'day', 'year'] };
  return { date };
}

/** Whether a chart's date is an existing day. FHIR allows a birth date of only a year or a month. */
export function isFullDate(date: string | null): date is Day {
  if (date === null || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const parsed = Date.parse(`${date}T00:00:00Z`);
  // Date.parse turns February 30th into a day in March.
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(date);
}

/** A complete date, pasted or typed into one field: `03/29/1957`, `29.3.57`, `1957-03-29`, `March 29, 1957`. */
function isWholeDate(text: string): boolean {
  return /\d\D+\d/.test(text) || /^\d{6,8}$/.test(text) || /\p{L}{3,}\D*\d{4}/u.test(text);
}

function monthOf(text: string): number | null {
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= 12 ? number : null;
  }
  const name = text.replace(/\.$/, '');
  if (name.length < 3) return null;
  const index = MONTHS.findIndex((names) => names.some((each) => each.startsWith(name)));
  return index < 0 ? null : index + 1;
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}
