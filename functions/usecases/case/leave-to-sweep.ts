/** While starts are paused, what would have started is put before the next sweep. */
import { newAccount } from '../../domain/case/account.ts';
import type { ReminderRule } from '../../domain/case/reminder.ts';
import { withNews, withNextCheck } from '../../domain/case/schedule.ts';
import { isDueByRecord } from '../../domain/case/starting.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Clock } from '../../ports/clock.ts';

export interface LeavePorts {
  cases: CaseRecords;
  clock: Clock;
  practice: ReminderRule;
}

/**
 * Moves the patient's next look to today, where that makes the sweep start the case. A person's wish for a new PIN is
 * not kept: the requester was told PAUSED and asks again.
 * @param awaitedFactChanged as for `start`
 */
export async function leaveToSweep(ports: LeavePorts, patientId: string, awaitedFactChanged: boolean): Promise<void> {
  const stored = await ports.cases.read(patientId);
  const account = stored ?? newAccount(patientId);
  const now = ports.clock.now();
  const today = dayOf(now, ports.practice.timeZone);
  if (account.nextCheckDay !== null && account.nextCheckDay <= today) return;
  const isDue = isDueByRecord(account, now, ports.practice, awaitedFactChanged);
  // A case with no scheduled check is started by a sweep only because of the new fact.
  const moved = withNextCheck(awaitedFactChanged ? withNews(account, now) : account, today);
  if (isDue && isDueByRecord(moved, now, ports.practice, false)) await ports.cases.save(stored, moved);
}
