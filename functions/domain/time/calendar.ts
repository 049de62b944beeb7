/** Calendar days in the practice's time zone. Everything else in the product is an instant in UTC. */

/** A calendar day in the practice's time zone, e.g. `2026-11-22`; sorts as text. */
export type Day = string;

/** One formatter per zone: creating one takes a millisecond, using it a microsecond. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  // en-CA writes ISO order; Intl knows every zone's daylight saving.
  const made = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formatters.set(timeZone, made);
  return made;
}

/** The calendar day of `now` (milliseconds since the epoch) in `timeZone` (IANA name). */
export function dayOf(now: number, timeZone: string): Day {
  return formatterOf(timeZone).format(now);
}

/** `day` plus whole calendar days. */
export function addDays(day: Day, days: number): Day {
  // A plain date has no zone; in UTC every day has 24 hours.
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const HOUR_MS = 3_600_000;

/**
 * The first instant of `day` in `timeZone`, in milliseconds since the epoch: midnight, or the first instant after it when
 * daylight saving skips midnight. Whole seconds. Found by bisection, because Intl maps instants to days, not days to instants.
 */
export function startOfDay(day: Day, timeZone: string): number {
  const middle = Date.parse(`${day}T00:00:00Z`);
  // Zones lie between UTC-12 and UTC+14; two hours more cost one step.
  let before = middle - 16 * HOUR_MS;
  let within = middle + 14 * HOUR_MS;
  while (within - before > 1000) {
    const between = before + Math.floor((within - before) / 2000) * 1000;
    if (dayOf(between, timeZone) < day) before = between;
    else within = between;
  }
  return within;
}
