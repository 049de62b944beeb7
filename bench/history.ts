/** The latest execution's history, read with an AWS SDK. */
import { GetExecutionHistoryCommand, type HistoryEvent, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Platform } from '../local/platform/platform.ts';
import { STATE_MACHINE } from '../local/settings/environment.ts';

/** A run that is not retried has about forty events; AWS's own limit of a page. */
const ONE_PAGE = 1000;

/**
 * @param withData false: as AWS logs it when execution data is left out
 * @param machine name of a state machine
 */
export async function latestHistory(
  { endpoints }: Platform,
  withData: boolean,
  machine = STATE_MACHINE,
): Promise<{ executionArn: string; events: HistoryEvent[] }> {
  const client = new SFNClient({});
  try {
    const stateMachineArn = endpoints.stateMachines[machine];
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
    const executionArn = executions?.[0]?.executionArn ?? '';
    const command = { executionArn, includeExecutionData: withData, maxResults: ONE_PAGE };
    const { events = [] } = await client.send(new GetExecutionHistoryCommand(command));
    return { executionArn, events };
  } finally {
    client.destroy();
  }
}

export function statesEntered(events: readonly HistoryEvent[]): number {
  return events.filter((event) => event.stateEnteredEventDetails !== undefined).length;
}
