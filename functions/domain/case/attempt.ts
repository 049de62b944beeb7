/** Transitions of the executions on a case: the next attempt, one that closed without an end, the noted draft. */
import { executionName } from '../identity.ts';
import { addDays, dayOf } from '../time/calendar.ts';
import { toInstant } from '../time/instant.ts';
import type { Account, Draft } from './account.ts';
import { withEnd } from './ending.ts';
import { LEASE_MS } from './lease.ts';

/**
 * The next attempt, to be saved before its execution is started.
 * @param request id of the person's request that it serves, or null
 * @param now milliseconds
 */
export function withNextAttempt(account: Account, request: string | null, now: number, timeZone: string): Account {
  const today = dayOf(now, timeZone);
  const attempt = account.attempt + 1;
  const execution = executionName(account.patientId, attempt);
  const lease = account.lease ?? { owner: execution, until: toInstant(now + LEASE_MS) };
  // Due from the start on: the next sweep finds an execution that is left behind.
  const isInIndex = account.nextCheckDay !== null && account.nextCheckDay <= today;
  const nextCheckDay = isInIndex ? account.nextCheckDay : today;
  // An execution that starts now sees what was reported before.
  return { ...account, attempt, execution, request, lease, nextCheckDay, newsAt: null };
}

/**
 * An execution that closed without ending its case: a failed end, and its lease is free. The next check is on the day
 * after it stopped, which may be today.
 * @param status its status in Step Functions
 * @param stoppedAt milliseconds
 */
export function withAbandoned(
  account: Account,
  execution: string,
  status: string,
  stoppedAt: number,
  timeZone: string,
): Account {
  return withEnd(account, {
    execution,
    outcome: 'FAILED',
    reason: status,
    nextCheckDay: addDays(dayOf(stoppedAt, timeZone), 1),
    staffTasks: account.staffTasks,
    now: stoppedAt,
  });
}

/** The case without its lease: for a view, where the execution that held it was stopped. */
export function withoutLease(account: Account): Account {
  return { ...account, lease: null };
}

/** The draft that is about to be signed; null: it is discarded. */
export function withDraft(account: Account, draft: Draft | null): Account {
  return { ...account, draft };
}
