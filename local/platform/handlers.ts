/** The deployed handlers, imported by file name once the environment is set. */
import { handlerOf } from '../../statemachines/asl.ts';
import { readStateMachine } from '../../statemachines/read-asl.ts';
import type { LambdaHandler, StateMachineDefinition } from '../stepfunctions/step-functions.ts';
import type { Around } from './around.ts';

/** @param file below functions/, without its extension: `steps/verify-email` */
export async function importHandler(file: string): Promise<LambdaHandler> {
  const { handler } = await import(new URL(`../../functions/${file}.ts`, import.meta.url).href);
  return handler;
}

/** The shipped state machine with a handler for each of its Tasks. */
export async function machineOf(name: string, { step }: Around): Promise<StateMachineDefinition> {
  const definition = readStateMachine<{ States: Record<string, { Type: string }> }>(name);
  const tasks = Object.entries(definition.States).filter(([, state]) => state.Type === 'Task');
  const functions = await Promise.all(
    tasks.map(async ([task]) => [task, step(task, await importHandler(`steps/${handlerOf(task)}`))] as const),
  );
  return { name, definition, functions: Object.fromEntries(functions) };
}
