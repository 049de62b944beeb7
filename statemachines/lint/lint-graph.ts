import { type AslDefinition, type AslState, eachState } from '../asl.ts';

export interface Finding {
  /** The state's name; null if it is about the machine. */
  readonly state: string | null;
  readonly message: string;
}

function nextOf(state: AslState): string[] {
  const named = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)];
  return [...named, ...(state.Catch ?? []).map(({ Next }) => Next)].filter((name) => typeof name === 'string');
}

function checkOne(machine: AslDefinition): Finding[] {
  const states = machine.States ?? {};
  const findings: Finding[] = [];
  const reached = new Set<string>();
  const ahead: { from: string | null; name: string }[] = [{ from: null, name: machine.StartAt ?? '' }];
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    const { from, name } = step;
    const state = Object.hasOwn(states, name) ? states[name] : undefined;
    if (state === undefined) {
      findings.push({
        state: from,
        message: `${from === null ? 'StartAt' : 'Next'} ${name || '(none)'} is no state here`,
      });
    } else if (!reached.has(name)) {
      reached.add(name);
      ahead.push(...nextOf(state).map((next) => ({ from: name, name: next })));
    }
  }
  const unreached = Object.keys(states).filter((name) => !reached.has(name));
  return [...findings, ...unreached.map((name) => ({ state: name, message: 'is reached from nowhere' }))];
}

/** States that no way leads to, and ways that lead to no state; each Map's and Parallel's machine by itself. */
export function checkGraph(definition: AslDefinition): Finding[] {
  const machines = new Set([definition, ...[...eachState(definition)].map(({ machine }) => machine)]);
  return [...machines].flatMap(checkOne);
}
