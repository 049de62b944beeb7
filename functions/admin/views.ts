/** The view of a case: its record without anything that identifies a patient or grants access. */
import { type Account, isPinDead, type StaffTask } from '../domain/case/account.ts';
import { fittingActions, isAtWork, todoOf, workEntryOf } from '../domain/case/work.ts';
import type { KnownSweep } from '../usecases/staff/list-sweeps.ts';
import type { PatientRow, PatientView } from './contract/patients.ts';
import type { Sweep } from './contract/sweeps.ts';
import type { WorkItem } from './contract/work.ts';

/** One line of a list of patients at `now`, milliseconds. */
export function patientRow(account: Account, now: number): PatientRow {
  const { patientId, version, outcome, reason, nextCheckDay, location } = account;
  return {
    patientId,
    version: version ?? '', // stored, so it has one
    pin: pinOf(account, now),
    outcome,
    reason,
    todo: todoOf(account),
    nextCheckDay,
    location,
    isAtWork: isAtWork(account, now),
  };
}

function pinOf(account: Account, now: number): PatientRow['pin'] {
  const { document, issuedAt, expiresAt } = account;
  if (document === null) return { state: 'NONE', issuedAt, expiresAt };
  return { state: isPinDead(account, now) ? 'EXPIRED' : 'ALIVE', issuedAt, expiresAt };
}

/** A Task as the API shows it: without the document it is about. */
function taskView({ code, reason }: StaffTask): WorkItem['staffTasks'][number] {
  return { code, reason };
}

/** One line of the work list; null if the case no longer needs staff. */
export function workItem(account: Account, now: number): WorkItem | null {
  const entry = workEntryOf(account);
  if (entry === null) return null;
  const { patientId, version, reason, nextCheckDay, location, staffTasks, execution } = account;
  return {
    ...{ patientId, version: version ?? '', ...entry, reason, nextCheckDay, location },
    ...{ staffTasks: staffTasks.map(taskView), execution },
    ...{ isAtWork: isAtWork(account, now), actions: fittingActions(account, now) },
  };
}

type FromAccount = Omit<PatientView, 'explain' | 'executions' | 'decisions'>;

/** What the record says of one case. */
export function caseView(account: Account, now: number): FromAccount {
  const { unresolvedSince, endedAt, endedBy, failures, unclaimedCycles, message, document, staffTasks } = account;
  const isOfNewest = message !== null && message.document === document;
  const { pickedUpAt, registeredAt, reminder } = account;
  return {
    ...patientRow(account, now),
    ...{ pickedUpAt, registeredAt, reminder },
    since: unresolvedSince,
    ...{ endedAt, endedBy, failures, unclaimedCycles, staffTasks: staffTasks.map(taskView) },
    message: isOfNewest ? { kind: message.kind, state: message.state, isFiled: message.filed } : null,
    actions: fittingActions(account, now),
  };
}

export function sweepView(run: KnownSweep): Sweep {
  const { day, execution, dryRun, startedAt, endedAt, status, stoppedBy, minutes, counts } = run;
  return { day, execution, dryRun, startedAt, endedAt, status, stoppedBy, minutes, counts };
}
