/** The way that one execution took, told from its history: which states, how often each was tried, and how it ended. */
import type { HistoryEventView } from '../../functions/admin/contract/executions.ts';
import type { Flow, FlowWay } from './flow.ts';

export interface Attempt {
  /** From 1 on within one visit. */
  number: number;
  startedAt: string;
  /** null: under way. */
  endedAt: string | null;
  /** null: it went well, or is under way. */
  error: string | null;
  cause: string | null;
}

/** One time that a state was entered. */
export interface Visit {
  state: string;
  enteredAt: string;
  /** null: it is there yet, or the execution ended there. */
  exitedAt: string | null;
  input: unknown;
  output: unknown;
  attempts: Attempt[];
}

/** FAILED: its last attempt failed, caught or not; a Fail state is meant to. STOPPED: the execution ended from outside. */
export type Mark = 'UNTOUCHED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';

export interface StateTrace {
  mark: Mark;
  visits: Visit[];
  /** Attempts that failed and were followed by another. */
  retries: number;
}

export interface Trace {
  /** In the order in which they were entered. */
  visits: Visit[];
  states: ReadonlyMap<string, StateTrace>;
  /** Of the ways of the flow, those that were gone. */
  taken: ReadonlySet<FlowWay>;
}

/** @param isRunning whether the execution has not ended */
export function traceOf(flow: Flow, events: readonly HistoryEventView[], isRunning: boolean): Trace {
  const visits = visitsOf(events);
  const types = new Map(flow.states.map(({ name, type }) => [name, type]));
  const wasStopped = events.some(({ type }) => type === 'ExecutionAborted' || type === 'ExecutionTimedOut');
  const states = new Map<string, StateTrace>();
  for (const { name } of flow.states) {
    const own = visits.filter(({ state }) => state === name);
    const last = own.at(-1);
    const mark = last === undefined ? 'UNTOUCHED' : markOf(last, types.get(name) ?? '', isRunning, wasStopped);
    states.set(name, { mark, visits: own, retries: own.reduce((sum, visit) => sum + retriesOf(visit), 0) });
  }
  return { visits, states, taken: takenBy(flow.ways, visits) };
}

function visitsOf(events: readonly HistoryEventView[]): Visit[] {
  const visits: Visit[] = [];
  const openOf = (state: string | null) => visits.findLast((visit) => visit.state === state && visit.exitedAt === null);
  for (const { type, at, state, attempt, input, output, error, cause } of events) {
    if (state === null) continue;
    if (type.endsWith('StateEntered')) {
      visits.push({ state, enteredAt: at, exitedAt: null, input, output: null, attempts: [] });
      continue;
    }
    const visit = openOf(state);
    if (visit === undefined) continue;
    if (type.endsWith('StateExited')) {
      visit.exitedAt = at;
      visit.output = output;
    } else if (attempt !== null) {
      noteAttempt(visit, attempt, { type, at, error, cause });
    }
  }
  return visits;
}

type AttemptEvent = Pick<HistoryEventView, 'type' | 'at' | 'error' | 'cause'>;

function noteAttempt(visit: Visit, number: number, { type, at, error, cause }: AttemptEvent): void {
  let attempt = visit.attempts.find((each) => each.number === number);
  if (attempt === undefined) {
    attempt = { number, startedAt: at, endedAt: null, error: null, cause: null };
    visit.attempts.push(attempt);
  }
  if (/Succeeded$/.test(type)) attempt.endedAt = at;
  if (/(Failed|TimedOut)$/.test(type)) Object.assign(attempt, { endedAt: at, error: error ?? type, cause });
}

function retriesOf({ attempts }: Visit): number {
  return attempts.filter(({ error }, index) => error !== null && index < attempts.length - 1).length;
}

function hasFailed({ attempts }: Visit): boolean {
  const last = attempts.at(-1);
  return last !== undefined && last.error !== null;
}

function markOf(visit: Visit, type: string, isRunning: boolean, wasStopped: boolean): Mark {
  if (type === 'Fail') return 'FAILED';
  if (visit.exitedAt !== null) return hasFailed(visit) ? 'FAILED' : 'SUCCEEDED';
  if (isRunning) return 'RUNNING';
  if (wasStopped) return 'STOPPED';
  return 'FAILED';
}

/** Between two visits there may be a way for an error and one for success: the last attempt tells which it was. */
function takenBy(ways: readonly FlowWay[], visits: readonly Visit[]): Set<FlowWay> {
  const taken = new Set<FlowWay>();
  visits.forEach((visit, index) => {
    const before = visits[index - 1];
    if (before === undefined) return;
    const possible = ways.filter(({ from, to }) => from === before.state && to === visit.state);
    const isCaught = hasFailed(before);
    const way = possible.find(({ kind }) => (kind === 'CATCH') === isCaught) ?? possible[0];
    if (way !== undefined) taken.add(way);
  });
  return taken;
}
