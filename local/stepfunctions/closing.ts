/** How an execution closes, and the forms in which a closed one is told and kept. */
import type { ClosedExecution, Execution, StoredExecution } from './execution.ts';
import type { HistoryEntry } from './history.ts';

export type ClosedStatus = ClosedExecution['status'];

export interface Ended {
  readonly output?: string | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

const CLOSING_EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
} as const;

export const RESTARTED = { error: 'Local.Restarted', cause: 'The local platform was restarted' };
export const STOPPED = { error: 'Local.Stopped', cause: 'The local platform was stopped' };

/** The fields of an execution that closes at `at` (ms since the epoch, practice time), and its final history. */
export function closingOf(execution: Execution, status: ClosedStatus, at: number, { output, error, cause }: Ended) {
  const ending = { output: output ?? null, error: error ?? null, cause: cause ?? null };
  const text = ending.output === null ? {} : { text: ending.output };
  const last: HistoryEntry = { type: CLOSING_EVENT[status], at, ...text, error: ending.error, cause: ending.cause };
  return { facts: { status, stoppedAt: at, ...ending }, packed: execution.history.packedWith(last) };
}

export function storedOf({ arn: _arn, history, ...facts }: Execution, packed = history.packed()): StoredExecution {
  return { ...facts, history: Buffer.from(packed).toString('base64') };
}

export function closedOf({ arn, name, machineName, status, output, error, cause, durationMs }: Execution) {
  if (status === 'RUNNING') return undefined;
  const parsed: unknown = output === null ? null : JSON.parse(output);
  return { arn, name, machineName, status, output: parsed, error, cause, durationMs };
}
