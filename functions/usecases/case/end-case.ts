/** The end of every path: one conditional update that says how the case ended, and the Tasks that it answers. */
import type { Account, StaffTask } from '../../domain/case/account.ts';
import { endFigures, nextCheckDay, tasksThatStay, withEnd } from '../../domain/case/ending.ts';
import type { ReminderRule } from '../../domain/case/reminder.ts';
import { isSameTask, withStaffTask } from '../../domain/case/staff.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import type { Metrics } from '../../ports/metrics.ts';

export interface EndPorts {
  ehr: Pick<FrontDesk, 'openStaffTask' | 'closeStaffTask'>;
  cases: CaseRecords;
  clock: Clock;
  metrics: Pick<Metrics, 'ended'>;
  practice: ReminderRule & { recheckDays: number };
}

export interface CaseEnd {
  execution: string;
  outcome: NonNullable<Account['outcome']>;
  reason: string | null;
  /** A Task for staff that this ending leaves behind, or null. */
  staffTask: StaffTask | null;
  /** What the record learns in the same update. */
  noting?: (account: Account) => Account;
}

/**
 * Opens the Task this ending leaves, closes those it answers, then saves the end. A Task is noted before it is opened,
 * so that a run that dies in between leaves no orphaned Task. The end is counted once it is saved.
 * @param account as it is stored: what is new goes into `noting`, or it would not be saved
 */
export async function endCase(ports: EndPorts, account: Account, end: CaseEnd): Promise<Account> {
  const { patientId } = account;
  const { noting = (stored: Account) => stored } = end;
  const now = ports.clock.now();
  const stay = tasksThatStay(noting(account), end.reason);
  // One Task of a kind about the case: the newer reason takes the older one's place.
  const isReplaced = ({ code, document }: StaffTask) => code === end.staffTask?.code && document === undefined;
  const kept = [...stay.filter((each) => !isReplaced(each)), ...(end.staffTask ? [end.staffTask] : [])];
  let current = account;
  if (end.staffTask !== null) {
    const { staffTask } = end;
    if (!account.staffTasks.some((each) => isSameTask(each, staffTask))) {
      current = await ports.cases.save(current, withStaffTask(current, staffTask));
    }
    await ports.ehr.openStaffTask({ patientId, ...staffTask });
  }
  for (const task of current.staffTasks.filter((each) => !kept.some((one) => isSameTask(one, each)))) {
    await ports.ehr.closeStaffTask({ patientId, ...task });
  }
  const noted = noting(current);
  const day = nextCheckDay(noted, end.outcome, end.reason, { now, ...ports.practice });
  const { execution, outcome, reason } = end;
  const ended = withEnd(noted, { execution, outcome, reason, nextCheckDay: day, staffTasks: kept, now });
  const saved = await ports.cases.save(current, ended).catch(async (error: unknown) => {
    if (error instanceof RecordConflictError) await takeBackTask(ports, patientId, end);
    throw error;
  });
  ports.metrics.ended({ outcome, reason, ...endFigures(noted, outcome, now) });
  return saved;
}

/** A run that lost the case while opening its Task closes the Task again, unless the current record names it. */
async function takeBackTask(ports: EndPorts, patientId: string, { execution, staffTask }: CaseEnd): Promise<void> {
  const stored = staffTask === null ? null : await ports.cases.read(patientId);
  if (staffTask === null || stored === null || stored.lease?.owner === execution) return;
  if (!stored.staffTasks.some((each) => isSameTask(each, staffTask))) {
    await ports.ehr.closeStaffTask({ patientId, ...staffTask });
  }
}
