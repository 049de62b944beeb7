/** Executions in AWS Step Functions. StartExecution is idempotent by name: that is what makes a racing trigger harmless. */
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionStatus, Executions } from '../ports.ts';
import { namedError } from './aws-errors.ts';

export interface StepFunctionsOptions {
  client: SFNClient;
  stateMachineArn: string;
  signal: AbortSignal;
}

/** `arn:aws:states:region:account:stateMachine:name` → the execution's ARN. */
function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

export function createStepFunctionsExecutions({ client, stateMachineArn, signal }: StepFunctionsOptions): Executions {
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
        const status: ExecutionStatus =
          execution.status === 'PENDING_REDRIVE' || execution.status === undefined ? 'RUNNING' : execution.status;
        return { status, arn, stoppedAt: execution.stopDate?.getTime() ?? null };
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return null;
        throw namedError(error);
      }
    },
  };
}
