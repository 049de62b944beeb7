/** ExecutionReader over Step Functions' own lists, descriptions and histories. */
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import type { MachineName } from '../../domain/case/executions.ts';
import { WrongCursorError } from '../../domain/errors.ts';
import type { ExecutionReader, ListedExecution } from '../../ports/case/executions.ts';
import { namedError } from './aws-errors.ts';
import { executionArn, statusOf } from './stepfunctions-executions.ts';
import { parsed, readEvents } from './stepfunctions-history.ts';

export interface ReaderOptions {
  client: SFNClient;
  /** Null: not deployed. */
  stateMachineArns: Readonly<Record<MachineName, string | null>>;
  signal: AbortSignal;
}

/** Half of what Step Functions gives: with a kilobyte of state data an event, a page stays below half a megabyte. */
const EVENTS_PER_PAGE = 500;

/** What is not there, by Step Functions' names for it. */
const ABSENT = ['ExecutionDoesNotExist', 'StateMachineDoesNotExist', 'ResourceNotFound'];

/** Where a history goes on, and in which state and attempt it was. */
const HISTORY_CURSOR = z.strictObject({
  token: z.string().check(z.minLength(1)),
  state: z.nullable(z.string()),
  attempt: z.int().check(z.minimum(0)),
});

const encoded = (text: string) => Buffer.from(text).toString('base64url');
const decoded = (cursor: string) => Buffer.from(cursor, 'base64url').toString();

export function createStepFunctionsReader({ client, stateMachineArns, signal }: ReaderOptions): ExecutionReader {
  const options = { abortSignal: signal };

  /** What the call answers; null where its subject is not there. */
  async function found<T>(call: Promise<T>): Promise<T | null> {
    try {
      return await call;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (ABSENT.includes(name)) return null;
      if (name === 'InvalidToken') throw new WrongCursorError('INVALID_TOKEN');
      throw namedError(error);
    }
  }

  return {
    async list(machine, status, after, limit) {
      const stateMachineArn = stateMachineArns[machine];
      if (stateMachineArn === null) return null;
      const command = new ListExecutionsCommand({
        stateMachineArn,
        maxResults: limit,
        ...(status !== null && { statusFilter: status }),
        ...(after !== null && { nextToken: decoded(after) }),
      });
      const page = await found(client.send(command, options));
      if (page === null) return null;
      const next = page.nextToken === undefined ? null : encoded(page.nextToken);
      return { executions: (page.executions ?? []).map(listed), next };
    },

    async describe(machine, name) {
      const stateMachineArn = stateMachineArns[machine];
      if (stateMachineArn === null) return null;
      const command = new DescribeExecutionCommand({ executionArn: executionArn(stateMachineArn, name) });
      const answer = await found(client.send(command, options));
      if (answer === null) return null;
      const { input, output, error = null, cause = null } = answer;
      return { ...listed({ ...answer, name }), input: parsed(input), output: parsed(output), error, cause };
    },

    async history(machine, name, after) {
      const stateMachineArn = stateMachineArns[machine];
      if (stateMachineArn === null) return null;
      const from = after === null ? null : historyCursor(after);
      const command = new GetExecutionHistoryCommand({
        executionArn: executionArn(stateMachineArn, name),
        maxResults: EVENTS_PER_PAGE,
        ...(from !== null && { nextToken: from.token }),
      });
      const page = await found(client.send(command, options));
      if (page === null) return null;
      const { events, state, attempt } = readEvents(page.events ?? [], from ?? { state: null, attempt: 0 });
      const { nextToken: token } = page;
      return { events, next: token === undefined ? null : encoded(JSON.stringify({ token, state, attempt })) };
    },

    async definition(machine, execution) {
      const stateMachineArn = stateMachineArns[machine];
      if (stateMachineArn === null) return null;
      const answer =
        execution === null
          ? await found(client.send(new DescribeStateMachineCommand({ stateMachineArn }), options))
          : await found(
              client.send(
                new DescribeStateMachineForExecutionCommand({ executionArn: executionArn(stateMachineArn, execution) }),
                options,
              ),
            );
      return answer === null ? null : (JSON.parse(answer.definition ?? '{}') as Record<string, unknown>);
    },
  };
}

function historyCursor(cursor: string): z.infer<typeof HISTORY_CURSOR> {
  try {
    return z.parse(HISTORY_CURSOR, JSON.parse(decoded(cursor)));
  } catch {
    throw new WrongCursorError('WRONG_CURSOR');
  }
}

function listed({ name = '', status, startDate, stopDate }: Partial<ExecutionListItem>): ListedExecution {
  const startedAt = (startDate ?? new Date(0)).toISOString();
  return { name, status: statusOf(status), startedAt, stoppedAt: stopDate?.toISOString() ?? null };
}
