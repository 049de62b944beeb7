/** A table full of cases with an expired PIN, filled by batches: what a sweep finds, without a chart behind it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  DynamoDBDocumentClient,
  GetCommand,
} from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { shardOf } from '../functions/adapters/dynamodb/dynamodb-case-records.ts';
import { DUE_INDEX, PARTITION_KEY, SHARDS, SORT_KEY } from '../functions/adapters/dynamodb/table.ts';
import { newAccount } from '../functions/domain/case/account.ts';
import { PIN_LIFETIME_MS } from '../functions/domain/chart/expiry.ts';
import { addDays, dayOf } from '../functions/domain/time/calendar.ts';
import { toInstant } from '../functions/domain/time/instant.ts';
import { outsidePorts } from '../local/http/ports.ts';

/** AWS's limit for a batch. */
const BATCH = 25;
const BATCHES_AT_ONCE = 8;
/** Left behind over these days: the index is read up to today, not for today alone. */
const DAYS = 5;

/** The opaque id of the n-th patient; like an EHR's, it tells nothing of its neighbors. */
export function dueId(n: number): string {
  return `due-${String(n).padStart(7, '0')}`;
}

/** The ids of `count` patients, by shard of the index. */
export function dueShards(count: number): string[][] {
  const shards: string[][] = Array.from({ length: SHARDS }, () => []);
  for (let n = 1; n <= count; n++) shards[Number(shardOf(dueId(n)))]?.push(dueId(n));
  return shards;
}

/** Puts `count` due accounts into the table, each as the product itself would have stored it. */
export async function fillDue(table: string, count: number): Promise<void> {
  const { cases, clock, practice } = outsidePorts();
  const now = clock.now();
  const today = dayOf(now, practice.timeZone);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const issuedAt = now - PIN_LIFETIME_MS - 60_000;
  const example = {
    ...newAccount(dueId(0)),
    document: '00000000-0000-0000-0000-000000000000',
    issuedAt: toInstant(issuedAt),
    expiresAt: toInstant(issuedAt + PIN_LIFETIME_MS),
    attempt: 1,
    execution: 'an-execution-of-long-ago',
    endedBy: 'an-execution-of-long-ago',
    endedAt: toInstant(issuedAt),
    outcome: 'REGENERATED',
    nextCheckDay: addDays(today, 1),
  } as const;
  await cases.save(null, example);
  const Key = { [PARTITION_KEY]: `PATIENT#${dueId(0)}`, [SORT_KEY]: 'ACCOUNT' };
  const { Item } = await client.send(new GetCommand({ TableName: table, Key }));
  const itemOf = (n: number) => ({
    ...Item,
    [PARTITION_KEY]: `PATIENT#${dueId(n)}`,
    [DUE_INDEX.partitionKey]: shardOf(dueId(n)),
    [DUE_INDEX.sortKey]: addDays(today, -(n % DAYS)),
  });
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) => batch * BATCH + 1);
  await pMap(
    batches,
    async (first) => {
      const last = Math.min(first + BATCH - 1, count);
      const items = Array.from({ length: last - first + 1 }, (_, n) => itemOf(first + n));
      let asked: BatchWriteCommandInput['RequestItems'] = {
        [table]: items.map((each) => ({ PutRequest: { Item: each } })),
      };
      while (Object.keys(asked ?? {}).length > 0) {
        const written: BatchWriteCommandOutput = await client.send(new BatchWriteCommand({ RequestItems: asked }));
        asked = written.UnprocessedItems ?? {};
      }
    },
    { concurrency: BATCHES_AT_ONCE },
  );
  client.destroy();
}
