/** The one way in: whatever triggers an execution, a machine or a person, starts it through here. */

import { type Account, hasTakenUp, newAccount } from '../../domain/case/account.ts';
import { withAbandoned, withNextAttempt } from '../../domain/case/attempt.ts';
import type { ReminderRule } from '../../domain/case/reminder.ts';
import { isDueByRecord } from '../../domain/case/starting.ts';
import { DecisionRefusedError } from '../../domain/errors.ts';
import type { PauseSwitch } from '../../ports/batch/practice-records.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Executions } from '../../ports/case/executions.ts';
import type { StaffRequests } from '../../ports/case/staff-requests.ts';
import type { Clock } from '../../ports/clock.ts';
import { racing } from './racing.ts';

export interface StartPorts {
  cases: CaseRecords;
  staffRequests: Pick<StaffRequests, 'read'>;
  executions: Executions;
  pauseSwitch: PauseSwitch;
  clock: Clock;
  practice: ReminderRule;
}

export interface StartRequest {
  patientId: string;
  /** `machine` starts only what is due by the record; `person` and `first-pass` start regardless. */
  trigger: 'machine' | 'person' | 'first-pass';
  /** Id of a person's request to regenerate whatever the PIN's age, or null. One that was taken up starts nothing anew. */
  force: string | null;
  /** For machines: the fact that a held case waited for has changed. */
  awaitedFactChanged: boolean;
  /** For persons: the version of the case that they saw; DecisionRefusedError CASE_CHANGED where it is another one. */
  version?: string | undefined;
}

export type StartAnswer =
  | { decision: 'STARTED'; execution: string; arn: string }
  /** `takesUp`: what was asked is looked at by it. One that began before a forced request knows nothing of that. */
  | { decision: 'RUNNING'; execution: string; arn: string; takesUp: boolean }
  | { decision: 'NOT_DUE'; execution: string | null }
  /** All starts are paused; nothing was written. */
  | { decision: 'PAUSED'; execution: null };

/**
 * Starts the next execution for a patient, or answers with the one that runs. Safe to repeat and to race: the attempt
 * is noted in one conditional write before its deterministic name is started, and a name that was noted but never
 * started is started by the next call, as it was noted. RecordConflictError (retried) after five lost races.
 */
export async function start(ports: StartPorts, request: StartRequest): Promise<StartAnswer> {
  const isPaused = (await ports.pauseSwitch.read()) !== null;
  // A forced request that was taken up is answered so also now.
  if (isPaused && request.force === null) return { decision: 'PAUSED', execution: null };
  return racing('START_RACES_LOST', () => tryStart(ports, request, isPaused));
}

async function tryStart(ports: StartPorts, request: StartRequest, isPaused: boolean): Promise<StartAnswer> {
  const { cases, clock } = ports;
  const { patientId, force, trigger, version } = request;
  const stored = await cases.read(patientId);
  let account = stored ?? newAccount(patientId);
  // Sent again: the case has changed by this very request.
  const isTakenUp = force !== null && hasTakenUp(account, force);
  if (isPaused && !isTakenUp) return { decision: 'PAUSED', execution: null };
  if (version !== undefined && account.version !== version && !isTakenUp)
    throw new DecisionRefusedError('CASE_CHANGED');

  const latest = await latestOf(ports, account, isTakenUp);
  const takesUp = force === null || isTakenUp;
  const known = answerBy(latest, takesUp, isTakenUp);
  if (known !== null) return known;
  if (isPaused) return { decision: 'PAUSED', execution: null };
  const { last, isOpen } = latest;
  if (last === null && isOpen) {
    // Noted, but never started; or started a moment ago, which Step Functions may not tell yet.
    const launched = await launch(ports, account);
    return takesUp ? launched : { ...launched, decision: 'RUNNING', takesUp };
  }

  const now = clock.now();
  // SUCCEEDED without an end of its own is IN_PROGRESS: the case was another's, no failure, and nothing was looked at.
  const isUnlooked = isOpen && last?.status === 'SUCCEEDED';
  if (isOpen && last !== null && !isUnlooked) {
    account = withAbandoned(account, latest.execution, last.status, last.stoppedAt ?? now, ports.practice.timeZone);
  }
  const open = isUnlooked ? notServed(account) : unservedRequest(account);
  const isDue =
    (isUnlooked && open !== null) || isDueByRecord(account, now, ports.practice, request.awaitedFactChanged);
  if (trigger === 'machine' && !isDue) {
    if (account !== stored && stored !== null) await cases.save(stored, account);
    return { decision: 'NOT_DUE', execution: account.execution };
  }
  const next = withNextAttempt(
    account,
    await youngerRequest(ports.staffRequests, account, force, open),
    now,
    ports.practice.timeZone,
  );
  return launch(ports, await cases.save(stored, next));
}

/** The execution of the account's latest attempt. */
interface Latest {
  /** The record knows no end of it. */
  isOpen: boolean;
  execution: string;
  /** Its status in Step Functions; null: unknown or not asked. */
  last: Awaited<ReturnType<Executions['describe']>>;
}

/** A case that its execution has ended needs no look at it: DescribeExecution has the smallest quota of all (15 a second). */
async function latestOf({ executions }: StartPorts, account: Account, isTakenUp: boolean): Promise<Latest> {
  const execution = account.execution ?? '';
  const isOpen = account.execution !== null && account.endedBy !== account.execution;
  const isAsked = account.execution !== null && (isOpen || isTakenUp);
  return { isOpen, execution, last: isAsked ? await executions.describe(execution) : null };
}

/** What is answered without starting anything; null where something may have to be started. */
function answerBy({ isOpen, execution, last }: Latest, takesUp: boolean, isTakenUp: boolean): StartAnswer | null {
  if (last?.status === 'RUNNING') return { decision: 'RUNNING', execution, arn: last.arn, takesUp };
  // Its end has said what comes of the request, and when it is looked at again.
  return last !== null && isTakenUp && !isOpen ? { decision: 'STARTED', execution, arn: last.arn } : null;
}

function notServed({ request, servedRequest }: Account): string | null {
  return request === servedRequest ? null : request;
}

/** Of two requests the younger: a PIN made for it serves the older one, too, and not the other way round. */
async function youngerRequest(
  staffRequests: StartPorts['staffRequests'],
  { patientId, servedRequest }: Account,
  force: string | null,
  open: string | null,
): Promise<string | null> {
  if (force === null || open === null || force === open) return force ?? open;
  if (force === servedRequest) return open;
  const [asked, kept] = await Promise.all([force, open].map((id) => staffRequests.read(patientId, id)));
  return (kept?.at ?? '') > (asked?.at ?? '') ? open : force;
}

/** A request with a failed or waiting execution: the next execution serves it. */
function unservedRequest(account: Account): string | null {
  const { outcome } = account;
  return outcome === 'FAILED' || outcome === 'HELD' || outcome === 'EMAIL_MISSING' ? notServed(account) : null;
}

async function launch(ports: StartPorts, account: Account) {
  const execution = account.execution ?? '';
  const { patientId, attempt, request } = account;
  const arn = await ports.executions.start(execution, { patientId, attempt, force: request });
  return { decision: 'STARTED', execution, arn } as const;
}
