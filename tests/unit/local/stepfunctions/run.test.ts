import { describe, expect, it, vi } from 'vitest';
import type { LambdaContext } from '../../../../local/stepfunctions/step-functions.ts';
import {
  failing,
  functionsWith,
  NOON,
  named,
  procedureWith,
  REGION,
  serve,
  smallProcedure,
} from '../../../support/local/served.ts';

describe('an execution', () => {
  it('good path: every state once, the output of the last Task', async () => {
    const served = await serve();
    const ended = await served.finish('good');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', name: 'good', input: '{"patientId":"p-1"}' });
    expect(JSON.parse(ended.output ?? '')).toEqual({ outcome: 'REGENERATED', reason: null });
    const history = await served.history(ended.executionArn ?? '');
    const entered = history.filter(({ type }) => type?.endsWith('StateEntered'));
    expect(entered.map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name)).toEqual([
      'VerifyEmail',
      'CheckExpiry',
      'WhatIsDue',
      'RegeneratePin',
      'ClearRouting',
      'SignDocument',
      'SendEnrollmentNotification',
    ]);
  });

  it('nothing due: the Choice leads to the Pass, and its Parameters are the output', async () => {
    const nothing = async () => ({ due: 'NOTHING', reason: 'NOT_EXPIRED' });
    const served = await serve({ functions: functionsWith({ CheckExpiry: nothing }) });
    const ended = await served.finish('nothing');
    expect(JSON.parse(ended.output ?? '')).toEqual({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    const types = (await served.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types.slice(-5)).toEqual([
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('retry then success: two failures, then on', async () => {
    const CheckExpiry = failing(2, 'EhrUnavailableError', { due: 'REGENERATE', reason: null });
    const served = await serve({ functions: functionsWith({ CheckExpiry }) });
    const ended = await served.finish('retried');
    expect(ended.status).toBe('SUCCEEDED');
    expect(CheckExpiry).toHaveBeenCalledTimes(3);
    const tasks = (await served.history(ended.executionArn ?? '')).slice(6, 17).map(({ type }) => type);
    const failedOnce = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    const succeeded = ['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'];
    expect(tasks).toEqual(['TaskStateEntered', ...failedOnce, ...failedOnce, ...succeeded]);
  });

  it('retries exhausted: Catch keeps the input, the Fail state fails by the caught name and cause', async () => {
    const RegeneratePin = failing(99, 'EhrUnavailableError');
    const DiscardDraft = vi.fn(async (_event: unknown) => ({ next: 'FAIL' }));
    const served = await serve({ functions: functionsWith({ RegeneratePin, DiscardDraft }) });
    const ended = await served.finish('exhausted');
    expect(RegeneratePin).toHaveBeenCalledTimes(4); // once and MaxAttempts 3
    expect(DiscardDraft.mock.calls[0]?.[0]).toMatchObject({ patientId: 'p-1', error: 'EhrUnavailableError' });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'EhrUnavailableError' });
    expect(JSON.parse(ended.cause ?? '')).toEqual({ errorType: 'EhrUnavailableError', errorMessage: 'it broke' });
    const last = (await served.history(ended.executionArn ?? '')).slice(-2);
    expect(last.map(({ type }) => type)).toEqual(['FailStateEntered', 'ExecutionFailed']);
    expect(last[1]?.executionFailedEventDetails?.error).toBe('EhrUnavailableError');
  });

  it('an error that no Retry names is caught at once', async () => {
    const SignDocument = failing(99, 'NewerPinError');
    const DiscardDraft = async () => ({ next: 'NOTHING' });
    const served = await serve({ functions: functionsWith({ SignDocument, DiscardDraft }) });
    const ended = await served.finish('not-retried');
    expect(SignDocument).toHaveBeenCalledTimes(1);
    expect(JSON.parse(ended.output ?? '')).toEqual({ outcome: 'NOT_NEEDED', reason: null });
  });

  it('an error without Retry and Catch fails the execution by its own name', async () => {
    const VerifyEmail = failing(99, 'PatientNotFoundError');
    const served = await serve({ functions: functionsWith({ VerifyEmail }) });
    const ended = await served.finish('not-found');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'PatientNotFoundError' });
  });

  it('a verdict that no Choice names fails loudly', async () => {
    const CheckExpiry = async () => ({ due: 'PERHAPS', reason: null });
    const served = await serve({ functions: functionsWith({ CheckExpiry }) });
    const ended = await served.finish('unknown-verdict');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(ended.cause).toContain("'WhatIsDue'");
  });

  it('a ResultSelector key that the result lacks is States.Runtime, which cannot be caught', async () => {
    const served = await serve({ functions: functionsWith({ RegeneratePin: async () => ({}) }) });
    const ended = await served.finish('lacking');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain("'RegeneratePin'");
  });

  it.each([
    { what: 'a string', thrown: 'no error at all', error: 'string', errorMessage: 'no error at all' },
    { what: 'undefined', thrown: undefined, error: 'undefined', errorMessage: 'undefined' },
    { what: 'a TypeError', thrown: named('TypeError', 'x'), error: 'TypeError', errorMessage: 'x' },
  ])('a handler that throws $what fails the Task as Lambda does', async ({ thrown, error, errorMessage }) => {
    const VerifyEmail = () => Promise.reject(thrown);
    const ended = await (await serve({ functions: functionsWith({ VerifyEmail }) })).finish('thrown');
    expect(ended.error).toBe(error);
    expect(JSON.parse(ended.cause ?? '')).toEqual({ errorType: error, errorMessage });
  });

  it('an error with a stack hands it on as trace', async () => {
    const VerifyEmail = async () => {
      throw new RangeError('far');
    };
    const ended = await (await serve({ functions: functionsWith({ VerifyEmail }) })).finish('trace');
    expect(JSON.parse(ended.cause ?? '').trace[0]).toBe('RangeError: far');
  });
});

describe('what a handler is given', () => {
  it('the payload and the result go through JSON', async () => {
    const VerifyEmail = async () => ({ address: new Date(0), gone: undefined });
    const CheckExpiry = vi.fn(async (_event: unknown) => ({ due: 'NOTHING', reason: null }));
    await (await serve({ functions: functionsWith({ VerifyEmail, CheckExpiry }) })).finish('json');
    expect(CheckExpiry.mock.calls[0]?.[0]).toMatchObject({ address: '1970-01-01T00:00:00.000Z' });
  });

  it("Lambda's context object", async () => {
    let context: LambdaContext | undefined;
    const VerifyEmail = async (_event: unknown, given: LambdaContext) => {
      context = given;
      return { address: null };
    };
    await (await serve({ functions: functionsWith({ VerifyEmail }) })).finish('lambda-context');
    expect(context).toMatchObject({
      functionName: 'VerifyEmail',
      invokedFunctionArn: `arn:aws:lambda:${REGION}:123456789012:function:VerifyEmail`,
    });
    expect(context?.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context?.getRemainingTimeInMillis()).toBeGreaterThan(15_000);
    expect(context?.getRemainingTimeInMillis()).toBeLessThanOrEqual(20_000);
  });

  it("the state machine's context object, in practice time", async () => {
    const definition = procedureWith('VerifyEmail', {
      Parameters: {
        FunctionName: `$\{VerifyEmailFunctionArn}`,
        Payload: { 'all.$': '$$.Execution', 'state.$': '$$.State', 'machine.$': '$$.StateMachine' },
      },
    });
    const events: string[] = [];
    const VerifyEmail = async (event: unknown) => {
      events.push(JSON.stringify(event));
      if (events.length < 3) throw named('EhrUnavailableError');
      return { address: null };
    };
    const served = await serve({ definition, functions: functionsWith({ VerifyEmail }) });
    const { executionArn } = await served.finish('context');
    const noon = new Date(NOON).toISOString();
    expect(JSON.parse(events[0] ?? '')).toEqual({
      all: {
        Id: executionArn,
        Input: { patientId: 'p-1' },
        Name: 'context',
        RedriveCount: 0,
        RoleArn: 'arn:aws:iam::123456789012:role/local-state-machine',
        StartTime: noon,
      },
      state: { Name: 'VerifyEmail', EnteredTime: noon, RetryCount: 0 },
      machine: { Id: served.stepFunctions.stateMachineArns.procedure, Name: 'procedure' },
    });
    expect(events.map((event) => JSON.parse(event).state.RetryCount)).toEqual([0, 1, 2]);
  });
});

describe('a Map', () => {
  it('runs its Tasks per item and shows them in the history', async () => {
    const { VerifyEmail } = smallProcedure().States;
    const definition = {
      StartAt: 'EachPatient',
      States: {
        EachPatient: {
          Type: 'Map',
          ItemsPath: '$.patients',
          ItemSelector: { 'patientId.$': '$$.Map.Item.Value' },
          ItemProcessor: {
            StartAt: 'VerifyEmail',
            States: { VerifyEmail: { ...VerifyEmail, Next: undefined, End: true } },
          },
          End: true,
        },
      },
    };
    const addressOf = async (event: unknown) => ({ address: `of ${Object(event).patientId}` });
    const served = await serve({ definition, functions: { VerifyEmail: addressOf } });
    const ended = await served.finish('map', { patients: ['a', 'b'] });
    expect(JSON.parse(ended.output ?? '')).toEqual([
      { patientId: 'a', email: { address: 'of a' } },
      { patientId: 'b', email: { address: 'of b' } },
    ]);
    const types = (await served.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['ExecutionStarted', 'MapStateEntered', 'MapStateStarted']);
    expect(types.filter((type) => type === 'TaskSucceeded')).toHaveLength(2);
    expect(types.slice(-3)).toEqual(['MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded']);
  });
});
