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
}

/** An execution as JSON: what `--data` keeps. */
export interface StoredExecution extends Omit<Execution, 'seq' | 'arn' | 'history'> {
  /** The deflated history, base64. */
  readonly history: string;
}

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
  /** Real time from start to end, waiting for a free place included. */
  readonly durationMs: number;
}
