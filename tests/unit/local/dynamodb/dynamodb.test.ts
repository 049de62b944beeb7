import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../../../local/dynamodb/dynamodb.ts';
import type { Removal } from '../../../../local/dynamodb/dynamodb-stream.ts';
import { DatabaseNotOpenError } from '../../../../local/dynamodb/in-process-dynalite.ts';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';

const START = Date.parse('2026-11-22T12:00:00Z');
const SECONDS = START / 1000;
const TableName = 'portal-pin';
let now = START;
let gateway: Gateway;
let database: DynamoDb;
let client: DynamoDBClient;

const clientOf = (url: string) =>
  new DynamoDBClient({
    endpoint: `${url}/dynamodb`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
const key = (id: string, sk = 'PIN') => ({ pk: { S: `PATIENT#${id}` }, sk: { S: sk } });
const put = (id: string, more: PutItemCommand['input']['Item'] = {}) =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(id), ...more } }));
const get = async (id: string, sk?: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: key(id, sk), ConsistentRead: true }))).Item;

beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  database = await createDynamoDb({ now: () => now });
  gateway.mount('/dynamodb', database.handle);
  client = clientOf(gateway.url);
});
beforeEach(async () => {
  now = START;
  await database.createTable(TableName);
  database.capacity.reset();
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
  await database.close();
});

describe('the table', () => {
  it('has the keys of the contract, is on-demand, and carries the sparse indexes', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          Projection: { ProjectionType: 'KEYS_ONLY' },
          KeySchema: [{ AttributeName: 'shard' }, { AttributeName: 'nextCheckDay' }],
        },
        {
          IndexName: 'work',
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['workTodo', 'reason', 'location'] },
          KeySchema: [{ AttributeName: 'workKey' }, { AttributeName: 'workSort' }],
        },
      ],
    });
  });

  it('is left as it is by a second createTable', async () => {
    await put('kept', { a: { S: 'b' } });
    await database.createTable(TableName);
    expect(await get('kept')).toMatchObject({ a: { S: 'b' } });
  });
});

describe('what the adapters rely on in dynalite', () => {
  it('conditions, if_not_exists, SET, REMOVE, ADD, ALL_NEW and ALL_OLD in one update', async () => {
    const update = (owner: string, ReturnValues: 'ALL_NEW' | 'ALL_OLD') =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key('u', 'ACCOUNT'),
          UpdateExpression:
            'SET #lease.#owner = :owner, firstSeen = if_not_exists(firstSeen, :owner) REMOVE gone ADD failures :one',
          ConditionExpression:
            'attribute_exists(pk) AND (attribute_not_exists(#lease.#owner) OR #lease.#owner = :owner OR #lease.untilSecond <= :now)',
          ExpressionAttributeNames: { '#lease': 'lease', '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: owner }, ':one': { N: '1' }, ':now': { N: '100' } },
          ReturnValues,
        }),
      );
    await expect(update('a', 'ALL_NEW')).rejects.toThrow(ConditionalCheckFailedException);
    const lease = { M: { untilSecond: { N: '200' } } };
    await client.send(new PutItemCommand({ TableName, Item: { ...key('u', 'ACCOUNT'), gone: { S: 'x' }, lease } }));
    expect((await update('a', 'ALL_NEW')).Attributes).toEqual({
      ...key('u', 'ACCOUNT'),
      firstSeen: { S: 'a' },
      failures: { N: '1' },
      lease: { M: { untilSecond: { N: '200' }, owner: { S: 'a' } } },
    });
    await expect(update('b', 'ALL_NEW')).rejects.toThrow(ConditionalCheckFailedException);
    expect((await update('a', 'ALL_OLD')).Attributes).toMatchObject({ failures: { N: '1' } });
    expect(await get('u', 'ACCOUNT')).toMatchObject({ failures: { N: '2' }, firstSeen: { S: 'a' } });
  });

  it('lets one of many racing writers win', async () => {
    const race = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: { ...key('race'), winner: { N: String(index) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('queries the index up to a day in pages, and reads the items in a batch', async () => {
    const days = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'];
    for (const day of days)
      await put(`due-${day}`, { shard: { S: '7' }, nextCheckDay: { S: day }, secret: { S: 'x' } });
    await put('due-2026-11-20', { shard: { S: '7' } }); // leaves the sparse index
    const page = (ExclusiveStartKey?: QueryCommand['input']['ExclusiveStartKey']) =>
      client.send(
        new QueryCommand({
          TableName,
          IndexName: 'due',
          KeyConditionExpression: '#shard = :shard AND nextCheckDay <= :day',
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: { ':shard': { S: '7' }, ':day': { S: '2026-11-22' } },
          Limit: 1,
          ExclusiveStartKey,
        }),
      );
    const first = await page();
    expect(first.Items).toEqual([{ ...key('due-2026-11-21'), shard: { S: '7' }, nextCheckDay: { S: '2026-11-21' } }]);
    const second = await page(first.LastEvaluatedKey);
    expect(second.Items?.map((item) => item.nextCheckDay?.S)).toEqual(['2026-11-22']);
    expect((await page(second.LastEvaluatedKey)).Items).toEqual([]);
    const batch = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key('due-2026-11-21'), key('unknown-1')] } } }),
    );
    expect(batch.Responses?.[TableName]).toMatchObject([{ secret: { S: 'x' } }]);
  });
});

