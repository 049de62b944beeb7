/** What an unmodified SDK client sees of all executions of a machine. */
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  ListExecutionsCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';

export interface SeenExecution {
  /** As the list has it. */
  listed: { name?: string | undefined; status?: string | undefined };
  described: DescribeExecutionCommandOutput;
  history: HistoryEvent[];
}

/** Lists page by page, describes each execution and reads its history. */
export async function executionsSeen(client: SFNClient, stateMachineArn: string): Promise<SeenExecution[]> {
  const seen: SeenExecution[] = [];
  // Pages smaller than what there is, so that the tokens are used.
  for await (const page of paginateListExecutions({ client, pageSize: 20 }, { stateMachineArn })) {
    for (const { executionArn, name, status } of page.executions ?? []) {
      const described = await client.send(new DescribeExecutionCommand({ executionArn }));
      const history: HistoryEvent[] = [];
      const pages = paginateGetExecutionHistory({ client, pageSize: 50 }, { executionArn });
      for await (const { events = [] } of pages) history.push(...events);
      seen.push({ listed: { name, status }, described, history });
    }
  }
  return seen;
}

export async function namesByStatus(client: SFNClient, stateMachineArn: string, statusFilter: 'SUCCEEDED' | 'FAILED') {
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 1000 }),
  );
  return executions.map(({ name }) => name);
}
