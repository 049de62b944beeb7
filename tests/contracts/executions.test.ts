import { SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsExecutions } from '../../functions/adapters/aws/stepfunctions-executions.ts';
import type { ExecutionInput } from '../../functions/ports/case/executions.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { createStepFunctions } from '../../local/stepfunctions/step-functions.ts';
import { describeExecutions, type ExecutionsUnderTest } from './executions.contract.ts';

const NOON = Date.UTC(2026, 5, 15, 12);
const REGION = 'us-east-1';

/** One Task that waits for the test. */
const WAITING = {
  Comment: 'Waits until it is told how to end',
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Comment: 'The only one',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: `\${WaitFunctionArn}`, 'Payload.$': '$' },
      ResultSelector: { 'ended.$': '$.Payload.ended' },
      TimeoutSeconds: 60,
      End: true,
    },
  },
};

/** The Step Functions adapter with the SDK's own client, over HTTP, against the local Step Functions. */
async function stepFunctionsOverHttp(): Promise<ExecutionsUnderTest> {
  const started: ExecutionInput[] = [];
  let waiting: ((how: 'SUCCEEDED' | 'FAILED') => void)[] = [];
  const wait = (input: unknown) =>
    new Promise((resolve, reject) => {
      started.push(input as ExecutionInput);
      waiting.push((how) => (how === 'SUCCEEDED' ? resolve({ ended: true }) : reject(new Error('told to fail'))));
    });
  const stepFunctions = createStepFunctions({
    machines: [{ name: 'regenerate-pin', definition: WAITING, functions: { Wait: wait } }],
    now: () => NOON,
    region: REGION,
    accountId: '000000000000',
    retryIntervalMs: 0,
  });
  const gateway = await createGateway({ port: 0 });
  gateway.mount('/stepfunctions', stepFunctions.handle);
  const client = new SFNClient({
    endpoint: `${gateway.url}/stepfunctions`,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    executions: createStepFunctionsExecutions({
      client,
      stateMachineArn: stepFunctions.stateMachineArns['regenerate-pin'] ?? '',
      signal: AbortSignal.timeout(60_000),
    }),
    now: () => NOON,
    started: () => started,
    async end(how) {
      for (const tell of waiting) tell(how);
      waiting = [];
      await stepFunctions.settled();
    },
    async close() {
      await stepFunctions.close();
      client.destroy();
      await gateway.close();
    },
  };
}

describeExecutions('Step Functions over HTTP, the local Step Functions', stepFunctionsOverHttp);
