import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StoredExecution } from '../../../../local/stepfunctions/execution.ts';
import { createStepFunctions } from '../../../../local/stepfunctions/step-functions.ts';
import {
  ACCOUNT_ID,
  functionsWith,
  MACHINE_ARN,
  NOON,
  named,
  open,
  REGION,
  serve,
  smallProcedure,
} from '../../../support/local/served.ts';

const DAY = 24 * 60 * 60 * 1000;
const stateMachineArn = MACHINE_ARN;
const executionArn = `${MACHINE_ARN.replace('stateMachine', 'execution')}:unknown-1`;

describe('starting by a name', () => {
  it('running, same input: the same execution; other input: ExecutionAlreadyExists; closed: ExecutionAlreadyExists', async () => {
    const gate = Promise.withResolvers<object>();
    let now = NOON;
    const served = await serve({ functions: functionsWith({ VerifyEmail: () => gate.promise }) }, { now: () => now });
    const start = (input: string) =>
      served.client.send(new StartExecutionCommand({ stateMachineArn, name: 'once', input }));
    const first = await start('{"patientId":"p-1"}');
    now += 1500;
    const second = await start('{"patientId":"p-1"}');
    expect([second.executionArn, second.startDate]).toEqual([first.executionArn, new Date(NOON)]);
    await expect(start('{"patientId":"p-2"}')).rejects.toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
    gate.resolve({ address: null });
    await served.stepFunctions.settled();
    await expect(start('{"patientId":"p-1"}')).rejects.toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
  });

  it('is free again 90 days after the end', async () => {
    let now = NOON;
    const served = await serve({}, { now: () => now });
    const arn = (await served.finish('again')).executionArn;
    now = NOON + 90 * DAY - 1;
    await expect(served.start('again')).rejects.toThrow('Execution Already Exists');
    now = NOON + 90 * DAY;
    expect(await served.start('again')).toBe(arn);
    const { startDate } = await served.describe(arn ?? '');
    expect(startDate).toEqual(new Date(now));
  });

  it('without a name or input gets both', async () => {
    const { client } = await serve({ functions: functionsWith() });
    const started = await client.send(new StartExecutionCommand({ stateMachineArn }));
    const { name, input } = await client.send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(input).toBe('{}');
  });
});

describe('DescribeExecution', () => {
  it('leaves out what a machine’s key encrypts when only metadata is requested', async () => {
    const { client, finish } = await serve({ functions: functionsWith() });
    const { executionArn } = await finish('asked', { patientId: 'p-1' });
    const all = await client.send(new DescribeExecutionCommand({ executionArn }));
    const metadata = await client.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }));
    expect([all.input, all.output]).toEqual([expect.stringContaining('p-1'), expect.any(String)]);
    expect([metadata.input, metadata.output, metadata.inputDetails]).toEqual([
      undefined,
      undefined,
      { included: false },
    ]);
    expect([metadata.status, metadata.stopDate]).toEqual([all.status, all.stopDate]);
  });
});

describe('ListExecutions', () => {
  it('shows the newest first, in pages that later starts do not shift', async () => {
    const { client, start, stepFunctions } = await serve();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await start(name);
    const list = (nextToken?: string) =>
      client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken }));
    const one = await list();
    await start('f');
    const two = await list(one.nextToken);
    const three = await list(two.nextToken);
    const names = [one, two, three].map(({ executions }) => executions?.map(({ name }) => name).join(''));
    expect(names).toEqual(['ed', 'cb', 'a']);
    expect(three.nextToken).toBeUndefined();
    await stepFunctions.settled();
  });

  it('filters by status', async () => {
    const VerifyEmail = async (event: unknown) => {
      if (JSON.stringify(event).includes('bad')) throw named('PatientNotFoundError');
      return { address: null };
    };
    const { client, start, stepFunctions } = await serve({ functions: functionsWith({ VerifyEmail }) });
    await start('good');
    await start('poor', { patientId: 'bad' });
    await stepFunctions.settled();
    const namesOf = async (statusFilter: 'FAILED' | 'SUCCEEDED' | 'RUNNING') => {
      const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter }));
      return executions?.map(({ name, status }) => `${name} ${status}`);
    };
    expect(await namesOf('FAILED')).toEqual(['poor FAILED']);
    expect(await namesOf('SUCCEEDED')).toEqual(['good SUCCEEDED']);
    expect(await namesOf('RUNNING')).toEqual([]);
  });
});

