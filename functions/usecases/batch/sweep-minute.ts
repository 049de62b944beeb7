/** One minute of the daily sweep: starts what is due by the index, at the practice's rate and within its daily limit. */

import {
  beginRun,
  endRun,
  noCounts,
  pageSize,
  pauseFor,
  type SweepCursor,
  type SweepDecision,
  type SweepRun,
  type SweepStop,
  withMinute,
  withTry,
} from '../../domain/batch/sweep.ts';
import type { ReminderRule } from '../../domain/case/reminder.ts';
import { isDueByRecord } from '../../domain/case/starting.ts';
import { AwsUnavailableError } from '../../domain/errors.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { SweepRecords, SweptStart } from '../../ports/batch/sweep-records.ts';
import type { DueCases } from '../../ports/case/due-cases.ts';
import type { Pause } from '../../ports/clock.ts';
import { type StartPorts, start } from '../case/start.ts';

export interface SweepPorts extends StartPorts {
  dueCases: DueCases;
  sweeps: SweepRecords;
  practice: ReminderRule & { sweep: { startsPerMinute: number; dailyLimit: number } };
  /** Partitions of the due index. */
  shards: number;
  pause: Pause;
  /** Milliseconds since this minute began. */
  elapsed(): number;
}

export interface SweepMinute {
  /** Name of the sweep's execution. */
  execution: string;
  dryRun: boolean;
  /** null: the sweep begins. */
  cursor: SweepCursor | null;
}

/** Starts in flight at once at the most: far below what DynamoDB and Step Functions take. */
const AT_ONCE = 16;
/** No page starts after this: a minute behind its pace gives back the rest. A page takes five seconds, its Lambda has 90. */
const MINUTE_MS = 60_000;

/**
 * Answers where the next minute goes on, or null when the sweep is over. Safe to repeat: names are deterministic, so
 * what an earlier try started is found RUNNING. AwsUnavailableError (retried) when the table or Step Functions is down.
 */
export async function sweepMinute(ports: SweepPorts, minute: SweepMinute): Promise<SweepCursor | null> {
  const { sweeps, clock, practice } = ports;
  const today = dayOf(clock.now(), practice.timeZone);
  const cursor = minute.cursor ?? { day: today, minute: 0, shard: 0, after: null };
  const { day } = cursor;
  let run = await sweeps.read(day, minute.execution);
  if (run === null) {
    run = beginRun(day, minute.execution, minute.dryRun, toInstant(clock.now()));
    await sweeps.save(run);
  }
  // A dry run starts nothing, so there is nothing to be paused: before a go-live it says what is to come.
  if (!minute.dryRun && (await ports.pauseSwitch.read()) !== null) return over(ports, run, 'PAUSED');
  const { startsPerMinute, dailyLimit } = practice.sweep;
  const allowed = minute.dryRun ? startsPerMinute : await sweeps.takeAllowance(day, startsPerMinute, dailyLimit);
  if (allowed === 0) return over(ports, run, 'DAILY_LIMIT');

  const counts = noCounts();
  const worked = await workThrough(ports, run, cursor, allowed, counts).catch(async (error) => {
    // What this try started is in the report and used up; the rest is the next try's.
    await sweeps.save(withTry(run, cursor.minute, counts));
    if (!minute.dryRun) await sweeps.returnAllowance(day, allowed - counts.STARTED);
    throw error;
  });
  if (!minute.dryRun) await sweeps.returnAllowance(day, allowed - counts.STARTED);
  const counted = withMinute(run, cursor.minute, counts);
  if (counts.PAUSED > 0) return over(ports, counted, 'PAUSED');
  if (worked.shard >= ports.shards) return over(ports, counted, null);
  await sweeps.save(counted);
  if (!minute.dryRun) await ports.pause(MINUTE_MS - ports.elapsed());
  return { day, minute: cursor.minute + 1, shard: worked.shard, after: worked.after };
}

async function over(ports: SweepPorts, run: SweepRun, stoppedBy: SweepStop | null): Promise<null> {
  await ports.sweeps.save(endRun(run, toInstant(ports.clock.now()), stoppedBy));
  return null;
}

/** Page after page, into `counts`, until the allowance or the minute is used up, a pause begins or no patient is left. */
async function workThrough(
  ports: SweepPorts,
  run: SweepRun,
  cursor: SweepCursor,
  allowed: number,
  counts: SweepRun['counts'],
): Promise<Pick<SweepCursor, 'shard' | 'after'>> {
  const { dueCases, sweeps } = ports;
  const { startsPerMinute } = ports.practice.sweep;
  // No more than a quarter of a second's worth.
  const atOnce = Math.min(AT_ONCE, Math.ceil(startsPerMinute / 240));
  let { shard, after } = cursor;
  for (let page = 0; shard < ports.shards; page++) {
    const left = allowed - counts.STARTED;
    if (left === 0 || counts.PAUSED > 0 || ports.elapsed() >= MINUTE_MS) break;
    const size = pageSize(startsPerMinute, left);
    const due = await dueCases.list(shard, cursor.day, after, size);
    const started: SweptStart[] = [];
    let broken: Error | null = null;
    for (let first = 0; first < due.patientIds.length; first += atOnce) {
      const looks = due.patientIds.slice(first, first + atOnce).map(async (patientId) => {
        const look = await lookAt(ports, patientId, run.dryRun);
        counts[look.decision] += 1;
        if (look.decision === 'STARTED' && look.execution !== null)
          started.push({ patientId, execution: look.execution });
        if (look.error instanceof AwsUnavailableError) broken = look.error;
      });
      await Promise.all(looks);
      // Within the page, too: the executions' mails come in the pace of their starts, and SES counts by the second.
      if (!run.dryRun) await ports.pause(pauseFor(counts.STARTED, startsPerMinute, ports.elapsed()));
    }
    // Noted before anything is thrown: what was started is in the report whatever comes.
    await sweeps.notePage(run, cursor.minute, page, started);
    if (broken !== null) throw broken;
    after = due.next;
    if (after === null) shard += 1;
  }
  return { shard, after };
}

interface Look {
  decision: SweepDecision;
  execution: string | null;
  error: unknown;
}

/** One patient; whatever is wrong with one leaves the others alone. */
async function lookAt(ports: SweepPorts, patientId: string, dryRun: boolean): Promise<Look> {
  try {
    if (dryRun) return { decision: await wouldStart(ports, patientId), execution: null, error: null };
    const answer = await start(ports, { patientId, trigger: 'machine', force: null, awaitedFactChanged: false });
    return { decision: answer.decision, execution: answer.execution, error: null };
  } catch (error) {
    return { decision: 'FAILED', execution: null, error };
  }
}

/** As `start` would decide by the record; a running execution is not asked about. */
async function wouldStart({ cases, clock, practice }: SweepPorts, patientId: string): Promise<SweepDecision> {
  const account = await cases.read(patientId);
  const now = clock.now();
  if (account === null) return 'NOT_DUE';
  return isDueByRecord(account, now, practice, false) ? 'STARTED' : 'NOT_DUE';
}
