/** Executions in AWS Step Functions. StartExecution is idempotent by name: that is what makes a racing trigger harmless. */
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionStatus, Executions, UnsuccessfulExecutions } from '../ports.ts';
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
        const execution = await client.send(new DescribeExecutionCommand({ executionArn: arn }), {
          abortSignal: signal,
        });
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

const UNSUCCESSFUL = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;
/** AWS's largest page. */
const PAGE = 1000;

/** Listed, not asked about one by one: ListExecutions names a thousand in a call, DescribeExecution takes 15 calls a second. */
export function createStepFunctionsUnsuccessful(options: StepFunctionsOptions): UnsuccessfulExecutions {
  const { client, stateMachineArn, signal } = options;
  return {
    async startedSince(since) {
      const found = new Map<string, (typeof UNSUCCESSFUL)[number]>();
      for (const statusFilter of UNSUCCESSFUL) {
        let nextToken: string | undefined;
        do {
          const command = new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken, maxResults: PAGE });
          const page = await client.send(command, { abortSignal: signal }).catch((error) => {
            throw namedError(error);
          });
          const listed = page.executions ?? [];
          // Newest first.
          const young = listed.filter(({ startDate }) => (startDate?.getTime() ?? 0) >= since);
          for (const { name } of young) if (name !== undefined) found.set(name, statusFilter);
          nextToken = young.length === listed.length ? page.nextToken : undefined;
        } while (nextToken !== undefined);
      }
      return found;
    },
  };
}
