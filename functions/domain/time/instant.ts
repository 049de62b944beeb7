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

/** Whether `now` lies in a FHIR Period; a missing bound is open. A bound that cannot be read might be over: not within. */
export function isWithin(start: string | null, end: string | null, now: number): boolean {
  const from = start === null ? Number.NEGATIVE_INFINITY : startOfPeriod(start);
  const until = end === null ? Number.POSITIVE_INFINITY : endOfPeriod(end);
  return from !== null && until !== null && from <= now && now <= until;
}

/** A bare day, month or year begins with its first millisecond (in UTC). */
function startOfPeriod(start: string): number | null {
  return partialDate(start)?.from ?? millisecondsOf(start);
}

/** FHIR's Period.end is inclusive: a bare day, month or year lasts until it is over (in UTC). */
function endOfPeriod(end: string): number | null {
  return partialDate(end)?.until ?? millisecondsOf(end);
}

/** First and last millisecond of a year, a month or a day (in UTC); null where it is none, such as February 30th. */
function partialDate(date: string): { from: number; until: number } | null {
  const [, year, month, day] = PARTIAL_DATE.exec(date) ?? [];
  if (year === undefined) return null;
  const from = Date.parse(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`);
  if (Number.isNaN(from) || (day !== undefined && new Date(from).getUTCDate() !== Number(day))) return null;
  const next = new Date(from);
  if (day !== undefined) next.setUTCDate(next.getUTCDate() + 1);
  else if (month !== undefined) next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCFullYear(next.getUTCFullYear() + 1);
  return { from, until: next.getTime() - 1 };
}
