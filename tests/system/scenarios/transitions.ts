/** Every way out of every state of an ASL definition, as `From → To`. */
import type { AslState, Ran } from './shipped-workflow.ts';

/** Where an execution ends: normally, in a Fail state, or by an uncaught error. */
const END = 'end';
const FAILS = 'failed';
const BY_OWN_NAME = 'failed by its own name';

function waysOut(state: AslState): string[] {
  const choices = state.Choices?.map(({ Next }) => Next) ?? [];
  const caught = state.Catch?.map(({ Next }) => Next) ?? [];
  const catchesAll = state.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL')) ?? false;
  // A rule and its negation leave nothing over.
  const leavesNothing = state.Choices?.some(({ Not }) => Not !== undefined) ?? false;
  return [
    ...choices,
    ...caught,
    ...(state.Next === undefined ? [] : [state.Next]),
    ...(state.End ? [END] : []),
    ...(state.Type === 'Fail' ? [FAILS] : []),
    // A Task with an uncaught error, a Choice without such a verdict.
    ...((state.Type === 'Task' && !catchesAll) || (state.Type === 'Choice' && !leavesNothing) ? [BY_OWN_NAME] : []),
  ];
}

export function transitionsOf(states: Record<string, AslState>): string[] {
  return Object.entries(states).flatMap(([from, state]) => waysOut(state).map((to) => `${from} → ${to}`));
}

/** The transitions that an execution took. */
export function taken({ path, status }: Ran, states: Record<string, AslState>): string[] {
  const last = states[path.at(-1) ?? '']?.Type === 'Fail' ? FAILS : BY_OWN_NAME;
  const next = [...path.slice(1), status === 'SUCCEEDED' ? END : last];
  return path.map((from, index) => `${from} → ${next[index]}`);
}
