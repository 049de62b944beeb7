/** While starts are paused, what would have started is put before the next sweep. */
import { type Account, newAccount } from '../domain/account.ts';
import { dayOf } from '../domain/calendar.ts';
import type { ReminderRule } from '../domain/reminder.ts';
import { isDueByRecord } from '../domain/starting.ts';
import type { Clock, PinRecords } from '../ports.ts';

export interface LeavePorts {
  records: PinRecords;
  clock: Clock;
  practice: ReminderRule;
}

/**
 * Moves the patient's next look to today, where that makes the sweep start the case. A person's wish for a new PIN is
 * not kept so: who asked was told PAUSED, and asks again.
 * @param awaitedFactChanged as for `start`
 */
export async function leaveToSweep(ports: LeavePorts, patientId: string, awaitedFactChanged: boolean): Promise<void> {
  const stored = await ports.records.read(patientId);
  const account = stored ?? newAccount(patientId);
  const now = ports.clock.now();
  const today = dayOf(now, ports.practice.timeZone);
  if (account.nextCheckDay !== null && account.nextCheckDay <= today) return;
  const isDue = isDueByRecord(account, now, ports.practice, awaitedFactChanged);
  const isNeverLookedAt = account.outcome === 'NOT_NEEDED' && account.document === null;
  const moved: Account = { ...account, nextCheckDay: today, ...(isNeverLookedAt && UNDECIDED) };
  if (isDue && isDueByRecord(moved, now, ports.practice, false)) await ports.records.save(stored, moved);
}

/** A sweep starts nobody who needed no PIN before one was ever known: that verdict is open again. */
const UNDECIDED = { outcome: null, reason: null };
