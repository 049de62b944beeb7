/** What AWS itself writes into the logs for one regeneration, as text: to be sized, never to be read. */
import type { HistoryEvent } from '@aws-sdk/client-sfn';

/**
 * CloudWatch Logs counts 26 bytes for each event on top of its text.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/API_PutLogEvents.html
 */
const EVENT_OVERHEAD = 26;

/** Bytes that CloudWatch Logs charges for these events. */
export function ingestedBytes(lines: readonly string[]): number {
  return lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + EVENT_OVERHEAD, 0);
}

/**
 * The log events of one execution at level ALL without execution data. Give it the history read with
 * `includeExecutionData: false`. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function stepFunctionsLines(executionArn: string, events: readonly HistoryEvent[]): string[] {
  return events.map((event) => {
    const { id, previousEventId, timestamp, type, ...rest } = event;
    const [details = {}] = Object.values(rest);
    return JSON.stringify({
      id: String(id),
      type,
      details,
      redrive_count: '0',
      previous_event_id: String(previousEventId),
      event_timestamp: String(timestamp?.getTime()),
      execution_arn: executionArn,
    });
  });
}
