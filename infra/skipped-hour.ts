/** The night of spring in which clocks go forward: EventBridge Scheduler starts nothing for an hour that the day does not have. */
import { Temporal } from 'temporal-polyfill';

/** Further ahead no one knows a time zone's rules; each synth looks again. */
const YEARS_AHEAD = 2;

/**
 * The first day from `from` on, within two years, on which the hour is skipped; null if every day has it.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 * @param hour of the day, 0 to 23, on the clocks of the time zone
 */
export function dayWithoutHour(hour: number, timeZone: string, from: Temporal.PlainDate): Temporal.PlainDate | null {
  const last = from.add({ years: YEARS_AHEAD });
  for (let day = from; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const time = day.toPlainDateTime({ hour });
    if (!time.toZonedDateTime(timeZone, { disambiguation: 'later' }).toPlainDateTime().equals(time)) return day;
  }
  return null;
}