describe('TTL', () => {
  it('deletes what has lapsed, to the second, and nothing else', async () => {
    await put('lapsed', { ttl: { N: String(SECONDS) } });
    await put('valid', { ttl: { N: String(SECONDS + 1) } });
    await put('text', { ttl: { S: '1' } });
    await put('none');
    expect((await database.deleteExpired()).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([key('lapsed')]);
    expect(await get('lapsed')).toBeUndefined();
    for (const id of ['valid', 'text', 'none']) expect(await get(id), id).toBeDefined();
    now += 1000;
    expect((await database.deleteExpired()).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([key('valid')]);
    expect(await database.deleteExpired()).toEqual([]);
  });

  it('hands the listeners the stream record that AWS makes, and waits for them', async () => {
    const item = { ...key('r'), ttl: { N: String(SECONDS - 5) }, document: { S: 'd1' } };
    await client.send(new PutItemCommand({ TableName, Item: item }));
    const heard: Removal[][] = [];
    let ended = false;
    const end = database.onRemoved(async (removals) => {
      heard.push(removals);
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended = true;
    });
    const removals = await database.deleteExpired();
    end();
    expect(ended).toBe(true);
    expect(heard).toEqual([removals]);
    expect(removals).toEqual([
      {
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'REMOVE',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:\d{12}:table\/portal-pin\/stream\/.+$/),
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
        dynamodb: {
          ApproximateCreationDateTime: SECONDS,
          Keys: key('r'),
          OldImage: item,
          SequenceNumber: expect.stringMatching(/^\d{21}$/),
          SizeBytes: expect.any(Number),
          StreamViewType: 'OLD_IMAGE',
        },
      },
    ]);
  });

  it('never loses an item that is renewed while it is being deleted', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `renewed-${index}`);
    await Promise.all(ids.map((id) => put(id, { ttl: { N: String(SECONDS) } })));
    const renewals = ids.map((id) => put(id, { ttl: { N: String(SECONDS + 9) }, renewed: { BOOL: true } }));
    const removals = await database.deleteExpired();
    await Promise.all(renewals);
    for (const removal of removals) expect(removal.dynamodb?.OldImage).not.toHaveProperty('renewed');
    for (const id of ids) expect(await get(id)).toMatchObject({ renewed: { BOOL: true } });
  });

  it('works through more than one page of a scan', async () => {
    const long = { S: 'x'.repeat(100_000) };
    const ids = Array.from({ length: 25 }, (_, index) => `long-${index}`);
    await Promise.all(ids.map((id) => put(id, { ttl: { N: '1' }, long })));
    expect(await database.deleteExpired()).toHaveLength(25);
  });
});

