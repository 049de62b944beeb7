/** Commands about executions: list them, read one's history, start a failed one's patient afresh. */
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  InvalidArn,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { redrive } from '../functions/usecases/staff/decisions.ts';
import type { Connection } from './connection.ts';
import { InputError } from './failure.ts';
import { uninterrupted } from './interrupt.ts';
import { started } from './patients.ts';
import type { Answer } from './show.ts';

/** Where an execution of this name may be: its machine is told by its name, or is one of two. */
function arnsOf({ regenerateArn, sweepArn, discoverArn }: Connection, execution: string): string[] {
  if (execution.startsWith('arn:')) return [execution];
  // A patient's execution is a digest and its attempt; anything else was named by a schedule or by hand.
  const machines = /^[0-9a-f]{40}-\d+$/.test(execution) ? [regenerateArn] : [sweepArn, discoverArn];
  return machines.map((machine) => `${machine.replace(':stateMachine:', ':execution:')}:${execution}`);
}

async function describe(connection: Connection, execution: string): Promise<DescribeExecutionCommandOutput> {
  for (const executionArn of arnsOf(connection, execution)) {
    try {
      return await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn }));
    } catch (error) {
      if (!(error instanceof ExecutionDoesNotExist || error instanceof InvalidArn)) throw error;
    }
  }
  throw new InputError(`There is no execution ${execution}. "portal-pin executions" lists them.`);
}

export async function list(
  { regenerateArn }: Connection,
  options: { failed: boolean; limit: number },
): Promise<Answer> {
  const client = new SFNClient({});
  const found: { name: string; status: string; startedAt: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListExecutionsCommand({
        stateMachineArn: regenerateArn,
        maxResults: Math.min(1000, options.limit),
        nextToken,
        ...(options.failed && { statusFilter: 'FAILED' as const }),
      }),
    );
    for (const { name = '', status = 'RUNNING', startDate } of page.executions ?? []) {
      found.push({ name, status, startedAt: startDate?.toISOString() ?? '' });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined && found.length < options.limit);
  const json = found.slice(0, options.limit);
  const rows = json.map(({ name, status, startedAt }) => [name, status, startedAt]);
  const lines = rows.length === 0 ? [options.failed ? 'No execution failed.' : 'There are no executions.'] : [];
  return { json, lines, table: { head: ['Execution', 'Status', 'Started'], rows } };
}

function step(event: HistoryEvent): [string, string] {
  const failed = event.taskFailedEventDetails ?? event.executionFailedEventDetails;
  return [event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name ?? '', failed?.error ?? ''];
}

/** The states in their order, with each attempt that failed. State data are left out: they are in Step Functions' own console. */
export async function history(connection: Connection, execution: string): Promise<Answer> {
  const { executionArn, input } = await describe(connection, execution);
  const client = new SFNClient({});
  const json: { at: string; type: string; state: string; error: string }[] = [];
  let nextToken: string | undefined;
  do {
    const command = new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 });
    const page = await client.send(command);
    for (const event of page.events ?? []) {
      const [state, error] = step(event);
      json.push({ at: event.timestamp?.toISOString() ?? '', type: event.type ?? '', state, error });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const rows = json
    .filter(({ state, error }) => state !== '' || error !== '')
    .map(({ at, type, state, error }) => [at, type, state, error]);
  const patientId = patientOf(input);
  const lines = patientId === null ? [] : [`Patient: ${patientId}`];
  return { json, lines, table: { head: ['At', 'Event', 'State', 'Error'], rows } };
}

/** The patient of an execution's input; null for a sweep or a discovery. */
function patientOf(input: string | undefined): string | null {
  const { patientId } = JSON.parse(input ?? '{}') as { patientId?: unknown };
  return typeof patientId === 'string' ? patientId : null;
}

/** A fresh execution for the patient of this one, with the next attempt. */
export async function redriveExecution(
  connection: Connection,
  execution: string,
  by: { actor: string; reason: string },
): Promise<Answer> {
  const { input } = await describe(connection, execution);
  const patientId = patientOf(input);
  if (patientId === null) throw new InputError(`${execution} is no execution for a patient.`);
  const answer = await uninterrupted(() => redrive(connection.ports, { patientId, ...by }));
  return started(answer);
}
