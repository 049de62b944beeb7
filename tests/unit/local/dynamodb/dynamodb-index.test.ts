import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { Level } from 'level';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDb } from '../../../../local/dynamodb/dynamodb.ts';
import { createGateway } from '../../../../local/http/gateway.ts';

const TableName = 'portal-pin';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-pin-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lets `work` use the table that is kept in the folder. */
async function withTable<T>(work: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const database = await createDynamoDb({ path: folder, now: Date.now });
  await database.createTable(TableName);
  const gateway = await createGateway({ port: 0 });
  gateway.mount('/dynamodb', database.handle);
  const client = new DynamoDBClient({
    endpoint: `${gateway.url}/dynamodb`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
    await gateway.close();
    await database.close();
  }
}

const put = (client: DynamoDBClient, id: string) =>
  client.send(
    new PutItemCommand({
      TableName,
      Item: { pk: { S: id }, sk: { S: 'ACCOUNT' }, shard: { S: '1' }, nextCheckDay: { S: '2026-12-01' } },
    }),
  );
const idsIn = async (client: DynamoDBClient, request: object) =>
  ((await client.send(new ScanCommand({ TableName, ...request }))).Items ?? []).map(({ pk }) => pk?.S).sort();

it('an item and its index entry agree after a kill between the two', async () => {
  await withTable(async (client) => {
    for (const id of ['whole', 'no-entry', 'no-item']) await put(client, id);
  });
  // As dynalite leaves it: the entry went before the item was rewritten, or came before the item did.
  const level = new Level<string, object>(folder, { valueEncoding: 'json' });
  const entries = await level.iterator().all();
  const isOf = (id: string, kind: string) => (each: [string, object]) =>
    each[0].startsWith(kind) && JSON.stringify(each[1]).includes(`"${id}"`);
  const gone = [...entries.filter(isOf('no-entry', 'index-')), ...entries.filter(isOf('no-item', 'item-'))];
  expect(gone).toHaveLength(2);
  await level.batch(gone.map(([key]) => ({ type: 'del' as const, key })));
  await level.close();

  await withTable(async (client) => {
    expect(await idsIn(client, {})).toEqual(['no-entry', 'whole']);
    expect(await idsIn(client, { IndexName: 'due' })).toEqual(['no-entry', 'whole']);
  });
});

it('an index entry that tells an earlier reason is written anew', async () => {
  const waiting = (reason: string) => ({
    ...{
      pk: { S: 'held' },
      sk: { S: 'ACCOUNT' },
      workKey: { S: 'HELD' },
      workSort: { S: '2026-12-01T08:00:00Z#held' },
    },
    reason: { S: reason },
  });
  const put = (reason: string) =>
    withTable((client) => client.send(new PutItemCommand({ TableName, Item: waiting(reason) })));
  const read = async (kind: string) => {
    const level = new Level<string, object>(folder, { valueEncoding: 'json' });
    const entries = (await level.iterator().all()).filter(
      ([key, value]) => key.startsWith(kind) && JSON.stringify(value).includes('"held"'),
    );
    await level.close();
    return entries;
  };
  await put('CYCLE_LIMIT');
  const [earlier] = (await read('index-')).filter(([, value]) => JSON.stringify(value).includes('CYCLE_LIMIT'));
  await put('CHART_UNCLEAR');
  const later = await read('index-');
  if (earlier === undefined || later.length !== 1) throw new Error('one entry before, one after');
  const level = new Level<string, object>(folder, { valueEncoding: 'json' });
  await level.batch([
    ...later.map(([key]) => ({ type: 'del' as const, key })),
    { type: 'put', key: earlier[0], value: earlier[1] },
  ]);
  await level.close();
  await withTable(async (client) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, IndexName: 'work' }));
    expect(Items.map(({ reason }) => reason?.S)).toEqual(['CHART_UNCLEAR']);
  });
});
