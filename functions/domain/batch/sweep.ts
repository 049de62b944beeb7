/** One daily sweep over all due patients: progress, pace and report. */
import type { Day } from '../time/calendar.ts';
import type { Instant } from '../time/instant.ts';

/** Why a sweep stopped before its last patient; null: it checked all. */
export const SWEEP_STOPS = ['PAUSED', 'DAILY_LIMIT'] as const;
export type SweepStop = (typeof SWEEP_STOPS)[number];

/** Result for one patient. FAILED: the start failed permanently; the next sweep tries again. */
export const SWEEP_DECISIONS = ['STARTED', 'RUNNING', 'NOT_DUE', 'PAUSED', 'FAILED'] as const;
export type SweepDecision = (typeof SWEEP_DECISIONS)[number];

export interface SweepRun {
  /** The practice's day at its start; unchanged when it runs past midnight. */
  day: Day;
  /** Name of the execution. */
  execution: string;
  /** Decides without starting; STARTED then counts what would have been started. */
  dryRun: boolean;
  startedAt: Instant;
  /** null while it runs, or after it was stopped manually. */
  endedAt: Instant | null;
  stoppedBy: SweepStop | null;
  /** Completed minutes. A repeated minute finds its number here and is not counted twice. */
  minutes: number;
  counts: Record<SweepDecision, number>;
}

/** Where the next minute continues. */
export interface SweepCursor {
  day: Day;
  /** Counted from 0. */
  minute: number;
  /** 0–15; after the last one the sweep is over. */
  shard: number;
  /** Opaque cursor: the page after this one. */
  after: string | null;
}

export function noCounts(): SweepRun['counts'] {
  return { STARTED: 0, RUNNING: 0, NOT_DUE: 0, PAUSED: 0, FAILED: 0 };
}

export function beginRun(day: Day, execution: string, dryRun: boolean, startedAt: Instant): SweepRun {
  return { day, execution, dryRun, startedAt, endedAt: null, stoppedBy: null, minutes: 0, counts: noCounts() };
}

/** The run after one more minute. Idempotent by the minute's number. */
export function withMinute(run: SweepRun, minute: number, counts: SweepRun['counts']): SweepRun {
  return minute < run.minutes ? run : { ...withTry(run, minute, counts), minutes: minute + 1 };
}

/** The run with the results of a failed attempt at a minute; the next attempt checks the same patients again. */
export function withTry(run: SweepRun, minute: number, counts: SweepRun['counts']): SweepRun {
  if (minute < run.minutes) return run;
  const sums = Object.entries(run.counts).map(([key, count]) => [key, count + counts[key as SweepDecision]]);
  return { ...run, counts: Object.fromEntries(sums) as SweepRun['counts'] };
}

export function endRun(run: SweepRun, endedAt: Instant, stoppedBy: SweepStop | null): SweepRun {
  return { ...run, endedAt, stoppedBy };
}

/** Page size: five seconds' worth of starts, at most 100. Small enough for an even pace, large enough for few queries. */
export function pageSize(startsPerMinute: number, allowed: number): number {
  return Math.max(1, Math.min(Math.ceil(startsPerMinute / 12), 100, allowed));
}

/** Milliseconds to wait until `started` starts in this minute are within the rate; 0 when they already are. */
export function pauseFor(started: number, startsPerMinute: number, elapsedMs: number): number {
  return Math.max(0, Math.ceil((started / startsPerMinute) * 60_000 - elapsedMs));
}
