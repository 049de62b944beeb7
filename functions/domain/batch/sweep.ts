/** One daily sweep over all that is due: its progress, its pace and its report. */
import type { Day } from '../time/calendar.ts';
import type { Instant } from '../time/instant.ts';

/** Why a sweep ended before it had seen everybody; null: it has. */
export const SWEEP_STOPS = ['PAUSED', 'DAILY_LIMIT'] as const;
export type SweepStop = (typeof SWEEP_STOPS)[number];

/** What one look at a patient came to. FAILED: the start failed for good; the next sweep looks again. */
export const SWEEP_DECISIONS = ['STARTED', 'RUNNING', 'NOT_DUE', 'PAUSED', 'FAILED'] as const;
export type SweepDecision = (typeof SWEEP_DECISIONS)[number];

export interface SweepRun {
  /** The practice's day on which it began; it keeps it past midnight. */
  day: Day;
  /** Name of the execution that sweeps. */
  execution: string;
  /** Decides and starts nothing; STARTED then counts what would have been started. */
  dryRun: boolean;
  startedAt: Instant;
  /** null while it runs, or when it was stopped from outside. */
  endedAt: Instant | null;
  stoppedBy: SweepStop | null;
  /** Minutes that are done; a minute that runs again finds its number here and is not counted twice. */
  minutes: number;
  counts: Record<SweepDecision, number>;
}

/** Where the next minute goes on. */
export interface SweepCursor {
  day: Day;
  /** From 0 on. */
  minute: number;
  /** 0–15, then the sweep is over. */
  shard: number;
  /** Opaque: the page after this one. */
  after: string | null;
}

export function noCounts(): SweepRun['counts'] {
  return { STARTED: 0, RUNNING: 0, NOT_DUE: 0, PAUSED: 0, FAILED: 0 };
}

export function beginRun(day: Day, execution: string, dryRun: boolean, startedAt: Instant): SweepRun {
  return { day, execution, dryRun, startedAt, endedAt: null, stoppedBy: null, minutes: 0, counts: noCounts() };
}

/** The run with what one more minute came to. Idempotent by the minute's number. */
export function withMinute(run: SweepRun, minute: number, counts: SweepRun['counts']): SweepRun {
  return minute < run.minutes ? run : { ...withTry(run, minute, counts), minutes: minute + 1 };
}

/** The run with the looks of a try of a minute that failed: the next try looks at the same patients again. */
export function withTry(run: SweepRun, minute: number, counts: SweepRun['counts']): SweepRun {
  if (minute < run.minutes) return run;
  const sums = Object.entries(run.counts).map(([key, count]) => [key, count + counts[key as SweepDecision]]);
  return { ...run, counts: Object.fromEntries(sums) as SweepRun['counts'] };
}

export function endRun(run: SweepRun, endedAt: Instant, stoppedBy: SweepStop | null): SweepRun {
  return { ...run, endedAt, stoppedBy };
}

/** A page is five seconds' worth of starts: small enough for an even pace, large enough for few queries. At most 100. */
export function pageSize(startsPerMinute: number, allowed: number): number {
  return Math.max(1, Math.min(Math.ceil(startsPerMinute / 12), 100, allowed));
}

/** Milliseconds to wait until `started` starts in this minute are within the rate; 0 when they are. */
export function pauseFor(started: number, startsPerMinute: number, elapsedMs: number): number {
  return Math.max(0, Math.ceil((started / startsPerMinute) * 60_000 - elapsedMs));
}
