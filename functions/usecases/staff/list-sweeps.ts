/** Sweeps of some days, with whether each is still at it. */

import type { SweepRun } from '../../domain/batch/sweep.ts';
import { addDays } from '../../domain/time/calendar.ts';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import type { Executions, SweepInput } from '../../ports/case/executions.ts';

export interface ListSweepsPorts {
  sweeps: SweepRecords;
  sweepExecutions: Executions<SweepInput>;
}

/** STOPPED: its execution ended before it was through, e.g. by hand. */
export type SweepStatus = 'RUNNING' | 'ENDED' | 'STOPPED';
export type KnownSweep = SweepRun & { status: SweepStatus };

/** Newest first, of the `days` days up to `last`. */
export async function listSweeps(ports: ListSweepsPorts, last: string, days: number): Promise<KnownSweep[]> {
  const asked = Array.from({ length: days }, (_, back) => addDays(last, -back));
  const runs = (await Promise.all(asked.map((day) => ports.sweeps.list(day)))).flat();
  const known = await Promise.all(runs.map((run) => withStatus(ports, run)));
  return known.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** The latest sweep of the eight days up to `today`, or null: a practice that has not swept for so long has an alarm. */
export async function latestSweep(ports: ListSweepsPorts, today: string): Promise<KnownSweep | null> {
  for (let back = 0; back < 8; back++) {
    const run = (await ports.sweeps.list(addDays(today, -back))).at(-1);
    if (run !== undefined) return withStatus(ports, run);
  }
  return null;
}

export async function withStatus<Run extends SweepRun>(
  { sweepExecutions }: ListSweepsPorts,
  run: Run,
): Promise<Run & { status: SweepStatus }> {
  if (run.endedAt !== null) return { ...run, status: 'ENDED' };
  const execution = await sweepExecutions.describe(run.execution);
  return { ...run, status: execution?.status === 'RUNNING' ? 'RUNNING' : 'STOPPED' };
}
