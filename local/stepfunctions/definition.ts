import { StateMachine } from 'aws-local-stepfunctions';
import { type AslDefinition, eachState } from '../../statemachines/asl.ts';
import type { Account } from './arns.ts';
import { lambdaArn, stateMachineArn } from './arns.ts';
import type { LambdaHandler } from './lambda.ts';

type Runnable = ConstructorParameters<typeof StateMachine>[0];

export interface StateMachineDefinition {
  readonly name: string;
  /** Parsed ASL with its `${…FunctionArn}` tokens. */
  readonly definition: object;
  /** By function name, e.g. VerifyEmail for the token `${VerifyEmailFunctionArn}`. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
}

/** A state machine ready to run. */
export interface Machine {
  readonly name: string;
  readonly arn: string;
  /** The definition with its tokens substituted, as DescribeStateMachine shows it. */
  readonly definition: string;
  /** The definition as the interpreter runs it: without the machine's timeout, `$$.Execution` renamed. */
  readonly runnable: Runnable;
  /** Each Task state, nested ones included, with its timeout in milliseconds (null: none). */
  readonly tasks: ReadonlyMap<string, number | null>;
  readonly retried: readonly string[];
  readonly functions: Readonly<Record<string, LambdaHandler>>;
  /** The machine's own TimeoutSeconds, in milliseconds. */
  readonly timeoutMs: number | null;
}

/**
 * The interpreter overwrites `Execution.Input` and `Execution.StartTime` of the context object it is given (with the
 * real clock, and inside a Map with the item). The paths are pointed at a key it leaves alone.
 */
export const EXECUTION_KEY = 'StartedExecution';

const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

function substitute(text: string, name: string, account: Account, functions: readonly string[]): string {
  return text.replace(/\$\{([^}]*)\}/g, (_token, token: string) => {
    const functionName = token.endsWith('FunctionArn') ? token.slice(0, -'FunctionArn'.length) : '';
    if (!functions.includes(functionName)) {
      throw new Error(
        `State machine ${name}: nothing to put for the token \${${token}}; known: ${functions.join(', ')}`,
      );
    }
    return lambdaArn(account, functionName);
  });
}

const validated = new Set<string>();

/** Validation takes about 80 ms: once per definition and process, not per service. */
function validateOnce(name: string, definition: string): void {
  if (validated.has(definition)) return;
  try {
    new StateMachine(JSON.parse(definition) as Runnable);
  } catch (error) {
    throw new Error(`State machine ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  validated.add(definition);
}

/**
 * Substitutes the tokens and validates; executions are then run unvalidated.
 * @throws Error naming the machine: an unknown token, invalid ASL, a Task that is no lambda:invoke (it would call AWS).
 */
export function prepareMachine(machine: StateMachineDefinition, account: Account): Machine {
  const { name, functions } = machine;
  const definition = substitute(JSON.stringify(machine.definition), name, account, Object.keys(functions));
  validateOnce(name, definition);
  const runnable = JSON.parse(definition.replaceAll('$$.Execution', () => `$$.${EXECUTION_KEY}`)) as AslDefinition;
  const tasks = new Map<string, number | null>();
  const retried: string[] = [];
  for (const { name: stateName, state } of eachState(runnable)) {
    if (state.Retry !== undefined) retried.push(stateName);
    if (state.Type !== 'Task') continue;
    if (state.Resource !== LAMBDA_INVOKE) {
      throw new Error(`State machine ${name}: ${stateName} is not ${LAMBDA_INVOKE}, and nothing else is served here`);
    }
    tasks.set(stateName, state.TimeoutSeconds === undefined ? null : state.TimeoutSeconds * 1000);
  }
  const { TimeoutSeconds, ...withoutTimeout } = runnable;
  return {
    name,
    arn: stateMachineArn(account, name),
    definition,
    runnable: withoutTimeout as unknown as Runnable, // the interpreter's own type of the same JSON
    tasks,
    retried,
    functions,
    timeoutMs: TimeoutSeconds === undefined ? null : TimeoutSeconds * 1000,
  };
}
