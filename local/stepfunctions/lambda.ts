import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { type Account, lambdaArn } from './arns.ts';

export type LambdaContext = Context;
export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/**
 * How a Task fails: `name` is what ErrorEquals matches, `message` what AWS hands on as Cause (JSON text where the
 * function failed). The interpreter reads `isRetryable` and `isCatchable`.
 */
export class TaskFailure extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, recoverable = true) {
    super(cause);
    this.name = name;
    this.isRetryable = recoverable;
    this.isCatchable = recoverable;
  }
}

/** The error as Lambda's Node runtime reports it: a thrown value that is no Error bears its `typeof` as its type. */
function reported(thrown: unknown): TaskFailure {
  if (!(thrown instanceof Error)) {
    return new TaskFailure(typeof thrown, JSON.stringify({ errorType: typeof thrown, errorMessage: String(thrown) }));
  }
  const trace = thrown.stack ? { trace: thrown.stack.split('\n') } : {};
  return new TaskFailure(
    thrown.name,
    JSON.stringify({ errorType: thrown.name, errorMessage: thrown.message, ...trace }),
  );
}

function contextFor(account: Account, functionName: string, awsRequestId: string, deadline: number): LambdaContext {
  const refuse = (): never => {
    throw new Error('context.done, fail and succeed are not part of the Node 24 runtime: return or throw');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: lambdaArn(account, functionName),
    memoryLimitInMB: '256',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
}

async function outcomeOf(handler: LambdaHandler, event: unknown, context: LambdaContext): Promise<unknown> {
  try {
    return await handler(event, context);
  } catch (thrown) {
    throw reported(thrown);
  }
}

/** JSON text as Lambda makes it of a result: undefined becomes null. */
function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw reported(new Error('Unable to stringify response body'));
  }
}

/**
 * Invokes a handler as Lambda does: the result goes through JSON (`payload` is the caller's own copy), and after `timeoutMs` (real time) the
 * answer is Sandbox.Timedout, whatever the handler still does.
 * @throws TaskFailure named after what the handler threw.
 */
export async function invokeLambda(
  { account, timeoutMs }: { account: Account; timeoutMs: number },
  functionName: string,
  handler: LambdaHandler,
  payload: unknown,
): Promise<{ payload: unknown; requestId: string }> {
  const requestId = randomUUID();
  const context = contextFor(account, functionName, requestId, performance.now() + timeoutMs);
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
    reject(new TaskFailure('Sandbox.Timedout', JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage })));
  }, timeoutMs);
  try {
    const result = await Promise.race([outcomeOf(handler, payload ?? {}, context), timeout]);
    return { payload: JSON.parse(serialise(result)), requestId };
  } finally {
    clearTimeout(timer);
  }
}
