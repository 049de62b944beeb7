/** What became of a sweep, counted when it is asked: executions end long after the sweep that started them. */
import type { SweepRun } from '../domain/sweep.ts';
import type { PinRecords, SweepRecords } from '../ports.ts';

/** Reads in flight: a report of thousands takes seconds, and no reader of the table notices. */
const AT_ONCE = 25;

export interface SweepReport extends SweepRun {
  /** `REGENERATED`, `HELD/CYCLE_LIMIT`, `FAILED/…`; RUNNING: not ended yet; LATER: a later execution has ended since. */
  outcomes: Record<string, number>;
}

/** Null where no such sweep ran that day. Throws AwsUnavailableError. */
export async function sweepReport(
  { records, sweeps }: { records: PinRecords; sweeps: SweepRecords },
  day: string,
  execution: string,
): Promise<SweepReport | null> {
  const run = await sweeps.read(day, execution);
  if (run === null) return null;
  const starts = await sweeps.listStarts(day, execution);
  const outcomes: Record<string, number> = {};
  for (let first = 0; first < starts.length; first += AT_ONCE) {
    const endings = starts.slice(first, first + AT_ONCE).map(async (started) => {
      const account = await records.read(started.patientId);
      if (account === null || account.execution !== started.execution) return 'LATER';
      if (account.endedBy !== started.execution || account.outcome === null) return 'RUNNING';
      return account.reason === null ? account.outcome : `${account.outcome}/${account.reason}`;
    });
    for (const ending of await Promise.all(endings)) outcomes[ending] = (outcomes[ending] ?? 0) + 1;
  }
  return { ...run, outcomes };
}
