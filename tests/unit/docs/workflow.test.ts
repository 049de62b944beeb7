/** The state diagram of docs/workflow.md is the state machine: the same states, the same transitions. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { AslDefinition } from '../../../statemachines/asl.ts';
import { readStateMachine } from '../../../statemachines/read-asl.ts';

const page = readFileSync('docs/workflow.md', 'utf8');
const [, diagram = ''] = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(page) ?? [];

/** Each way out of a state, with the label that the diagram gives it. */
function transitions(machine: AslDefinition): string[] {
  const ways = Object.entries(machine.States ?? {}).flatMap(([name, state]) => [
    ...(state.Next === undefined ? [] : [`${name} --> ${state.Next}`]),
    ...(state.End === true || state.Type === 'Fail' || state.Type === 'Succeed' ? [`${name} --> [*]`] : []),
    ...(state.Choices ?? []).map(({ Next, StringEquals }) => `${name} --> ${Next}: ${StringEquals ?? 'otherwise'}`),
    ...(state.Default === undefined ? [] : [`${name} --> ${state.Default}: otherwise`]),
    ...(state.Catch ?? []).map(({ ErrorEquals: [error] = [], Next }) =>
      error === 'States.ALL' ? `${name} --> ${Next}: other errors` : `${name} --> ${Next}: ${error}`,
    ),
  ]);
  return [`[*] --> ${machine.StartAt}`, ...ways].toSorted();
}

const read = (): AslDefinition => readStateMachine('regenerate-pin');

const drawn = diagram
  .split('\n')
  .map((line) => line.trim())
  .filter(Boolean)
  .toSorted();

it('has each transition of the state machine with its label, and no other', () => {
  expect(drawn.length).toBeGreaterThan(30);
  expect(drawn).toEqual(transitions(read()));
});

it('finds a transition that is missing, and one that is not there', () => {
  const machine = read();
  const States = { ...machine.States, VerifyEmail: { ...machine.States?.VerifyEmail, Next: 'NotNeeded' } };
  expect(drawn).not.toEqual(transitions({ ...machine, States }));
});
