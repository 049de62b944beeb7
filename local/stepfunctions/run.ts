import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { roleArn } from './arns.ts';
import { EXECUTION_KEY, type Machine } from './definition.ts';
import type { Execution } from './execution.ts';
import { createTaskRunner, type RunSettings, type StateInContext } from './task.ts';

type Json = Parameters<StateMachine['run']>[0];
type InterpreterEvent = ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer E> ? E : never;
type Definition = ConstructorParameters<typeof StateMachine>[0];

/** How an execution ended; `output` is JSON text. */
export interface Ending {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** The interpreter has no `$$.State`: reading a state from the definition is the sign that it is being entered. */
function notingEntries(definition: Definition, current: StateInContext, now: () => number): Definition {
  const States = new Proxy(definition.States, {
    get(states, name, receiver) {
      if (typeof name === 'string' && name in states) {
        Object.assign(current, { Name: name, EnteredTime: new Date(now()).toISOString(), RetryCount: 0 });
      }
      return Reflect.get(states, name, receiver);
    },
  });
  return { ...definition, States };
}

/** Writes the interpreter's event as AWS's ones. Tasks' own events come from the task runner, the end from the caller. */
function record(event: InterpreterEvent, execution: Execution, at: number): void {
  const add = (type: string, state: string, text?: Json): void =>
    execution.history.add({
      type: type as HistoryEventType,
      at,
      state,
      ...(text === undefined ? {} : { text: JSON.stringify(text) }),
    });
  switch (event.type) {
    case 'StateEntered': {
      const { name, type, input } = event.state;
      add(`${type}StateEntered`, name, input);
      if (type === 'Map' || type === 'Parallel') add(`${type}StateStarted`, name);
      return;
    }
    case 'StateExited': {
      const { name, type, output } = event.state;
      if (type === 'Map' || type === 'Parallel') add(`${type}StateSucceeded`, name);
      add(`${type}StateExited`, name, output ?? null);
      return;
    }
    case 'MapIterationStarted':
    case 'MapIterationSucceeded':
    case 'MapIterationFailed':
      add(event.type, event.parentState.name);
  }
}

/** AWS says where a States.* error arose; an error of a Task or a Fail state keeps its own cause. */
function endingOf(thrown: unknown, state: StateInContext): Ending {
  const error = thrown instanceof ExecutionError ? thrown.cause : thrown;
  if (!(error instanceof Error))
    return { status: 'FAILED', output: null, error: 'States.Runtime', cause: String(error) };
  const located = error.name === 'States.Runtime' || error.name === 'States.NoChoiceMatched';
  const cause = located
    ? `An error occurred while executing the state '${state.Name}'. ${error.message}`
    : error.message;
  return { status: 'FAILED', output: null, error: error.name, cause };
}

/**
 * Runs one execution through the interpreter and tells how it ended. `signal` stops it: no handler starts afterwards,
 * although the interpreter then runs the remaining attempts of a retry at once; the ending is then to be ignored.
 */
export async function run(
  execution: Execution,
  machine: Machine,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<Ending> {
  const { account, now } = settings;
  const input = JSON.parse(execution.input) as Json;
  const state: StateInContext = { Name: '', EnteredTime: '', RetryCount: 0 };
  const context = {
    [EXECUTION_KEY]: {
      Id: execution.arn,
      Input: input,
      Name: execution.name,
      RedriveCount: 0,
      RoleArn: roleArn(account),
      StartTime: new Date(execution.startedAt).toISOString(),
    },
    State: state,
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
  const runTask = createTaskRunner(execution, machine.functions, state, settings, signal);
  const taskResourceLocalHandlers = Object.fromEntries(
    [...machine.tasks].map(([name, timeoutMs]) => [
      name,
      (task: Json) => runTask(name, timeoutMs, task) as Promise<Json>,
    ]),
  );
  const { retryIntervalMs } = settings;
  const retryIntervalOverrides =
    retryIntervalMs === undefined ? {} : Object.fromEntries(machine.retried.map((name) => [name, retryIntervalMs]));
  const interpreter = new StateMachine(notingEntries(machine.runnable, state, now), {
    validationOptions: { noValidate: true },
  });
  const { result, eventLogs, abort } = interpreter.run(input, {
    context,
    overrides: { taskResourceLocalHandlers, retryIntervalOverrides },
  });
  signal.addEventListener('abort', abort, { once: true });
  const recorded = (async () => {
    for await (const event of eventLogs) record(event, execution, now());
  })();
  try {
    const output = await result;
    return { status: 'SUCCEEDED', output: JSON.stringify(output), error: null, cause: null };
  } catch (error) {
    return endingOf(error, state);
  } finally {
    await recorded;
  }
}
