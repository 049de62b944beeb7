import * as z from 'zod/mini';

/** An instant in UTC as the chart and the records write it, e.g. `2026-11-22T21:40:00Z` (whole seconds in records). */
export type Instant = string;

/** An existing day, a time and a zone. Date.parse alone accepts "room 5", February 30th and the machine's zone. */
const INSTANT = z.iso.datetime({ offset: true });
/** FHIR's partial dates: a year, a month or a day. */
const PARTIAL_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/** Milliseconds since the epoch of an ISO 8601 instant; null if the text is not one. */
export function millisecondsOf(instant: string): number | null {
  return z.safeParse(INSTANT, instant).success ? Date.parse(instant) : null;
}

/** The instant of `milliseconds`, truncated to whole seconds as the records hold it. */
export function toInstant(milliseconds: number): Instant {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Whether `now` lies in a FHIR Period; a missing bound is open. */
export function isWithin(start: string | null, end: string | null, now: number): boolean {
  const from = start === null ? null : startOfPeriod(start);
  const until = end === null ? null : endOfPeriod(end);
  return (from === null || from <= now) && (until === null || now <= until);
}

/** A bare day, month or year begins with its first millisecond (in UTC). */
function startOfPeriod(start: string): number | null {
  return PARTIAL_DATE.test(start) ? Date.parse(start) : millisecondsOf(start);
}

/** FHIR's Period.end is inclusive: a bare day, month or year lasts until it is over (in UTC). */
function endOfPeriod(end: string): number | null {
  const lasts = PARTIAL_DATE.exec(end);
  if (lasts === null) return millisecondsOf(end);
  const [, year, month, day] = lasts;
  if (month === undefined) return Date.UTC(Number(year) + 1, 0, 1) - 1;
  if (day === undefined) return Date.UTC(Number(year), Number(month), 1) - 1;
  return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1) - 1;
}
