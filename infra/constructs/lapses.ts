/** The lapse of a PIN: what DynamoDB's TTL deletes, out of the table's stream, to the function that starts what follows. */
import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { SORT_KEY } from '../../functions/adapters/dynamodb/table.ts';
import type { DeadLetters } from './dead-letters.ts';

/**
 * Only PINs, and only those that TTL deleted: one that we delete (its patient registered) has no userIdentity.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export const LAPSES = {
  eventName: ['REMOVE'],
  userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
  dynamodb: { Keys: { [SORT_KEY]: { S: ['PIN'] } } },
};

/** @param function PinLapsed; its role may read the stream and write the dead letters */
export function lapses(
  scope: Construct,
  { streamArn, function: handler, deadLetters }: { streamArn: string; function: IFunction; deadLetters: DeadLetters },
): void {
  new CfnEventSourceMapping(scope, 'Lapses', {
    eventSourceArn: streamArn,
    functionName: handler.functionArn,
    filterCriteria: { filters: [{ pattern: JSON.stringify(LAPSES) }] },
    // What was deleted before the first deployment's end is looked at, too.
    startingPosition: 'TRIM_HORIZON',
    // One at a time for each shard, of which a table of this size has a few: the function keeps the sweep's pace.
    parallelizationFactor: 1,
    batchSize: 10,
    functionResponseTypes: ['ReportBatchItemFailures'],
    bisectBatchOnFunctionError: true,
    // Then it is left to the sweep: an unreadable record must not block the shard for a day.
    maximumRetryAttempts: 5,
    // The shard and the numbers of what was given up, and nothing of the items.
    destinationConfig: { onFailure: { destination: deadLetters.queue.queueArn } },
  });
}
