/** Reminders before a PIN expires: by the practice's calendar, each once, of several missed only the latest. */

import { addDays, type Day, dayOf } from '../time/calendar.ts';
import { millisecondsOf } from '../time/instant.ts';
import type { Account } from './account.ts';

export interface ReminderRule {
  /** IANA name; days are the practice's. */
  timeZone: string;
  /** Days after the PIN was issued, rising, each 1–29. */
  reminderDays: readonly number[];
}

type PinLife = Pick<Account, 'issuedAt' | 'expiresAt' | 'reminder' | 'portalEvent'>;

/** The day of the calendar on which the reminder `after` so many days falls. */
function reminderDate(issuedAt: string, after: number, timeZone: string): Day {
  return addDays(dayOf(millisecondsOf(issuedAt) ?? 0, timeZone), after);
}

/** Those of the rule's days that have come by `now` (milliseconds) for a PIN issued then; the last one, or null. */
export function latestReminderBy(
  issuedAt: string,
  now: number,
  { timeZone, reminderDays }: ReminderRule,
): number | null {
  const today = dayOf(now, timeZone);
  return reminderDays.findLast((after) => reminderDate(issuedAt, after, timeZone) <= today) ?? null;
}

/**
 * The reminder that is due at `now` (milliseconds) by the record: the latest due one, unless it or a later one
 * is done, or the PIN is dead. It stands for the earlier ones that were missed.
 */
export function reminderDue(account: PinLife, now: number, rule: ReminderRule): number | null {
  const { issuedAt, expiresAt, reminder } = account;
  if (issuedAt === null || expiresAt === null || now >= (millisecondsOf(expiresAt) ?? 0)) return null;
  const latest = latestReminderBy(issuedAt, now, rule);
  return latest !== null && latest > (reminder ?? 0) ? latest : null;
}

/** The day of the next reminder, today or earlier where one is due; null: none comes any more. */
export function nextReminderDay(account: PinLife, now: number, rule: ReminderRule): Day | null {
  const { issuedAt } = account;
  if (issuedAt === null || isToldNotNeeded(account)) return null;
  const next =
    reminderDue(account, now, rule) ??
    rule.reminderDays.find((after) => {
      const isDone = after <= (account.reminder ?? 0);
      return !isDone && reminderDate(issuedAt, after, rule.timeZone) > dayOf(now, rule.timeZone);
    });
  return next == null ? null : reminderDate(issuedAt, next, rule.timeZone);
}

/**
 * Whether the EHR said, since this PIN was issued, that none is needed any more. The chart is what counts for a new PIN;
 * for a mere reminder the word is enough.
 */
export function isToldNotNeeded({ issuedAt, portalEvent }: PinLife): boolean {
  return portalEvent !== null && (issuedAt === null || portalEvent.at > issuedAt);
}
