import type { ExecutionStatus, MachineName } from '../../domain/case/executions.ts';
import type { Instant } from '../../domain/time/instant.ts';

/** Of sweep-expiring-pins. */
export interface SweepInput {
  /** Decides and starts nothing. */
  dryRun: boolean;
}

export interface ExecutionInput {
  patientId: string;
  attempt: number;
  /** Id of a person's request to regenerate whatever the age, or null. */
  force: string | null;
}

/** The executions of one state machine, which takes `Input`. */
export interface Executions<Input = ExecutionInput> {
  /** Starts the named execution; a name that was started before answers with that one. Gives the ARN. */
  start(name: string, input: Input): Promise<string>;
  /** null where no execution of that name was ever started. */
  describe(name: string): Promise<{ status: ExecutionStatus; arn: string; stoppedAt: number | null } | null>;
}

/** One execution in a list; its times have milliseconds. */
export interface ListedExecution {
  name: string;
  status: ExecutionStatus;
  startedAt: Instant;
  stoppedAt: Instant | null;
}

export interface DescribedExecution extends ListedExecution {
  /** JSON as it was given, parsed. */
  input: unknown;
  /** Null unless it SUCCEEDED. */
  output: unknown;
  error: string | null;
  cause: string | null;
}

export interface HistoryEvent {
  id: number;
  /** With milliseconds. */
  at: Instant;
  /** Of Step Functions' HistoryEvent, e.g. TaskFailed. */
  type: string;
  /** Null: the execution's own. */
  state: string | null;
  /** Of a Task: from 1 on within one entry of its state. */
  attempt: number | null;
  input: unknown;
  output: unknown;
  error: string | null;
  cause: string | null;
}

/** What Step Functions tells about executions, for 90 days. AwsUnavailableError is retried. */
export interface ExecutionReader {
  /** Newest first. Null where the machine is not deployed. WrongCursorError where `after` is none of this list. */
  list(
    machine: MachineName,
    status: ExecutionStatus | null,
    after: string | null,
    limit: number,
  ): Promise<{ executions: ListedExecution[]; next: string | null } | null>;
  /** Null where there is no such execution. */
  describe(machine: MachineName, name: string): Promise<DescribedExecution | null>;
  /** Oldest first, 500 a page. Null where there is no such execution. WrongCursorError as in `list`. */
  history(
    machine: MachineName,
    name: string,
    after: string | null,
  ): Promise<{ events: HistoryEvent[]; next: string | null } | null>;
  /** The parsed ASL; as the execution ran by it, if one is named. Null where there is no such machine or execution. */
  definition(machine: MachineName, execution: string | null): Promise<Record<string, unknown> | null>;
}
