import type { SweepRun } from '../../domain/batch/sweep.ts';
import type { Day } from '../../domain/time/calendar.ts';

/** What the sweeps did, day by day. RecordConflictError and AwsUnavailableError are retried. */
export interface SweepRecords {
  read(day: Day, execution: string): Promise<SweepRun | null>;
  save(run: SweepRun): Promise<void>;
  /** Which executions a page of a sweep's minute started, beside those that an earlier try of it did; each counts once. */
  notePage(run: SweepRun, minute: number, page: number, started: readonly SweptStart[]): Promise<void>;
  /** A day's sweeps, oldest first. */
  list(day: Day): Promise<SweepRun[]>;
  /** Everything that a sweep started. */
  listStarts(day: Day, execution: string): Promise<SweptStart[]>;
  /** Takes up to `wanted` from the starts that machines may make on `day`; answers how many it got. */
  takeAllowance(day: Day, wanted: number, dailyLimit: number): Promise<number>;
  /** Gives back what was not used. */
  returnAllowance(day: Day, unused: number): Promise<void>;
}

/** One start of a sweep. */
export interface SweptStart {
  patientId: string;
  execution: string;
}