describe('GetExecutionHistory', () => {
  it('writes the first Task as AWS does', async () => {
    const served = await serve();
    const ended = await served.finish('events');
    const events = await served.history(ended.executionArn ?? '');
    expect(events.slice(0, 6).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'TaskStateEntered'],
      [3, 2, 'TaskScheduled'],
      [4, 3, 'TaskStarted'],
      [5, 4, 'TaskSucceeded'],
      [6, 5, 'TaskStateExited'],
    ]);
    expect(events[0]?.timestamp).toEqual(new Date(NOON));
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: 'VerifyEmail', input: '{"patientId":"p-1"}' });
    expect(JSON.parse(events[2]?.taskScheduledEventDetails?.parameters ?? '')).toEqual({
      FunctionName: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:VerifyEmail`,
      Payload: { patientId: 'p-1', execution: ended.executionArn },
    });
    expect(JSON.parse(events[4]?.taskSucceededEventDetails?.output ?? '')).toMatchObject({
      Payload: { address: 'USABLE' },
      StatusCode: 200,
    });
    expect(events[5]?.stateExitedEventDetails?.output).toBe('{"patientId":"p-1","email":{"address":"USABLE"}}');
    expect(events.at(-1)?.executionSucceededEventDetails?.output).toBe(ended.output);
  });

  it('pages, also from the end, and leaves data out when told', async () => {
    const served = await serve();
    const { executionArn: arn } = await served.finish('paged');
    const ids: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await served.client.send(
        new GetExecutionHistoryCommand({
          executionArn: arn,
          maxResults: 10,
          reverseOrder: true,
          includeExecutionData: false,
          nextToken,
        }),
      );
      ids.push(...(page.events ?? []).map(({ id }) => id));
      expect(JSON.stringify(page.events)).not.toContain('p-1');
      nextToken = page.nextToken;
    } while (nextToken);
    expect(ids).toEqual(Array.from({ length: 34 }, (_, index) => 34 - index));
  });
});

describe('state machines', () => {
  it('are listed and described with their tokens substituted', async () => {
    const { client, finish, stepFunctions } = await serve();
    expect(stepFunctions.stateMachineArns).toEqual({ procedure: MACHINE_ARN });
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toEqual([
      { stateMachineArn: MACHINE_ARN, name: 'procedure', type: 'STANDARD', creationDate: new Date(NOON) },
    ]);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({ status: 'ACTIVE', type: 'STANDARD' });
    expect(described.definition).toContain(`arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:CheckExpiry`);
    expect(described.definition).toContain('$$.Execution.Id');
    const { executionArn: arn } = await finish('described');
    const ofOne = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn: arn }));
    expect([ofOne.stateMachineArn, ofOne.definition]).toEqual([MACHINE_ARN, described.definition]);
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: MACHINE_ARN }))).tags).toEqual([]);
  });
});

describe('errors', () => {
  let served: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    served = await open();
  });
  afterAll(() => served.close());

  const unknownMachine = `${MACHINE_ARN}-2`;
  it.each([
    ['InvalidArn', new StartExecutionCommand({ stateMachineArn: 'procedure' })],
    ['StateMachineDoesNotExist', new StartExecutionCommand({ stateMachineArn: unknownMachine })],
    ['InvalidName', new StartExecutionCommand({ stateMachineArn, name: 'a b' })],
    ['InvalidName', new StartExecutionCommand({ stateMachineArn, name: 'x'.repeat(81) })],
    ['InvalidName', new StartExecutionCommand({ stateMachineArn, name: 'a\u0007' })],
    ['InvalidExecutionInput', new StartExecutionCommand({ stateMachineArn, input: '{' })],
    ['ValidationException', new StartExecutionCommand({ stateMachineArn, input: `"${'x'.repeat(262_144)}"` })],
    ['ValidationException', new StartExecutionCommand({ stateMachineArn: undefined })],
    ['ExecutionDoesNotExist', new DescribeExecutionCommand({ executionArn })],
    ['InvalidArn', new DescribeExecutionCommand({ executionArn: MACHINE_ARN })],
    ['ExecutionDoesNotExist', new StopExecutionCommand({ executionArn })],
    ['ExecutionDoesNotExist', new GetExecutionHistoryCommand({ executionArn })],
    ['StateMachineDoesNotExist', new ListExecutionsCommand({ stateMachineArn: unknownMachine })],
    ['InvalidToken', new ListExecutionsCommand({ stateMachineArn, nextToken: 'page 2' })],
    ['ValidationException', new ListExecutionsCommand({ stateMachineArn, maxResults: 1001 })],
    ['ValidationException', new ListExecutionsCommand({})],
    ['UnknownOperationException', new ListActivitiesCommand({})],
  ])('%s', async (name, command) => {
    // @ts-expect-error -- send is overloaded by command, not by a union of commands
    await expect(served.client.send(command)).rejects.toThrow(expect.objectContaining({ name }));
  });

  it('redrive is refused with the way to do it instead', async () => {
    const { executionArn: arn } = await served.finish('redriven');
    const redrive = served.client.send(new RedriveExecutionCommand({ executionArn: arn }));
    await expect(redrive).rejects.toThrow('not used: start a fresh execution');
  });

  it.each([
    ['SerializationException', { method: 'POST', body: '{', target: 'ListStateMachines' }],
    ['ValidationException', { method: 'POST', body: ' '.repeat(1024 * 1024 + 1), target: 'ListStateMachines' }],
    ['UnknownOperationException', { method: 'POST', body: '{}', target: 'constructor' }],
    ['UnknownOperationException', { method: 'PUT', body: '{}', target: 'ListStateMachines' }],
  ])('%s, in the JSON protocol', async (type, { method, body, target }) => {
    const headers = { 'x-amz-target': `AWSStepFunctions.${target}` };
    const response = await fetch(served.url, { method, body, headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/x-amz-json-1.0']);
    expect(await response.json()).toMatchObject({ __type: type });
  });
});

describe('the process around it', () => {
  it('hears of every execution that closes', async () => {
    const VerifyEmail = async (event: unknown) => {
      if (JSON.stringify(event).includes('bad')) throw named('PatientNotFoundError');
      return { address: null };
    };
    const { stepFunctions, start } = await serve({ functions: functionsWith({ VerifyEmail }) });
    const heard = vi.fn();
    const unsubscribe = stepFunctions.onClosed(heard);
    const good = await start('good');
    await stepFunctions.settled();
    await start('poor', { patientId: 'bad' });
    await stepFunctions.settled();
    unsubscribe();
    await start('unheard');
    await stepFunctions.settled();
    expect(heard.mock.calls.map(([closed]) => closed)).toMatchObject([
      { arn: good, name: 'good', status: 'SUCCEEDED', output: { outcome: 'REGENERATED', reason: null }, error: null },
      { name: 'poor', status: 'FAILED', output: null, error: 'PatientNotFoundError' },
    ]);
    expect(heard.mock.calls[0]?.[0].durationMs).toBeGreaterThan(0);
  });

  it('keeps finished executions across a restart; those in flight are ABORTED', async () => {
    const pending = new Promise<object>(() => {});
    const CheckExpiry = (event: unknown) =>
      JSON.stringify(event).includes('slow') ? pending : Promise.resolve({ due: 'NOTHING', reason: 'NOT_EXPIRED' });
    const kept = new Map<number, StoredExecution>();
    const keep = async (execution: StoredExecution) => void kept.set(execution.seq, execution);
    const before = await serve({ functions: functionsWith({ CheckExpiry }) }, { keep });
    const done = await before.finish('done');
    const doneEvents = await before.history(done.executionArn ?? '');
    const inFlight = await before.start('in-flight', { patientId: 'slow' });
    await expect.poll(async () => (await before.history(inFlight)).length).toBeGreaterThan(7);
    const stored: StoredExecution[] = JSON.parse(JSON.stringify([...kept.values()]));

    const after = await serve({}, { now: () => NOON + DAY });
    await after.stepFunctions.restore(stored);
    expect(await after.describe(done.executionArn ?? '')).toMatchObject({ status: 'SUCCEEDED', output: done.output });
    expect(await after.history(done.executionArn ?? '')).toEqual(doneEvents);
    const aborted = await after.describe(inFlight);
    expect(aborted).toMatchObject({ status: 'ABORTED', stopDate: new Date(NOON + DAY) });
    expect((await after.history(inFlight)).at(-1)?.type).toBe('ExecutionAborted');
    await expect(after.start('done')).rejects.toThrow('Execution Already Exists');
    expect(() => after.stepFunctions.restore(stored)).toThrow('before the first start');
  });

  it('close stops what runs and starts nothing more', async () => {
    const served = await serve({ functions: functionsWith({ VerifyEmail: () => new Promise<object>(() => {}) }) });
    const arn = await served.start('endless');
    await served.stepFunctions.close();
    await served.stepFunctions.settled();
    expect((await served.describe(arn)).status).toBe('ABORTED');
    await expect(served.start('late')).rejects.toThrow('shutting down');
  });

  it.each([
    [
      'an unknown token',
      'VerifyEmail',
      { Parameters: { FunctionName: `$\{VerifyMailFunctionArn}` } },
      'VerifyMailFunctionArn',
    ],
    ['a Task that would call AWS', 'VerifyEmail', { Resource: 'arn:aws:states:::sns:publish' }, 'VerifyEmail is not'],
    ['invalid ASL', 'NotNeeded', { Next: 'Nowhere', End: undefined }, 'Nowhere'],
  ])('refuses %s', (_what, state, fields, message) => {
    const definition = smallProcedure();
    Object.assign(definition.States[state] ?? {}, fields);
    const machines = [{ name: 'procedure', definition, functions: functionsWith() }];
    const create = () => createStepFunctions({ machines, now: () => NOON, region: REGION, accountId: ACCOUNT_ID });
    expect(create).toThrow(/^State machine procedure: /);
    expect(create).toThrow(message);
  });
});
