/** What became of a sweep, counted when it is asked: executions end long after the sweep that started them. */

import { millisecondsOf } from '../domain/instant.ts';
import type { SweepRun } from '../domain/sweep.ts';
import type { PinRecords, SweepRecords, UnsuccessfulExecutions } from '../ports.ts';

/** Reads in flight: a report of thousands takes seconds, and no reader of the table notices. */
const AT_ONCE = 25;

export interface SweepReport extends SweepRun {
  /**
   * `REGENERATED`, `HELD/CYCLE_LIMIT`, `FAILED/…`; RUNNING: not ended yet; LATER: a later execution was started since. The
   * reason of an execution that closed without ending its case is its status, as the record will have it.
   */
  outcomes: Record<string, number>;
}

interface ReportPorts {
  records: PinRecords;
  sweeps: SweepRecords;
  unsuccessful: UnsuccessfulExecutions;
}

/** Null where no such sweep ran that day. Throws AwsUnavailableError. */
export async function sweepReport(ports: ReportPorts, day: string, execution: string): Promise<SweepReport | null> {
  const { records, sweeps } = ports;
  const run = await sweeps.read(day, execution);
  if (run === null) return null;
  const starts = await sweeps.listStarts(day, execution);
  const outcomes: Record<string, number> = {};
  const count = (ending: string) => {
    outcomes[ending] = (outcomes[ending] ?? 0) + 1;
  };
  const open: string[] = [];
  for (let first = 0; first < starts.length; first += AT_ONCE) {
    const accounts = starts.slice(first, first + AT_ONCE).map(async (started) => ({
      started: started.execution,
      account: await records.read(started.patientId),
    }));
    for (const { started, account } of await Promise.all(accounts)) {
      if (account === null || account.execution !== started) count('LATER');
      else if (account.endedBy !== started || account.outcome === null) open.push(started);
      else count(account.reason === null ? account.outcome : `${account.outcome}/${account.reason}`);
    }
  }
  if (open.length > 0) {
    const unsuccessful = await ports.unsuccessful.startedSince(millisecondsOf(run.startedAt) ?? 0);
    for (const name of open) {
      const status = unsuccessful.get(name);
      count(status === undefined ? 'RUNNING' : `FAILED/${status}`);
    }
  }
  return { ...run, outcomes };
}
