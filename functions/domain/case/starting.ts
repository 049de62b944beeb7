/** Whether the record alone says that an execution should start. The chart is asked later, by CheckExpiry. */

import { dayOf } from '../time/calendar.ts';
import { millisecondsOf } from '../time/instant.ts';
import { type Account, isMessageDue } from './account.ts';
import { type ReminderRule, reminderDue } from './reminder.ts';

/**
 * Due by the record at `now` (milliseconds), on the practice's day. After a FAILED end machines wait for the
 * next day's sweep, so that a broken EHR is not asked all day.
 * @param awaitedFactChanged the address, provider or chart that the case waited for was entered
 */
export function isDueByRecord(
  account: Account,
  now: number,
  practice: ReminderRule,
  awaitedFactChanged: boolean,
): boolean {
  // New data restarts a case with no scheduled check.
  if (awaitedFactChanged && account.nextCheckDay === null) return true;
  const today = dayOf(now, practice.timeZone);
  const dayHasCome = account.nextCheckDay !== null && account.nextCheckDay <= today;
  if (dayHasCome && account.newsAt !== null) return true;
  // A PIN that is tracked and never was a case is due when it expires.
  if (account.outcome === null && account.document === null) return true;
  if (account.outcome === 'FAILED') return dayHasCome || (awaitedFactChanged && waitsForAddress(account));
  if (account.outcome === 'HELD' || account.outcome === 'EMAIL_MISSING') return dayHasCome || awaitedFactChanged;
  if (account.draft !== null) return true;
  if (isMessageDue(account, today) && account.violations.length === 0) return true;
  if (account.complainedAt !== null) return true;
  // Also where the EHR said that none is needed: then the chart is asked on the day for which the look was planned.
  if (reminderDue(account, now, practice) !== null) return true;
  return account.expiresAt !== null && now >= (millisecondsOf(account.expiresAt) ?? 0);
}

/** Whether the case waits for an address: the chart has none that is usable, or the mail could not go to the one it has. */
export function waitsForAddress({ outcome, reason }: Account): boolean {
  if (outcome === 'FAILED') return reason === 'AddressUnusableError' || reason === 'EmailRejectedError';
  return outcome === 'EMAIL_MISSING';
}
