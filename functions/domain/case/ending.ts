/** After an end: the next check, the Tasks that stay open, and the duration. */

import { type HeldReason, isResolved, type Outcome } from '../outcomes.ts';
import { addDays, type Day, dayOf } from '../time/calendar.ts';
import { type Instant, millisecondsOf, toInstant } from '../time/instant.ts';
import { type Account, isPostponed, type StaffTask } from './account.ts';
import { nextReminderDay, type ReminderRule } from './reminder.ts';

/**
 * The day of the next look: the one that is planned, or today where the EHR told meanwhile what the execution may have looked
 * at before, and the case waits for a person or would never be looked at again.
 */
export function nextCheckDay(
  account: Account,
  outcome: NonNullable<Account['outcome']>,
  reason: string | null,
  practice: ReminderRule & { now: number; recheckDays: number },
): Day | null {
  const planned = plannedDay(account, outcome, reason, practice);
  const isOverlooked = planned === null || outcome === 'EMAIL_MISSING' || outcome === 'HELD';
  return account.newsAt !== null && isOverlooked ? dayOf(practice.now, practice.timeZone) : planned;
}

/**
 * As planned: a valid PIN's next reminder, then its day of expiry; what waits for a person after `recheckDays`; what failed
 * tomorrow, a patient unknown to the EHR after `recheckDays`; a patient who needs no PIN never.
 */
function plannedDay(
  account: Account,
  outcome: NonNullable<Account['outcome']>,
  reason: string | null,
  practice: ReminderRule & { now: number; recheckDays: number },
): Day | null {
  const today = dayOf(practice.now, practice.timeZone);
  switch (outcome) {
    case 'REGENERATED':
      return dayOfNextLook(account, practice.now, practice);
    case 'NOT_NEEDED':
      return reason === 'NOT_EXPIRED' ? dayOfNextLook(account, practice.now, practice) : null;
    case 'EMAIL_MISSING':
    case 'HELD':
      return addDays(today, practice.recheckDays);
    case 'FAILED':
      // A 404 may be the EHR's mistake or a merge under way; the case is not dropped for it.
      return addDays(today, reason === 'PatientNotFoundError' ? practice.recheckDays : 1);
  }
}

/**
 * Of a PIN that lives: the day on which its message is sent again, its next reminder or its day of expiry, whichever comes
 * first; today where none of them is known.
 */
export function dayOfNextLook(account: Account, now: number, practice: ReminderRule): Day {
  const today = dayOf(now, practice.timeZone);
  const expires = expiryDay(account, practice.timeZone) ?? today;
  const reminder = nextReminderDay(account, now, practice) ?? expires;
  const again = isPostponed(account, today) ? (account.message?.notBefore ?? expires) : expires;
  return [expires, reminder, again].toSorted()[0] ?? expires;
}

function expiryDay(account: Account, timeZone: string): Day | null {
  const expiresAt = account.expiresAt === null ? null : millisecondsOf(account.expiresAt);
  return expiresAt === null ? null : dayOf(expiresAt, timeZone);
}

/** The Task for staff that a hold opens. A signing to be checked has a Task of its own kind. */
export function holdTask(account: Account, reason: HeldReason): StaffTask {
  if (reason === 'RESPONSIBLE_PROVIDER_UNRESOLVED') return { code: 'resolve-provider', reason };
  if (account.violations.length > 0) return checkSigningTask(account);
  return { code: 'review-chart', reason };
}

/** The Task after a signing that broke P10–P12. */
export function checkSigningTask(account: Account): StaffTask {
  return { code: 'check-signing', reason: account.violations.join(' ') };
}

/** Patients with these reasons need no help with a PIN. */
const NEED_NO_PIN: readonly (string | null)[] = ['ALREADY_REGISTERED', 'OPTED_OUT', 'DECEASED', 'INACTIVE', 'MERGED'];

/**
 * Tasks that stay open after the run ends with `reason`: an unchecked signing, a message with unknown delivery, a locked
 * link of the newest PIN. All others are closed with the case.
 */
export function tasksThatStay(account: Account, reason: string | null): StaffTask[] {
  return account.staffTasks.filter(
    (task) =>
      (task.code === 'check-signing' && account.violations.length > 0) ||
      (task.code === 'notify-patient' &&
        account.message?.state === 'UNKNOWN' &&
        account.message.document === account.document) ||
      (task.document !== undefined && task.document === account.document && !NEED_NO_PIN.includes(reason)),
  );
}

export interface EndFigures {
  unresolvedSeconds: number | null;
  accessSeconds: number | null;
}

/**
 * How long it took until this end, in whole seconds at `now` (milliseconds): since the case first was unresolved, where
 * it still is; since the patient's old PIN expired, where they are told of the new one.
 * @param before the account as it was before the end
 */
export function endFigures(before: Account, outcome: NonNullable<Account['outcome']>, now: number): EndFigures {
  const { unresolvedSince, withoutAccessSince } = before;
  return {
    unresolvedSeconds: isResolved(outcome) ? null : (secondsSince(unresolvedSince, now) ?? 0),
    accessSeconds: outcome === 'REGENERATED' ? secondsSince(withoutAccessSince, now) : null,
  };
}

function secondsSince(instant: Instant | null, now: number): number | null {
  const since = instant === null ? null : millisecondsOf(instant);
  return since === null ? null : Math.max(0, Math.floor((now - since) / 1000));
}

export interface End {
  execution: string;
  outcome: Outcome | 'FAILED';
  reason: string | null;
  nextCheckDay: Day | null;
  /** Tasks that stay open for staff; the others are closed with the case. */
  staffTasks: StaffTask[];
  now: number;
}

/**
 * Ends a case: outcome, next look, lease freed; `failures` counts FAILED ends in a row. What is resolved waits no more:
 * neither a person nor, for access, the patient.
 */
export function withEnd(account: Account, end: End): Account {
  const failures = end.outcome === 'FAILED' ? account.failures + 1 : end.outcome === 'HELD' ? account.failures : 0;
  const resolved = isResolved(end.outcome);
  // A living PIN's case waits for no fact.
  const waitsForNone = end.outcome === 'REGENERATED' || end.reason === 'NOT_EXPIRED';
  return {
    ...account,
    failures,
    lease: account.lease?.owner === end.execution ? null : account.lease,
    staffTasks: end.staffTasks,
    outcome: end.outcome,
    reason: end.reason,
    endedBy: end.execution,
    endedAt: toInstant(end.now),
    nextCheckDay: end.nextCheckDay,
    newsAt: waitsForNone ? null : account.newsAt,
    complainedAt: null,
    unresolvedSince: resolved ? null : (account.unresolvedSince ?? toInstant(end.now)),
    withoutAccessSince: resolved ? null : account.withoutAccessSince,
  };
}
