import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { itemBytes, type WireItem } from './capacity.ts';

/** What TTL deleted, as the table's stream brings it to a Lambda function. */
export type Removal = DynamoDBRecord;

/**
 * The stream record of an item that TTL deleted. AWS sets `userIdentity` on those alone: it tells a lapse from a
 * deletion by a program.
 * Source: AWS, "DynamoDB Streams and Time to Live".
 * @param tableArn ARN of the table
 * @param key the item's keys
 * @param item the item as it was deleted
 * @param sequence rises with every record of the table
 * @param now practice time in ms since the epoch
 */
export function removalRecord(tableArn: string, key: WireItem, item: WireItem, sequence: number, now: number): Removal {
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName: 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: tableArn.split(':')[3] ?? '',
    eventSourceARN: `${tableArn}/stream/2026-01-01T00:00:00.000`,
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(now / 1000),
      Keys: key,
      OldImage: item,
      SequenceNumber: String(sequence).padStart(21, '0'),
      SizeBytes: itemBytes(key) + itemBytes(item),
      StreamViewType: 'OLD_IMAGE',
    },
  };
}
