/** Executions in AWS Step Functions. StartExecution is idempotent by name: that is what makes a racing trigger harmless. */
import {
  DescribeExecutionCommand,
  type ExecutionStatus as SdkStatus,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionStatus } from '../../domain/case/executions.ts';
import type { Executions } from '../../ports/case/executions.ts';
import { namedError } from './aws-errors.ts';

export interface StepFunctionsOptions {
  client: SFNClient;
  stateMachineArn: string;
  signal: AbortSignal;
}

/** `arn:aws:states:region:account:stateMachine:name` → the execution's ARN. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** An execution that AWS could redrive, which we do not, is not over. */
export function statusOf(status: SdkStatus | undefined): ExecutionStatus {
  return status === undefined || status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
}

export function createStepFunctionsExecutions<Input>({
  client,
  stateMachineArn,
  signal,
}: StepFunctionsOptions): Executions<Input> {
  return {
    async start(name, input) {
      try {
        const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
        return (
          (await client.send(command, { abortSignal: signal })).executionArn ?? executionArn(stateMachineArn, name)
        );
      } catch (error) {
        // Names are derived from patient and attempt, so an execution of this name is this very execution.
        if (error instanceof Error && error.name === 'ExecutionAlreadyExists')
          return executionArn(stateMachineArn, name);
        throw namedError(error);
      }
    },
    async describe(name) {
      const arn = executionArn(stateMachineArn, name);
      try {
        // Without input and output, for which the caller would need the machine's key.
        const command = new DescribeExecutionCommand({ executionArn: arn, includedData: 'METADATA_ONLY' });
        const execution = await client.send(command, { abortSignal: signal });
        return { status: statusOf(execution.status), arn, stoppedAt: execution.stopDate?.getTime() ?? null };
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return null;
        throw namedError(error);
      }
    },
  };
}
