/** What became of a sweep, counted when it is asked: executions end long after the sweep that started them. */

import type { SweepRun } from '../../domain/batch/sweep.ts';
import type { Account } from '../../domain/case/account.ts';
import { type Conversions, withConversion } from '../../domain/case/conversion.ts';
import type { ExecutionStatus } from '../../domain/case/executions.ts';
import { RecordUnreadableError } from '../../domain/errors.ts';
import { attemptOf } from '../../domain/identity.ts';
import { millisecondsOf } from '../../domain/time/instant.ts';
import type { SweepRecords, SweptStart } from '../../ports/batch/sweep-records.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { ExecutionReader } from '../../ports/case/executions.ts';

/** Reads in flight: a report of thousands takes seconds, and no reader of the table notices. */
const AT_ONCE = 25;

export interface SweepReport extends SweepRun {
  /**
   * `REGENERATED`, `HELD/CYCLE_LIMIT`, `FAILED/…`; RUNNING: not ended yet; LATER: a later execution was started since;
   * UNREADABLE: the stored case does not fit its schema. The
   * reason of an execution that closed without ending its case is its status, as the record will have it.
   */
  outcomes: Record<string, number>;
  /**
   * What came of the PINs that its executions signed, by location of care. A PIN counts until another replaces it, 30 days later
   * at the earliest: then only the sweep's unused PINs are known, no longer how many it issued.
   */
  conversion: Conversions;
}

export interface ReportPorts {
  cases: Pick<CaseRecords, 'read'>;
  sweeps: Pick<SweepRecords, 'read' | 'listStarts'>;
  reader: Pick<ExecutionReader, 'list'>;
}

/** Listed by the thousand, not asked about one by one: DescribeExecution takes 15 calls a second. */
const LISTED = 1000;

/** Null where no such sweep ran that day. Throws AwsUnavailableError. */
export async function sweepReport(ports: ReportPorts, day: string, execution: string): Promise<SweepReport | null> {
  const { cases, sweeps } = ports;
  const run = await sweeps.read(day, execution);
  if (run === null) return null;
  const starts = await sweeps.listStarts(day, execution);
  const outcomes: Record<string, number> = {};
  const count = (ending: string) => {
    outcomes[ending] = (outcomes[ending] ?? 0) + 1;
  };
  const open: string[] = [];
  let conversion: Conversions = {};
  for (let first = 0; first < starts.length; first += AT_ONCE) {
    const read = starts.slice(first, first + AT_ONCE).map(async (start) => {
      return { start, account: await readable(cases, start.patientId) };
    });
    for (const { start, account } of await Promise.all(read)) {
      if (account === 'UNREADABLE') {
        count(account);
        continue;
      }
      const ending = endingOf(start, account);
      if (ending === 'RUNNING') open.push(start.execution);
      else count(ending);
      const attempt = attemptOf(start.execution);
      if (account !== null && attempt !== null) conversion = withConversion(conversion, account, attempt);
    }
  }
  const unsuccessful = open.length === 0 ? new Map() : await unsuccessfulSince(ports, run.startedAt);
  for (const name of open) {
    const status = unsuccessful.get(name);
    count(status === undefined ? 'RUNNING' : `FAILED/${status}`);
  }
  return { ...run, outcomes, conversion };
}

async function readable(cases: ReportPorts['cases'], patientId: string): Promise<Account | null | 'UNREADABLE'> {
  try {
    return await cases.read(patientId);
  } catch (error) {
    if (error instanceof RecordUnreadableError) return 'UNREADABLE';
    throw error;
  }
}

/** Those that closed without success, by name. What failed before it ended its case stands in no record yet. */
async function unsuccessfulSince({ reader }: ReportPorts, since: string): Promise<Map<string, ExecutionStatus>> {
  const found = new Map<string, ExecutionStatus>();
  const begun = millisecondsOf(since) ?? 0;
  for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED'] as const) {
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<ExecutionReader['list']>> = await reader.list(
        'regenerate-pin',
        status,
        after,
        LISTED,
      );
      const listed = page?.executions ?? [];
      // Newest first.
      const young = listed.filter(({ startedAt }) => (millisecondsOf(startedAt) ?? 0) >= begun);
      for (const { name } of young) found.set(name, status);
      after = young.length === listed.length ? (page?.next ?? null) : null;
    } while (after !== null);
  }
  return found;
}

function endingOf({ execution }: SweptStart, account: Account | null): string {
  if (account === null || account.execution !== execution) return 'LATER';
  if (account.endedBy !== execution || account.outcome === null) return 'RUNNING';
  return account.reason === null ? account.outcome : `${account.outcome}/${account.reason}`;
}
