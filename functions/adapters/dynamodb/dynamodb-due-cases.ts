/** DueCases from the sparse index of due days. */
import type { DueCases } from '../../ports/case/due-cases.ts';
import { shardName } from './dynamodb-case-records.ts';
import { createItems, type TableOptions } from './items.ts';
import { DUE_INDEX, PARTITION_KEY } from './table.ts';

export function createDynamoDbDueCases(table: TableOptions): DueCases {
  const items = createItems(table);
  return {
    async list(shard, day, after, limit) {
      const { items: found, next } = await items.query({
        IndexName: DUE_INDEX.name,
        // "shard" is one of DynamoDB's reserved words.
        KeyConditionExpression: `#shard = :shard AND ${DUE_INDEX.sortKey} <= :day`,
        ExpressionAttributeNames: { '#shard': DUE_INDEX.partitionKey },
        ExpressionAttributeValues: { ':shard': shardName(shard), ':day': day },
        Limit: limit,
        ...(after !== null && { ExclusiveStartKey: JSON.parse(after) }),
      });
      const patientIds = found.map((item) => String(item[PARTITION_KEY]).slice('PATIENT#'.length));
      return { patientIds, next: next === null ? null : JSON.stringify(next) };
    },
  };
}
