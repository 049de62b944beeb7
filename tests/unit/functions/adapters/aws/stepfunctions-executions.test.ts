import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStepFunctionsExecutions } from '../../../../../functions/adapters/aws/stepfunctions-executions.ts';

const CANARY = 'Q987654321';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:regenerate-pin';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:regenerate-pin:n1';
const INPUT = { patientId: 'p1', attempt: 1, force: null };
const sfn = mockClient(SFNClient);
beforeEach(() => sfn.reset());

const { signal } = new AbortController();
const executions = createStepFunctionsExecutions({
  client: new SFNClient({ region: 'us-east-1' }),
  stateMachineArn: MACHINE,
  signal,
});
const sdkError = (name: string) => Object.assign(new Error(CANARY), { name });

describe('start', () => {
  it('sends name and input, nothing else', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: EXECUTION });
    expect(await executions.start('n1', INPUT)).toBe(EXECUTION);
    expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: MACHINE,
      name: 'n1',
      input: '{"patientId":"p1","attempt":1,"force":null}',
    });
    expect(sfn.calls()[0]?.args).toEqual([expect.anything(), { abortSignal: signal }]);
  });
  it('takes ExecutionAlreadyExists for the execution of that name', async () => {
    sfn.on(StartExecutionCommand).rejects(sdkError('ExecutionAlreadyExists'));
    expect(await executions.start('n1', INPUT)).toBe(EXECUTION);
  });
});

describe('describe', () => {
  it('asks by ARN, and for no data, because it lacks the key', async () => {
    const stopDate = new Date('2026-06-15T12:00:00Z');
    sfn.on(DescribeExecutionCommand).resolves({ status: 'TIMED_OUT', stopDate });
    expect(await executions.describe('n1')).toEqual({ status: 'TIMED_OUT', arn: EXECUTION, stoppedAt: +stopDate });
    expect(sfn.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: EXECUTION,
      includedData: 'METADATA_ONLY',
    });
  });
  it.each([
    ['RUNNING', 'RUNNING'],
    ['SUCCEEDED', 'SUCCEEDED'],
    ['FAILED', 'FAILED'],
    ['ABORTED', 'ABORTED'],
    ['PENDING_REDRIVE', 'RUNNING'],
  ] as const)('%s is %s', async (status, expected) => {
    sfn.on(DescribeExecutionCommand).resolves({ status });
    expect(await executions.describe('n1')).toMatchObject({ status: expected, stoppedAt: null });
  });
  it('knows none of that name', async () => {
    sfn.on(DescribeExecutionCommand).rejects(sdkError('ExecutionDoesNotExist'));
    expect(await executions.describe('n1')).toBeNull();
  });
});

describe.each([
  ['start', () => executions.start('n1', INPUT)],
  ['describe', () => executions.describe('n1')],
])('%s fails', (_name, call) => {
  it.each([
    ['ThrottlingException', 'AwsUnavailableError'],
    ['ExecutionLimitExceeded', 'AwsUnavailableError'],
    ['ServiceUnavailable', 'AwsUnavailableError'],
    ['TimeoutError', 'AwsUnavailableError'],
    ['StateMachineDeleting', 'AwsUnavailableError'],
    ['AccessDeniedException', 'ConfigurationError'],
    ['StateMachineDoesNotExist', 'ConfigurationError'],
    ['InvalidArn', 'ConfigurationError'],
    ['InvalidName', 'ConfigurationError'],
    ['InvalidExecutionInput', 'ConfigurationError'],
  ])('by %s', async (code, name) => {
    sfn.onAnyCommand().rejects(sdkError(code));
    const error: unknown = await call().catch((caught) => caught);
    expect(error).toMatchObject({ name, message: code });
    expect(error instanceof Error && `${error.stack} ${String(error.cause)}`).not.toContain(CANARY);
  });
});
