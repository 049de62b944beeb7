import type { Account } from './arns.ts';
import type { Execution } from './execution.ts';
import { invokeLambda, type LambdaHandler, TaskFailure } from './lambda.ts';

/** What every execution runs with. Times are practice time in milliseconds since the epoch; timeouts are real milliseconds. */
export interface RunSettings {
  readonly account: Account;
  readonly now: () => number;
  readonly lambdaTimeoutsMs: Readonly<Record<string, number>>;
  /** Replaces every pause before a retry; for tests. */
  readonly retryIntervalMs: number | undefined;
}

/** `$$.State` of the running execution. */
export interface StateInContext {
  Name: string;
  EnteredTime: string;
  RetryCount: number;
}

/** AWS's limit for a state's input or output, in bytes; its error cannot be caught. */
const MAX_STATE_BYTES = 256 * 1024;

/** As deployed, unless told otherwise for a function. */
const LAMBDA_TIMEOUT_MS = 20_000;

/** A handler must not start: the execution was stopped or timed out. Neither retried nor caught. */
const refused = (): TaskFailure => new TaskFailure('States.Runtime', 'The execution was closed', false);

type Functions = Readonly<Record<string, LambdaHandler>>;

/** The function that a Task's parameters name, by its ARN or its name. */
function functionIn(task: unknown, functions: Functions): { name: string; handler: LambdaHandler; payload: unknown } {
  const { FunctionName, Payload } = Object(task) as { FunctionName?: unknown; Payload?: unknown };
  const name = String(FunctionName).split(':function:').at(-1) ?? '';
  const handler = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (handler === undefined) {
    throw new TaskFailure('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
  }
  return { name, handler, payload: Payload };
}

/**
 * What a Task state does instead of calling AWS: `arn:aws:states:::lambda:invoke`, with its history events.
 * The Task's timeout itself is the interpreter's; here it only marks the attempt as over.
 */
export function createTaskRunner(
  execution: Execution,
  functions: Functions,
  state: StateInContext,
  settings: RunSettings,
  signal: AbortSignal,
) {
  const { history } = execution;
  const { now, account, lambdaTimeoutsMs } = settings;

  return async function runTask(stateName: string, taskTimeoutMs: number | null, task: unknown): Promise<unknown> {
    const parameters = JSON.stringify(task); // now: it may hold $$.State itself, which changes below
    let over = false;
    const add = (type: 'TaskStarted' | 'TaskTimedOut' | 'TaskFailed', error?: Error): void =>
      history.add({ type, at: now(), state: stateName, ...(error && { error: error.name, cause: error.message }) });
    const timer =
      taskTimeoutMs === null
        ? undefined
        : setTimeout(() => {
            over = true;
            add('TaskTimedOut', Object.assign(new Error(''), { name: 'States.Timeout' }));
          }, taskTimeoutMs);
    try {
      // The interpreter's event log is an async generator: its TaskStateEntered is to come before our TaskScheduled.
      await new Promise(setImmediate);
      if (signal.aborted) throw refused();
      // The interpreter does not count attempts for $$.State.RetryCount. This attempt's Parameters are evaluated
      // already, so the next attempt's number is set now (a timeout gives no later occasion) and undone on success.
      const attempt = state.RetryCount;
      const counts = state.Name === stateName;
      if (counts) state.RetryCount = attempt + 1;
      history.add({ type: 'TaskScheduled', at: now(), state: stateName, text: parameters });
      add('TaskStarted');
      const { name, handler, payload } = functionIn(JSON.parse(parameters), functions);
      const answer = await invokeLambda(
        { account, timeoutMs: lambdaTimeoutsMs[name] ?? LAMBDA_TIMEOUT_MS },
        name,
        handler,
        payload,
      );
      if (over || signal.aborted) return null;
      if (counts) state.RetryCount = attempt;
      const output = {
        ExecutedVersion: '$LATEST',
        Payload: answer.payload,
        SdkHttpMetadata: { HttpStatusCode: 200 },
        SdkResponseMetadata: { RequestId: answer.requestId },
        StatusCode: 200,
      };
      const text = JSON.stringify(output);
      if (Buffer.byteLength(text) > MAX_STATE_BYTES) {
        throw new TaskFailure(
          'States.DataLimitExceeded',
          `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
          false,
        );
      }
      history.add({ type: 'TaskSucceeded', at: now(), state: stateName, text });
      return output;
    } catch (error) {
      if (!over && !signal.aborted && error instanceof Error) add('TaskFailed', error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
