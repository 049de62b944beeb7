import { serveAwsJson } from '../http/aws-json.ts';
import type { HttpHandler } from '../http/http-messages.ts';
import { executionArn } from './arns.ts';
import { prepareMachine, type StateMachineDefinition } from './definition.ts';
import type { ClosedExecution, InterruptedExecution, KeepExecution, StoredExecution } from './execution.ts';
import { Executions } from './executions.ts';
import { operationsOn } from './operations.ts';

export type { StateMachineDefinition } from './definition.ts';
export type { ClosedExecution } from './execution.ts';
export type { LambdaContext, LambdaHandler } from './lambda.ts';

export interface StepFunctions {
  /** Speaks AWS's protocol; the gateway strips the prefix and checks Host and Origin. */
  handle: HttpHandler;
  /** Machine name → ARN. */
  readonly stateMachineArns: Readonly<Record<string, string>>;
  /** Resolves when no execution runs. */
  settled(): Promise<void>;
  /** Tells of every execution that closes; gives back what unsubscribes. */
  onClosed(listener: (closed: ClosedExecution) => void): () => void;
  /** How the execution ended; undefined when it runs, or was never started. */
  closed(machineName: string, name: string): ClosedExecution | undefined;
  /** Of one machine, oldest first: what a stop or a kill of the platform ended. */
  interrupted(machineName: string): InterruptedExecution[];
  /** Takes back what was kept; what was running becomes ABORTED. Before the first start only; throws at once otherwise. */
  restore(kept: readonly StoredExecution[]): Promise<void>;
  /** Stops what runs (ABORTED) and refuses new starts. A handler that is running already runs on, unheard. */
  close(): Promise<void>;
}

export interface StepFunctionsOptions {
  readonly machines: readonly StateMachineDefinition[];
  /** The practice's time, ms since the epoch: executions' dates. Timeouts and pauses are real time. */
  readonly now: () => number;
  readonly region: string;
  readonly accountId: string;
  /** Replaces every pause before a retry; for tests. */
  readonly retryIntervalMs?: number;
  /** Of the functions that have not 20 000 ms, by name; as deployed. */
  readonly lambdaTimeoutsMs?: Readonly<Record<string, number>>;
  /** Executions that run at once, the others wait as RUNNING. Default 1000: Lambda's default quota of an account. */
  readonly maxConcurrent?: number;
  /** Where executions are kept beyond the process: once when they start, once when they close. */
  readonly keep?: KeepExecution;
}

/**
 * A local AWS Step Functions: `aws-local-stepfunctions` runs the ASL that is deployed, around it AWS's own protocol.
 * @throws Error naming the machine: invalid ASL, an unknown token, a Task that is no lambda:invoke.
 */
export function createStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const { now, region, accountId, retryIntervalMs, lambdaTimeoutsMs = {}, maxConcurrent = 1000, keep } = options;
  const account = { region, accountId };
  const machines = options.machines.map((machine) => prepareMachine(machine, account));
  const executions = new Executions({ account, now, lambdaTimeoutsMs, retryIntervalMs, maxConcurrent, keep });
  const operations = operationsOn(machines, executions, now());
  return {
    handle: serveAwsJson({ name: 'Step Functions', target: 'AWSStepFunctions.', version: '1.0', operations }),
    stateMachineArns: Object.fromEntries(machines.map(({ name, arn }) => [name, arn])),
    settled: () => executions.settled(),
    onClosed: (listener) => executions.onClosed(listener),
    closed: (machineName, name) => executions.closed(executionArn(account, machineName, name)),
    interrupted: (machineName) => executions.interrupted(machineName),
    restore: (kept) => executions.restore(kept),
    close: () => executions.close(),
  };
}
