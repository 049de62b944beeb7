/** Days as people in the practice see them. Everything else in the product is an instant in UTC. */

/** A calendar day in the practice's time zone, e.g. `2026-11-22`; sorts as text. */
export type Day = string;

/** One formatter a zone: making one costs a millisecond, using it a microsecond. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  // en-CA writes ISO order; Intl knows every zone's daylight saving.
  const made = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formatters.set(timeZone, made);
  return made;
}

/** The day that `now` (milliseconds since the epoch) belongs to in `timeZone` (IANA name). */
export function dayOf(now: number, timeZone: string): Day {
  return formatterOf(timeZone).format(now);
}

/** `day` moved by whole calendar days. */
export function addDays(day: Day, days: number): Day {
  // A plain date has no zone; UTC has days of 24 hours only.
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
