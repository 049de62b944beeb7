import type { History } from './history.ts';

/** One execution, running or closed. Times are milliseconds since the epoch, in practice time. */
export interface Execution {
  /** Counts starts; the listing's order and its page tokens. */
  readonly seq: number;
  readonly arn: string;
  readonly name: string;
  readonly machineName: string;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly startedAt: number;
  readonly history: History;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  stoppedAt: number | null;
  /** JSON text. */
  output: string | null;
  error: string | null;
  cause: string | null;
  /** Real time from start to end, waiting for a free place included; 0 while it runs, or when a restart ended it. */
  durationMs: number;
}

/** An execution as JSON: what `--data` keeps. */
export interface StoredExecution extends Omit<Execution, 'arn' | 'history'> {
  /** The deflated history, base64. */
  readonly history: string;
}

/** Keeps an execution beyond the process, in place of what was kept under its `seq`; awaited before it is reported. */
export type KeepExecution = (execution: StoredExecution) => Promise<void>;

/** What listeners are told when an execution closes. */
export interface ClosedExecution {
  readonly arn: string;
  readonly name: string;
  readonly machineName: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  /** The parsed output of a SUCCEEDED execution, else null. */
  readonly output: unknown;
  readonly error: string | null;
  readonly cause: string | null;
  readonly durationMs: number;
}

/** An execution that a stop or a kill of the platform ended. */
export interface InterruptedExecution {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  /** Whether its machine started none after it. */
  readonly isLatest: boolean;
}
