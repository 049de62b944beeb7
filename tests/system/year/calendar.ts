/** The practice's days, as instants. */
import { Temporal } from 'temporal-polyfill';

/** The hour of the sweep on the `n`-th day after `first` (an ISO date), in ms since the epoch. */
export function sweepInstant(first: string, n: number, { hour, timeZone }: { hour: number; timeZone: string }): number {
  const day = Temporal.PlainDate.from(first).add({ days: n });
  return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour }) }).epochMilliseconds;
}

/** The practice's day at an instant. */
export function dayAt(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Calendar days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

/** The calendar day so many days after `day`. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
