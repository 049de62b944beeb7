/** Days as people in the practice see them. Everything else in the product is an instant in UTC. */

/** A calendar day in the practice's time zone, e.g. `2026-11-22`; sorts as text. */
export type Day = string;

/** The day that `now` (milliseconds since the epoch) belongs to in `timeZone` (IANA name). */
export function dayOf(now: number, timeZone: string): Day {
  // en-CA writes ISO order; Intl knows every zone's daylight saving.
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
}

/** `day` moved by whole calendar days. */
export function addDays(day: Day, days: number): Day {
  // A plain date has no zone; UTC has days of 24 hours only.
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
