/** The reader of Step Functions with the SDK's own client, over HTTP, against the local Step Functions. */
import { SFNClient } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStepFunctionsExecutions } from '../../functions/adapters/aws/stepfunctions-executions.ts';
import { createStepFunctionsReader } from '../../functions/adapters/aws/stepfunctions-reader.ts';
import type { ExecutionReader, HistoryEvent } from '../../functions/ports/case/executions.ts';
import { createGateway, type Gateway } from '../../local/http/gateway.ts';
import { createStepFunctions, type StepFunctions } from '../../local/stepfunctions/step-functions.ts';
import { readStateMachine } from '../../statemachines/read-asl.ts';
import { failing, functionsWith, named, smallProcedure } from '../support/local/served.ts';

const NOON = Date.UTC(2026, 5, 15, 12);
const SWEEP = readStateMachine<object>('sweep-expiring-pins');

let now = NOON;
let gateway: Gateway;
let stepFunctions: StepFunctions;
let client: SFNClient;
let reader: ExecutionReader;
/** By patient: what its RegeneratePin does. */
const regenerate = new Map<string, (event: unknown) => Promise<object>>();

beforeAll(async () => {
  let turns = 0;
  stepFunctions = createStepFunctions({
    machines: [
      {
        name: 'regenerate-pin',
        definition: smallProcedure(),
        functions: functionsWith({
          RegeneratePin: async (event) => {
            const { patientId } = event as { patientId: string };
            return regenerate.get(patientId)?.(event) ?? { document: 'doc-1' };
          },
        }),
      },
      {
        name: 'sweep-expiring-pins',
        definition: SWEEP,
        functions: { SweepMinute: async () => ({ isOver: ++turns % 300 === 0, cursor: null }) },
      },
    ],
    now: () => now,
    region: 'us-east-1',
    accountId: '000000000000',
    retryIntervalMs: 0,
  });
  gateway = await createGateway({ port: 0 });
  gateway.mount('/stepfunctions', stepFunctions.handle);
  client = new SFNClient({
    endpoint: `${gateway.url}/stepfunctions`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  reader = createStepFunctionsReader({
    client,
    stateMachineArns: {
      'regenerate-pin': stepFunctions.stateMachineArns['regenerate-pin'] ?? null,
      'sweep-expiring-pins': stepFunctions.stateMachineArns['sweep-expiring-pins'] ?? null,
      'discover-pins': null,
    },
    signal: AbortSignal.timeout(60_000),
  });
});
afterAll(async () => {
  await stepFunctions.close();
  client.destroy();
  await gateway.close();
});

async function run(machine: 'regenerate-pin' | 'sweep-expiring-pins', name: string, input: object): Promise<void> {
  const stateMachineArn = stepFunctions.stateMachineArns[machine] ?? '';
  const signal = AbortSignal.timeout(60_000);
  await createStepFunctionsExecutions<object>({ client, stateMachineArn, signal }).start(name, input);
  await stepFunctions.settled();
}

async function eventsOf(machine: 'regenerate-pin' | 'sweep-expiring-pins', name: string) {
  const events: HistoryEvent[] = [];
  let pages = 0;
  let after: string | null = null;
  do {
    const page = await reader.history(machine, name, after);
    if (page === null) throw new Error(`no ${name}`);
    events.push(...page.events);
    after = page.next;
    pages += 1;
  } while (after !== null);
  return { events, pages };
}

describe('list', () => {
  it('pages through a machine’s executions, newest first, by status', async () => {
    for (let n = 0; n < 25; n++) {
      now = NOON + n * 1_000;
      if (n % 5 === 0) regenerate.set(`p${n}`, () => Promise.reject(named('EhrRejectedError')));
      await run('regenerate-pin', `x-${n}`, { patientId: `p${n}` });
    }
    const names: string[] = [];
    let after: string | null = null;
    do {
      const page = await reader.list('regenerate-pin', null, after, 10);
      names.push(...(page?.executions ?? []).map(({ name }) => name));
      after = page?.next ?? null;
    } while (after !== null);
    expect(names).toEqual(Array.from({ length: 25 }, (_, n) => `x-${24 - n}`));
    const failed = await reader.list('regenerate-pin', 'FAILED', null, 3);
    expect(failed?.executions).toEqual([
      { name: 'x-20', status: 'FAILED', startedAt: '2026-06-15T12:00:20.000Z', stoppedAt: '2026-06-15T12:00:20.000Z' },
      expect.objectContaining({ name: 'x-15' }),
      expect.objectContaining({ name: 'x-10' }),
    ]);
    expect((await reader.list('regenerate-pin', 'FAILED', failed?.next ?? null, 3))?.next).toBeNull();
    expect(await reader.list('regenerate-pin', 'RUNNING', null, 3)).toEqual({ executions: [], next: null });
  });

  it('knows nothing of a machine that is not deployed', async () => {
    expect(await reader.list('discover-pins', null, null, 10)).toBeNull();
    expect(await reader.definition('discover-pins', null)).toBeNull();
  });
});

describe('describe', () => {
  it('gives input and output as JSON', async () => {
    await run('regenerate-pin', 'well', { patientId: 'well', attempt: 1, force: null });
    expect(await reader.describe('regenerate-pin', 'well')).toMatchObject({
      ...{ name: 'well', status: 'SUCCEEDED', input: { patientId: 'well', attempt: 1, force: null } },
      ...{ output: { outcome: 'REGENERATED', reason: null }, error: null, cause: null },
    });
  });
  it('gives the error of one that failed', async () => {
    expect(await reader.describe('regenerate-pin', 'x-20')).toMatchObject({
      ...{ status: 'FAILED', output: null, error: 'EhrRejectedError' },
      cause: expect.stringContaining('it broke'),
    });
  });
  it('knows nothing of others', async () => {
    expect(await reader.describe('regenerate-pin', 'unknown-1')).toBeNull();
    expect(await reader.history('regenerate-pin', 'unknown-1', null)).toBeNull();
    expect(await reader.definition('regenerate-pin', 'unknown-1')).toBeNull();
    // Of another machine.
    expect(await reader.describe('sweep-expiring-pins', 'well')).toBeNull();
  });
});

describe('history', () => {
  it('says of each event in which state it was, and of a Task which attempt', async () => {
    regenerate.set('twice', failing(2, 'EhrUnavailableError', { document: 'doc-1' }));
    await run('regenerate-pin', 'twice', { patientId: 'twice' });
    const { events } = await eventsOf('regenerate-pin', 'twice');
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({
      type: 'ExecutionStarted',
      state: null,
      attempt: null,
      input: { patientId: 'twice' },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionSucceeded',
      state: null,
      output: { outcome: 'REGENERATED' },
    });
    const regenerated = events.filter(({ state }) => state === 'RegeneratePin');
    expect(regenerated.map(({ type, attempt, error }) => [type, attempt, error])).toEqual([
      ['TaskStateEntered', null, null],
      ['TaskScheduled', 1, null],
      ['TaskStarted', 1, null],
      ['TaskFailed', 1, 'EhrUnavailableError'],
      ['TaskScheduled', 2, null],
      ['TaskStarted', 2, null],
      ['TaskFailed', 2, 'EhrUnavailableError'],
      ['TaskScheduled', 3, null],
      ['TaskStarted', 3, null],
      ['TaskSucceeded', 3, null],
      ['TaskStateExited', null, null],
    ]);
    expect(regenerated[1]?.input).toMatchObject({ patientId: 'twice' });
    expect(regenerated.at(-2)?.output).toEqual({ document: 'doc-1' });
    expect(regenerated.at(-1)?.output).toMatchObject({ patientId: 'twice' });
  });

  it('counts attempts on across pages, and anew at each entry', async () => {
    await run('sweep-expiring-pins', 'long', { dryRun: true });
    const { events, pages } = await eventsOf('sweep-expiring-pins', 'long');
    expect(pages).toBe(Math.ceil(events.length / 500));
    expect(pages).toBeGreaterThan(3);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    for (const { type, state, attempt } of events) {
      if (type.startsWith('Execution')) expect(state).toBeNull();
      else expect(state).toEqual(expect.any(String));
      if (type === 'TaskScheduled' || type === 'TaskStarted' || type === 'TaskSucceeded') {
        expect([state, attempt]).toEqual(['SweepMinute', 1]);
      }
    }
  });

  it('ends in the state that failed', async () => {
    const { events } = await eventsOf('regenerate-pin', 'x-20');
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', state: null, error: 'EhrRejectedError' });
    expect(events.at(-2)).toMatchObject({ type: 'FailStateEntered', attempt: null });
  });
});

describe('definition', () => {
  it('is the ASL with the functions’ ARNs, also as an execution ran by it', async () => {
    const definition = await reader.definition('regenerate-pin', null);
    expect(definition).toMatchObject({ StartAt: smallProcedure().StartAt });
    expect(Object.keys(definition?.States ?? {})).toEqual(Object.keys(smallProcedure().States));
    expect(await reader.definition('regenerate-pin', 'well')).toEqual(definition);
  });
});

describe('a cursor that is none of the list', () => {
  it('is refused by its name, whatever it is', async () => {
    const forged = fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc
        .record({ token: fc.string({ minLength: 1, maxLength: 20 }), state: fc.constant(null), attempt: fc.nat() })
        .map((cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url')),
    );
    const refused = expect.objectContaining({ name: 'WrongCursorError' });
    await fc.assert(
      fc.asyncProperty(forged, async (cursor) => {
        await expect(reader.history('regenerate-pin', 'well', cursor)).rejects.toEqual(refused);
        await expect(reader.list('regenerate-pin', null, cursor, 5)).rejects.toEqual(refused);
      }),
      { numRuns: 50 },
    );
  });
});
