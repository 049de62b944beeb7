/** What became of a sweep, counted when it is asked: executions end long after the sweep that started them. */
import type { Account } from '../domain/account.ts';
import { type Conversions, withConversion } from '../domain/conversion.ts';
import { attemptOf } from '../domain/identity.ts';
import type { SweepRun } from '../domain/sweep.ts';
import type { PinRecords, SweepRecords, SweptStart } from '../ports.ts';

/** Reads in flight: a report of thousands takes seconds, and no reader of the table notices. */
const AT_ONCE = 25;

export interface SweepReport extends SweepRun {
  /** `REGENERATED`, `HELD/CYCLE_LIMIT`, `FAILED/…`; RUNNING: not ended yet; LATER: a later execution has ended since. */
  outcomes: Record<string, number>;
  /**
   * What came of the PINs that its executions signed, by location of care. A PIN counts until another replaces it, 30 days later
   * at the earliest: then how many were issued by this sweep is known no more, only that nobody registered with those.
   */
  conversion: Conversions;
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
  let conversion: Conversions = {};
  for (let first = 0; first < starts.length; first += AT_ONCE) {
    const read = starts.slice(first, first + AT_ONCE).map(async (start) => {
      return { start, account: await records.read(start.patientId) };
    });
    for (const { start, account } of await Promise.all(read)) {
      const ending = endingOf(start, account);
      outcomes[ending] = (outcomes[ending] ?? 0) + 1;
      const attempt = attemptOf(start.execution);
      if (account !== null && attempt !== null) conversion = withConversion(conversion, account, attempt);
    }
  }
  return { ...run, outcomes, conversion };
}

function endingOf({ execution }: SweptStart, account: Account | null): string {
  if (account === null || account.execution !== execution) return 'LATER';
  if (account.endedBy !== execution || account.outcome === null) return 'RUNNING';
  return account.reason === null ? account.outcome : `${account.outcome}/${account.reason}`;
}
