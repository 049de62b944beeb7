import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it, vi } from 'vitest';
import { failing, functionsWith, NOON, procedureWith, serve } from '../../../support/local/served.ts';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('an execution that takes too long or is stopped', () => {
  it('a Lambda over its timeout is Sandbox.Timedout, retried; its late result is not heard', async () => {
    let calls = 0;
    const VerifyEmail = async () => {
      calls += 1;
      if (calls > 1) return { address: 'SECOND' };
      await sleep(80);
      return { address: 'TOO-LATE' };
    };
    const seen = vi.fn(async (_event: unknown) => ({ due: 'NOTHING', reason: 'NOT_EXPIRED' }));
    const functions = functionsWith({ VerifyEmail, CheckExpiry: seen });
    const served = await serve({ functions }, { lambdaTimeoutsMs: { VerifyEmail: 40 } });
    const ended = await served.finish('slow-lambda');
    await sleep(60);
    expect(ended.status).toBe('SUCCEEDED');
    expect(seen.mock.calls[0]?.[0]).toMatchObject({ address: 'SECOND' });
    const history = await served.history(ended.executionArn ?? '');
    expect(history.find(({ type }) => type === 'TaskFailed')?.taskFailedEventDetails).toMatchObject({
      error: 'Sandbox.Timedout',
    });
    expect(JSON.stringify(history)).not.toContain('TOO-LATE');
  });

  it('a Task over its TimeoutSeconds is States.Timeout, which Catch catches', async () => {
    const definition = procedureWith('RegeneratePin', { TimeoutSeconds: 1, Retry: [] });
    const RegeneratePin = () => sleep(1200).then(() => ({ document: 'TOO-LATE' }));
    const served = await serve({ definition, functions: functionsWith({ RegeneratePin }) });
    const ended = await served.finish('slow-task');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const types = (await served.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types).toContain('TaskTimedOut');
    expect(types).not.toContain('TaskFailed');
  });

  it('what a timed-out attempt answers during the next one is not heard', async () => {
    const definition = procedureWith('RegeneratePin', {
      TimeoutSeconds: 1,
      Retry: [{ ErrorEquals: ['States.Timeout'] }],
    });
    const answering = (document: string, ms: number) => () => sleep(ms).then(() => ({ document }));
    const RegeneratePin = vi.fn(answering('doc-1', 300)).mockImplementationOnce(answering('TOO-LATE', 1100));
    const served = await serve({ definition, functions: functionsWith({ RegeneratePin }) });
    const ended = await served.finish('slow-attempt');
    expect(ended.status).toBe('SUCCEEDED');
    expect(RegeneratePin).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(await served.history(ended.executionArn ?? ''))).not.toContain('TOO-LATE');
  });

  it('a machine over its TimeoutSeconds is TIMED_OUT, also in a retry pause, and no handler runs afterwards', async () => {
    const VerifyEmail = failing(99, 'EhrUnavailableError');
    const definition = procedureWith(null, { TimeoutSeconds: 1 });
    const served = await serve({ definition, functions: functionsWith({ VerifyEmail }) }, { retryIntervalMs: 60_000 });
    const ended = await served.finish('slow-machine');
    await sleep(30);
    expect(ended).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(VerifyEmail).toHaveBeenCalledTimes(1);
    const history = await served.history(ended.executionArn ?? '');
    expect(history.at(-1)?.type).toBe('ExecutionTimedOut');
  });

  it('stopped during a retry pause: ABORTED with the given reason, and no handler runs afterwards', async () => {
    const VerifyEmail = failing(99, 'EhrUnavailableError');
    const CheckExpiry = vi.fn(async () => ({}));
    const functions = functionsWith({ VerifyEmail, CheckExpiry });
    const served = await serve({ functions }, { retryIntervalMs: 60_000 });
    const executionArn = await served.start('stopped');
    await expect.poll(() => VerifyEmail.mock.calls.length).toBe(1);
    const stopped = await served.client.send(
      new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'test' }),
    );
    expect(stopped.stopDate).toEqual(new Date(NOON));
    await sleep(30);
    expect(await served.describe(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'test' });
    expect(VerifyEmail).toHaveBeenCalledTimes(1);
    expect(CheckExpiry).not.toHaveBeenCalled();
    expect((await served.history(executionArn)).at(-1)?.executionAbortedEventDetails).toEqual({
      error: 'Enough',
      cause: 'test',
    });
  });

  it('stopped while a handler runs: the handler ends unheard', async () => {
    const gate = Promise.withResolvers<object>();
    const VerifyEmail = vi.fn(() => gate.promise);
    const CheckExpiry = vi.fn(async () => ({}));
    const served = await serve({ functions: functionsWith({ VerifyEmail, CheckExpiry }) });
    const executionArn = await served.start('stopped-running');
    await expect.poll(() => VerifyEmail.mock.calls.length).toBe(1);
    await served.client.send(new StopExecutionCommand({ executionArn }));
    gate.resolve({ address: 'TOO-LATE' });
    await sleep(20);
    expect((await served.describe(executionArn)).status).toBe('ABORTED');
    expect((await served.history(executionArn)).at(-1)?.type).toBe('ExecutionAborted');
    expect(CheckExpiry).not.toHaveBeenCalled();
  });
});

describe('more at once than may run', () => {
  it('waits as RUNNING and is run afterwards; a waiting one can be stopped', async () => {
    const gate = Promise.withResolvers<object>();
    const VerifyEmail = vi.fn(() => gate.promise);
    const served = await serve({ functions: functionsWith({ VerifyEmail }) }, { maxConcurrent: 2 });
    const arns = await Promise.all(['a', 'b', 'c', 'd'].map((name) => served.start(name)));
    await expect.poll(() => VerifyEmail.mock.calls.length).toBe(2);
    expect((await served.describe(arns[3] ?? '')).status).toBe('RUNNING');
    await served.client.send(new StopExecutionCommand({ executionArn: arns[2] }));
    gate.resolve({ address: null });
    await served.stepFunctions.settled();
    const statuses = await Promise.all(arns.map(async (arn) => (await served.describe(arn)).status));
    expect(statuses).toEqual(['SUCCEEDED', 'SUCCEEDED', 'ABORTED', 'SUCCEEDED']);
    expect(VerifyEmail).toHaveBeenCalledTimes(3);
  });
});
