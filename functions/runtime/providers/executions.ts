/** The ports over Step Functions. */
import { createStepFunctionsExecutions } from '../../adapters/aws/stepfunctions-executions.ts';
import { createStepFunctionsReader } from '../../adapters/aws/stepfunctions-reader.ts';
import type { ExecutionReader, Executions, SweepInput } from '../../ports/case/executions.ts';
import type { Call } from '../call.ts';
import { stepFunctions } from './clients.ts';

export function executions({ config, signal }: Call<'stateMachineArn'>): Executions {
  return createStepFunctionsExecutions({ client: stepFunctions(), stateMachineArn: config.stateMachineArn, signal });
}

export function sweepExecutions({ config, signal }: Call<'sweepStateMachineArn'>): Executions<SweepInput> {
  const stateMachineArn = config.sweepStateMachineArn;
  return createStepFunctionsExecutions({ client: stepFunctions(), stateMachineArn, signal });
}

export function executionReader({
  config,
  signal,
}: Call<'stateMachineArn' | 'sweepStateMachineArn' | 'discoverStateMachineArn'>): ExecutionReader {
  const stateMachineArns = {
    'regenerate-pin': config.stateMachineArn,
    'sweep-expiring-pins': config.sweepStateMachineArn,
    'discover-pins': config.discoverStateMachineArn,
  };
  return createStepFunctionsReader({ client: stepFunctions(), stateMachineArns, signal });
}
