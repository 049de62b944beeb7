/** A state machine as a graph: what its ASL says, and nothing that only our machines have. */
import { type AslChoiceRule, type AslDefinition, type AslState, nestedMachines } from '../../statemachines/asl.ts';

/** NEXT: what follows. CHOICE: under a condition. CATCH: when an error was caught. EACH: into a Map or a Parallel. */
export type FlowKind = 'NEXT' | 'CHOICE' | 'CATCH' | 'EACH';

export interface FlowState {
  name: string;
  type: string;
  /** What the ASL's author says about it; empty where nothing. */
  comment: string;
  isStart: boolean;
  /** Nothing follows: Succeed, Fail, or `End`. */
  isEnd: boolean;
  /** The Map or Parallel in which it stands, or null. */
  within: string | null;
}

export interface FlowWay {
  from: string;
  to: string;
  kind: FlowKind;
  /** The value that a choice asks for, or the errors that are caught; empty for what always follows. */
  label: string;
}

export interface Flow {
  states: FlowState[];
  /** At most one of a kind between two states; several choices or errors share its label. */
  ways: FlowWay[];
}

/** The graph of a definition; ways to states that do not exist are left out. */
export function flowOf(definition: AslDefinition): Flow {
  const states: FlowState[] = [];
  const ways: FlowWay[] = [];
  collect(definition, null, states, ways);
  const names = new Set(states.map(({ name }) => name));
  return { states, ways: merged(ways.filter(({ from, to }) => names.has(from) && names.has(to))) };
}

function collect(machine: AslDefinition, within: string | null, states: FlowState[], ways: FlowWay[]): void {
  for (const [name, state] of Object.entries(machine.States ?? {})) {
    const own = waysOf(name, state);
    states.push({
      name,
      type: state.Type ?? '',
      comment: typeof state.Comment === 'string' ? state.Comment : '',
      isStart: machine.StartAt === name,
      isEnd: state.Type === 'Succeed' || state.Type === 'Fail' || state.End === true,
      within,
    });
    ways.push(...own);
    for (const inner of nestedMachines(state)) {
      if (inner.StartAt !== undefined) ways.push({ from: name, to: inner.StartAt, kind: 'EACH', label: 'for each' });
      collect(inner, name, states, ways);
    }
  }
}

function waysOf(from: string, state: AslState): FlowWay[] {
  const way = (to: unknown, kind: FlowKind, label = ''): FlowWay[] =>
    typeof to === 'string' ? [{ from, to, kind, label }] : [];
  return [
    ...way(state.Next, 'NEXT'),
    ...(state.Choices ?? []).flatMap((rule) => way(rule.Next, 'CHOICE', conditionOf(rule))),
    ...way(state.Default, 'CHOICE', 'otherwise'),
    ...(state.Catch ?? []).flatMap(({ ErrorEquals = [], Next }) => way(Next, 'CATCH', errorsOf(ErrorEquals))),
  ];
}

function errorsOf(names: readonly string[]): string {
  return names.map((name) => (name === 'States.ALL' ? 'any error' : name)).join(', ');
}

/** What a rule asks for, short enough for a label: `REGENERATE`, `not PostconditionViolatedError`, `> 3`. */
function conditionOf(rule: AslChoiceRule): string {
  if (isRule(rule.Not)) return `not ${conditionOf(rule.Not)}`;
  for (const [operator, joint] of [
    ['And', ' and '],
    ['Or', ' or '],
  ] as const) {
    const inner = rule[operator];
    if (Array.isArray(inner)) return inner.filter(isRule).map(conditionOf).join(joint);
  }
  if (typeof rule.Condition === 'string') return rule.Condition;
  const [operator, value] = Object.entries(rule).find(([key]) => !NO_OPERATOR.has(key)) ?? ['', ''];
  const sign = SIGNS.find(([name]) => operator.includes(name))?.[1] ?? '';
  return operator.startsWith('Is') ? `${value === true ? '' : 'not '}${operator}` : `${sign}${String(value)}`;
}

const NO_OPERATOR = new Set(['Variable', 'Next', 'Comment', 'Assign', 'Output']);
/** In this order: `GreaterThan` is part of `GreaterThanEquals`. Equality needs no sign. */
const SIGNS: readonly (readonly [string, string])[] = [
  ['GreaterThanEquals', '≥ '],
  ['GreaterThan', '> '],
  ['LessThanEquals', '≤ '],
  ['LessThan', '< '],
];

function isRule(value: unknown): value is AslChoiceRule {
  return typeof value === 'object' && value !== null;
}

function merged(ways: readonly FlowWay[]): FlowWay[] {
  const byEnds = new Map<string, FlowWay>();
  for (const way of ways) {
    const key = JSON.stringify([way.from, way.to, way.kind]);
    const before = byEnds.get(key);
    const label = before === undefined || before.label === '' ? way.label : `${before.label}, ${way.label}`;
    byEnds.set(key, { ...way, label });
  }
  return [...byEnds.values()];
}