describe('the capacity that is counted', () => {
  it('is what AWS would charge for the requests on the wire, and deletion by TTL is free', async () => {
    const due = { shard: { S: '1' }, nextCheckDay: { S: '2026-11-22' } };
    await put('c', { ...due, ttl: { N: '1' } }); // 1 + 1 index
    await put('c', { ...due, ttl: { N: '1' }, nextCheckDay: { S: '2026-11-23' } }); // 1 + 2 index
    const refused = new PutItemCommand({ TableName, Item: key('c'), ConditionExpression: 'attribute_not_exists(pk)' });
    await expect(client.send(refused)).rejects.toThrow(ConditionalCheckFailedException); // 1
    await get('c'); // 1, strongly consistent
    await client.send(new GetItemCommand({ TableName, Key: key('unknown-1') })); // 0.5
    await database.deleteExpired();
    expect(database.capacity.figures()).toEqual({
      read: 1.5,
      write: 6,
      byOperation: {
        PutItem: { requests: 3, table: 3, index: 3 },
        GetItem: { requests: 2, table: 1.5, index: 0 },
      },
    });
    database.capacity.reset();
    expect(database.capacity.figures()).toEqual({ read: 0, write: 0, byOperation: {} });
  });

  it('is returned only when asked for', async () => {
    const due = { shard: { S: '1' }, nextCheckDay: { S: '2026-11-22' } };
    const asked = new PutItemCommand({ TableName, Item: { ...key('a'), ...due }, ReturnConsumedCapacity: 'TOTAL' });
    expect((await client.send(asked)).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2 });
    const answer = await client.send(new GetItemCommand({ TableName, Key: key('a') }));
    expect(answer.ConsumedCapacity).toBeUndefined();
  });
});

describe('what others send', () => {
  const headers = (target: string) => ({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${target}`,
    'x-amz-date': '20261122T120000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c',
  });
  it.each([
    ['no JSON', 'GetItem', '{"TableName', /SerializationException/],
    ['JSON that is no object', 'GetItem', '[1]', /Exception/],
    ['null', 'PutItem', 'null', /Exception|InternalServerError/],
    ['an empty body', 'GetItem', '', /SerializationException/],
    ['an operation that dynalite lacks', 'TransactWriteItems', '{}', /UnknownOperationException/],
    ['a wrong type', 'PutItem', '{"TableName":7,"Item":"x"}', /SerializationException/],
    [
      'a table that is not there',
      'GetItem',
      '{"TableName":"none","Key":{"pk":{"S":"1"}}}',
      /ResourceNotFoundException/,
    ],
    ['an incomplete item', 'PutItem', `{"TableName":"${TableName}","Item":{"pk":{"S":"1"}}}`, /ValidationException/],
  ])('%s is refused in the words of DynamoDB', async (_, target, body, words) => {
    const answer = await fetch(`${gateway.url}/dynamodb`, { method: 'POST', headers: headers(target), body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toMatch(words);
    await put('alive');
  });

  it('a request without a signature is refused', async () => {
    const { authorization: _, ...unsigned } = headers('ListTables');
    const answer = await fetch(`${gateway.url}/dynamodb`, { method: 'POST', headers: unsigned, body: '{}' });
    expect(await answer.text()).toContain('MissingAuthenticationTokenException');
  });
});

describe('on a folder', () => {
  it('keeps everything across a restart, for its owner alone, for one process at a time', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'dynamodb-')), 'table');
    const opened = async () => {
      const other = await createDynamoDb({ path, now: () => now });
      const server = await createGateway({ port: 0 });
      server.mount('/dynamodb', other.handle);
      await other.createTable(TableName);
      return { other, server, sdk: clientOf(server.url) };
    };
    const first = await opened();
    await first.sdk.send(new PutItemCommand({ TableName, Item: { ...key('1'), ttl: { N: '1' } } }));
    await expect(createDynamoDb({ path, now: () => now })).rejects.toThrow(DatabaseNotOpenError);
    await first.other.close();
    await expect(first.sdk.send(new GetItemCommand({ TableName, Key: key('1') }))).rejects.toThrow('closed');
    await first.server.close();
    expect(statSync(path).mode & 0o077).toBe(0);

    const second = await opened();
    expect((await second.sdk.send(new GetItemCommand({ TableName, Key: key('1') }))).Item).toMatchObject(key('1'));
    expect(await second.other.deleteExpired()).toHaveLength(1);
    await second.other.close();
    await second.server.close();
    rmSync(path, { recursive: true });
  });
});
