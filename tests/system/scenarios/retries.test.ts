import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '../../../functions/domain/errors.ts';
import { BRANCHES } from './branches.ts';
import { openWorkflow, shipped, tasks } from './shipped-workflow.ts';

let workflow: Awaited<ReturnType<typeof openWorkflow>>;

beforeAll(async () => {
  workflow = await openWorkflow();
});
afterAll(() => workflow.close());

/** A branch that comes through the state without failing there. */
function branchThrough(state: string) {
  const branch = BRANCHES.find(({ path, answers }) => path.includes(state) && !(answers[state] instanceof Error));
  if (branch === undefined) throw new Error(`no branch comes through ${state}`);
  return branch;
}

const retriersOf = (state: string) => shipped.States[state]?.Retry ?? [];
const RETRIED = tasks.flatMap((state) =>
  retriersOf(state).flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.map((error) => ({ state, error, MaxAttempts })),
  ),
);
/** One error of each class. */
const CLASSES = tasks.flatMap((state) =>
  retriersOf(state).map(({ ErrorEquals: [error = ''], MaxAttempts }) => ({ state, error, MaxAttempts })),
);
const NOT_RETRIED = tasks.flatMap((state) => {
  const retried = retriersOf(state).flatMap(({ ErrorEquals }) => ErrorEquals);
  return ERROR_NAMES.filter((error) => !retried.includes(error)).map((error) => ({ state, error }));
});

/** Where an error leads that is not, or no longer, retried: to the first Catch that names it, or nowhere. */
function afterwards(state: string, error: string): string | undefined {
  const catches = shipped.States[state]?.Catch ?? [];
  return catches.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'))?.Next;
}

/** Errors that every Task retries. */
const PASSING = [
  ...['EhrUnavailableError', 'EhrThrottledError', 'EhrConflictError'],
  ...['RecordConflictError', 'AwsUnavailableError'],
];
/** Errors that only these Tasks can throw, and retry. */
const OWN: Record<string, string[]> = {
  CheckExpiry: ['LeaseHeldError'],
  ClearRouting: ['RoutingNotEmptyError'],
  SignDocument: ['RoutingNotEmptyError'],
  SendEnrollmentNotification: ['EmailThrottledError'],
};
const isOurs = (error: string) => (ERROR_NAMES as readonly string[]).includes(error);

async function runThrough(state: string, error: string, times: number) {
  const branch = branchThrough(state);
  const name = `${state}-${error}-${times}`.replace('.', '-');
  return { branch, ran: await workflow.run(name, branch.answers, { state, error, times }) };
}

describe('a retried error', () => {
  it('is of every class there is: Lambda, EHR and records, throttled EHR, held lease, throttled mail', () => {
    const classes = new Set(tasks.flatMap((state) => retriersOf(state).map(({ ErrorEquals }) => ErrorEquals[0])));
    const each = ['Lambda.ServiceException', 'EhrUnavailableError', 'EhrThrottledError', 'LeaseHeldError'];
    expect([...classes]).toEqual([...each, 'EmailThrottledError']);
  });

  it.each(tasks)('%s retries what passes by itself, and nothing of ours besides', (state) => {
    const ours = retriersOf(state).flatMap(({ ErrorEquals }) => ErrorEquals.filter((each) => isOurs(each)));
    expect(ours.sort()).toEqual([...PASSING, ...(OWN[state] ?? [])].sort());
  });

  it.each(RETRIED)('$state: $error, happy on the last try', async ({ state, error, MaxAttempts }) => {
    const { ran, branch } = await runThrough(state, error, MaxAttempts);
    expect(ran.calls[state]).toBe(MaxAttempts + 1);
    expect(ran.path).toEqual(branch.path);
    expect(ran.error === null ? ran.output : { error: ran.error }).toMatchObject(
      'outcome' in branch.ends ? branch.ends : { error: branch.ends.error },
    );
  });

  it.each(CLASSES)('$state: $error once too often', async ({ state, error, MaxAttempts }) => {
    const { ran } = await runThrough(state, error, MaxAttempts + 1);
    expect(ran.calls[state]).toBe(MaxAttempts + 1);
    expect(ran.path[ran.path.indexOf(state) + 1]).toBe(afterwards(state, error));
    if (afterwards(state, error) === undefined) expect(ran).toMatchObject({ status: 'FAILED', error });
  });
});

describe('an error that is not retried', () => {
  it.each(NOT_RETRIED)('$state: $error leaves at once', async ({ state, error }) => {
    const { ran } = await runThrough(state, error, 1);
    expect(ran.path[ran.path.indexOf(state) + 1]).toBe(afterwards(state, error));
    if (afterwards(state, error) === undefined) expect(ran).toMatchObject({ status: 'FAILED', error });
  });
});

it('HappyOnLastTry: every state of the good path at once', async () => {
  const unavailable = (state: string) =>
    retriersOf(state).find(({ ErrorEquals }) => ErrorEquals.includes('EhrUnavailableError'))?.MaxAttempts ?? 0;
  const good = ['VerifyEmail', 'CheckExpiry', 'RegeneratePin', 'ClearRouting', 'SignDocument'];
  const all = [...good, 'SendEnrollmentNotification'];
  const failing = all.map((state) => ({ state, error: 'EhrUnavailableError', times: unavailable(state) }));
  const ran = await workflow.run('happy-on-last-try', {}, ...failing);
  expect(ran).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'REGENERATED', reason: null } });
  expect(ran.calls).toEqual(Object.fromEntries(all.map((state) => [state, 6])));
});
