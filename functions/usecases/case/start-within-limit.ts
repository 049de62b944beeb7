/** Starts what a machine found due, within the starts that machines may make on a day. */

import type { ReminderRule } from '../../domain/case/reminder.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import { type StartAnswer, type StartPorts, start } from './start.ts';

export interface LimitedPorts extends StartPorts {
  sweeps: Pick<SweepRecords, 'takeAllowance' | 'returnAllowance'>;
  practice: ReminderRule & { sweep: { dailyLimit: number } };
}

/** LEFT_TO_SWEEP: today's limit is used up. Throws what `start` throws; what was not started takes nothing from the limit. */
export async function startWithinLimit(
  ports: LimitedPorts,
  patientId: string,
): Promise<StartAnswer | { decision: 'LEFT_TO_SWEEP'; execution: null }> {
  const { sweeps, clock, practice } = ports;
  const today = dayOf(clock.now(), practice.timeZone);
  const taken = await sweeps.takeAllowance(today, 1, practice.sweep.dailyLimit);
  if (taken === 0) return { decision: 'LEFT_TO_SWEEP', execution: null };
  let isStarted = false;
  try {
    const request = { patientId, trigger: 'machine', force: null, awaitedFactChanged: false } as const;
    const answer = await start(ports, request);
    isStarted = answer.decision === 'STARTED';
    return answer;
  } finally {
    if (!isStarted) await sweeps.returnAllowance(today, 1);
  }
}
