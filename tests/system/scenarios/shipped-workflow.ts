/** The state machine that is deployed, run with functions that answer as a scenario tells them. */

import { bareError } from '../../../functions/runtime/step-handler.ts';
import { readStateMachine } from '../../../statemachines/read-asl.ts';
import { open } from '../../support/local/served.ts';
import { dataOf } from './state-data.ts';

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
}

export interface AslState {
  Type: 'Task' | 'Choice' | 'Pass' | 'Fail';
  Next?: string;
  End?: boolean;
  Choices?: { Next: string; Not?: object }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Retry?: Retrier[];
}

export const shipped = readStateMachine<{ StartAt: string; States: Record<string, AslState> }>('regenerate-pin');

export const tasks = Object.keys(shipped.States).filter((name) => shipped.States[name]?.Type === 'Task');

/** FHIR's longest id (https://hl7.org/fhir/R4/datatypes.html#id): with it the state data are as large as they get. */
const longId = (letter: string): string => letter.repeat(64);
const INPUT = { patientId: longId('p'), attempt: 1, force: '7c0c5d3e-6a0e-4a1e-8f8e-0d6f0f6f8a11' };
const CYCLE = longId('c');

export const decided = (due: string, more: object = {}) => ({
  due,
  next: null,
  reason: null,
  cycle: CYCLE,
  error: null,
  ...more,
});

/** What each function answers when all goes well. */
const GOES_WELL: Record<string, object> = {
  VerifyEmail: { standing: 'ELIGIBLE', address: 'USABLE' },
  CheckExpiry: decided('REGENERATE'),
  RegeneratePin: { document: longId('d') },
  ClearRouting: { removed: 2 },
  SignDocument: { document: longId('d'), expiresAt: '2026-12-22T21:40:00Z' },
  SendEnrollmentNotification: { outcome: 'REGENERATED', reason: null },
  NotifyStaff: { task: 'notify-patient' },
};

type Said = object | Error | ((event: Record<string, unknown>) => object | Error);
/** Per state what its function says instead of what goes well; an Error is thrown. */
export type Answers = Partial<Record<string, Said>>;
/** A state with a function that first throws errors of this name. */
export interface FailsFirst {
  state: string;
  error: string;
  times: number;
}

export interface Ran {
  status: string;
  output: unknown;
  error: string | null;
  cause: string | null;
  /** The states in the order they were entered. */
  path: string[];
  /** How often each function was called. */
  calls: Record<string, number>;
  /** JSON text of what entered and left each state, with its name. */
  data: { state: string; text: string }[];
}

/** One local Step Functions for many runs: checking the ASL once takes longer than running all scenarios. */
export async function openWorkflow() {
  const scenarios = new Map<string, { answers: Answers; first: FailsFirst[]; calls: Record<string, number> }>();
  const answering = (state: string) => async (event: unknown) => {
    const payload = event as Record<string, unknown>;
    const scenario = scenarios.get(String(payload.execution));
    if (scenario === undefined) throw new Error(`${state} got no execution name`);
    const call = scenario.calls[state] ?? 0;
    scenario.calls[state] = call + 1;
    const failing = scenario.first.find((each) => each.state === state);
    if (failing !== undefined && call < failing.times) throw failure(failing.error);
    const said = scenario.answers[state] ?? GOES_WELL[state];
    if (said === undefined) throw new Error(`no answer was given for ${state}`);
    const answer = typeof said === 'function' ? said(payload) : said;
    // As it leaves the deployed handler: a name and a code.
    if (answer instanceof Error) throw bareError(answer);
    return answer;
  };
  const functions = Object.fromEntries(tasks.map((state) => [state, answering(state)]));
  const served = await open({ definition: shipped, functions });

  async function run(name: string, answers: Answers = {}, ...first: FailsFirst[]): Promise<Ran> {
    const calls: Record<string, number> = {};
    scenarios.set(name, { answers, first, calls });
    const ended = await served.finish(name, INPUT);
    const history = await served.history(ended.executionArn ?? '');
    return {
      status: ended.status ?? '',
      output: ended.output === undefined ? null : JSON.parse(ended.output),
      error: ended.error ?? null,
      cause: ended.cause ?? null,
      path: history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []),
      calls,
      data: history.flatMap(dataOf),
    };
  }
  return { run, close: served.close };
}

/** As the Lambda service or a deployed handler names it. */
function failure(name: string): Error {
  return bareError(Object.assign(new Error(), { name }));
}
