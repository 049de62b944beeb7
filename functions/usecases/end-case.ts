/** The end of every path: one conditional update that says how the case ended, and the Tasks that it answers. */
import { type Account, type StaffTask, withEnd } from '../domain/account.ts';
import { nextCheckDay, tasksThatStay } from '../domain/ending.ts';
import type { Clock, Ehr, PinRecords } from '../ports.ts';

export interface EndPorts {
  ehr: Ehr;
  records: PinRecords;
  clock: Clock;
  practice: { timeZone: string; recheckDays: number };
}

export interface CaseEnd {
  execution: string;
  outcome: NonNullable<Account['outcome']>;
  reason: string | null;
  /** A Task for staff that this ending leaves behind, or null. */
  staffTask: StaffTask | null;
  /** What the record learns in the same update. */
  noting?: Partial<Account>;
}

function isSame(a: StaffTask, b: StaffTask): boolean {
  return a.code === b.code && a.reason === b.reason;
}

/**
 * Opens the Task this ending leaves, closes those it answers, then saves the end. A Task is noted before it is opened,
 * so that a run that dies in between leaves none that nobody will close.
 * @param account as it is stored: what is new goes into `noting`, or it would not be saved
 */
export async function endCase(ports: EndPorts, account: Account, end: CaseEnd): Promise<Account> {
  const { patientId } = account;
  const now = ports.clock.now();
  const stay = tasksThatStay({ ...account, ...end.noting });
  const kept =
    end.staffTask === null
      ? stay
      : [...stay.filter((each) => !isSame(each, end.staffTask as StaffTask)), end.staffTask];
  let current = account;
  if (end.staffTask !== null) {
    const { staffTask } = end;
    if (!account.staffTasks.some((each) => isSame(each, staffTask))) {
      current = await ports.records.save(current, { ...current, staffTasks: [...current.staffTasks, staffTask] });
    }
    await ports.ehr.openStaffTask({ patientId, ...staffTask });
  }
  for (const task of current.staffTasks.filter((each) => !kept.some((one) => isSame(one, each)))) {
    await ports.ehr.closeStaffTask({ patientId, ...task });
  }
  const noted = { ...current, ...end.noting };
  const day = nextCheckDay(noted, end.outcome, end.reason, { now, ...ports.practice });
  const { execution, outcome, reason } = end;
  return ports.records.save(
    current,
    withEnd(noted, { execution, outcome, reason, nextCheckDay: day, staffTasks: kept, now }),
  );
}
