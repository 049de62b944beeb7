import type { IncomingMessage, ServerResponse } from 'node:http';
import { prepareMachine } from './definition.ts';
import type { ClosedExecution, StoredExecution } from './execution.ts';
import { Executions } from './executions.ts';
import type { LambdaHandler } from './lambda.ts';
import { operationsOn } from './operations.ts';
import { respond } from './protocol.ts';

export type { ClosedExecution } from './execution.ts';
export type { LambdaContext, LambdaHandler } from './lambda.ts';

export interface StateMachineDefinition {
  readonly name: string;
  /** Parsed ASL with its `${…FunctionArn}` tokens. */
  readonly definition: object;
  /** By function name, e.g. VerifyEmail for the token `${VerifyEmailFunctionArn}`. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
}

/** The executions as JSON; restored ones that were running become ABORTED. */
export interface ExecutionsSnapshot {
  readonly version: 1;
  readonly executions: readonly StoredExecution[];
}

export interface StepFunctions {
  /** Speaks AWS's protocol; whoever mounts it strips the prefix and checks Host and Origin. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Machine name → ARN. */
  readonly stateMachineArns: Readonly<Record<string, string>>;
  /** Resolves when no execution runs. */
  settled(): Promise<void>;
  /** Tells of every execution that closes; gives back what unsubscribes. */
  onClosed(listener: (closed: ClosedExecution) => void): () => void;
  snapshot(): ExecutionsSnapshot;
  /** Before the first start only. */
  restore(snapshot: ExecutionsSnapshot): void;
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
  /** Default 20 000, as deployed. */
  readonly lambdaTimeoutMs?: number;
  /** Executions that run at once, the others wait as RUNNING. Default 1000: Lambda's default quota of an account. */
  readonly maxConcurrent?: number;
}

/**
 * A local AWS Step Functions: `aws-local-stepfunctions` runs the ASL that is deployed, around it AWS's own protocol.
 * @throws Error naming the machine: invalid ASL, an unknown token, a Task that is no lambda:invoke.
 */
export function createStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const { now, region, accountId, retryIntervalMs, lambdaTimeoutMs = 20_000, maxConcurrent = 1000 } = options;
  const account = { region, accountId };
  const machines = options.machines.map((machine) => prepareMachine(machine, account));
  const executions = new Executions({ account, now, lambdaTimeoutMs, retryIntervalMs, maxConcurrent });
  const operations = operationsOn(machines, executions, now());
  return {
    handle: (request, response) => void respond(request, response, operations),
    stateMachineArns: Object.fromEntries(machines.map(({ name, arn }) => [name, arn])),
    settled: () => executions.settled(),
    onClosed: (listener) => executions.onClosed(listener),
    snapshot: () => ({ version: 1, executions: executions.stored() }),
    restore: ({ executions: stored }) => executions.restore(stored),
    close: async () => executions.close(),
  };
}
