import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import {
  DUE_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
  WORK_INDEX,
} from '../../functions/adapters/dynamodb/table.ts';
import { type HttpHandler, readBody } from '../http/http-messages.ts';
import type { WireItem } from './capacity.ts';
import {
  type Capacity,
  createCapacityMeter,
  type MeteredTable,
  type Operate,
  type WireRequest,
} from './capacity-meter.ts';
import { mendIndexes } from './dynamodb-index.ts';
import { type Removal, removalRecord } from './dynamodb-stream.ts';
import { createInProcessDynalite } from './in-process-dynalite.ts';

/** The local DynamoDB: its JSON protocol, and TTL, which dynalite lacks. */
export interface DynamoDb {
  /** Serves the protocol; mount it under any prefix. */
  handle: HttpHandler;
  /** Makes the product's table unless it is there already; then mends what a kill left of its index. Only tables made by it have TTL and are metered. */
  createTable(name: string): Promise<void>;
  /**
   * What AWS does behind the scenes, at the caller's moment: deletes every item with a numeric `ttl` (epoch seconds)
   * reached, then hands the stream records to the listeners, one after the other, and waits for them. Costs one scan
   * of the table, so call it per move of the clock, not per tick. An item that lapses and is rewritten meanwhile stays.
   * @throws what a listener throws; the items are deleted then.
   */
  deleteExpired(): Promise<Removal[]>;
  /** Calls `listener` with the records of each `deleteExpired` that deleted anything; answers a function that ends it. */
  onRemoved(listener: (removals: Removal[]) => void | Promise<void>): () => void;
  /** What AWS would have charged; deletion by TTL is free. */
  readonly capacity: Capacity;
  /** Lets running requests finish and closes the store; requests after it fail with InternalServerError. */
  close(): Promise<void>;
}

/** An operation that the local platform itself needs was refused. */
class LocalDynamoDbError extends Error {
  override readonly name = 'LocalDynamoDbError';
}

const KEYS = [PARTITION_KEY, SORT_KEY];
const INDEXES = [
  { name: DUE_INDEX.name, keys: [DUE_INDEX.partitionKey, DUE_INDEX.sortKey], projected: [] },
  { name: WORK_INDEX.name, keys: [WORK_INDEX.partitionKey, WORK_INDEX.sortKey], projected: WORK_INDEX.projected },
];
const SHAPE: MeteredTable = { keys: KEYS, indexes: INDEXES };

/** Deletions in flight at a time: enough to keep the store busy, few enough that other requests get their turn. */
const DELETIONS_AT_ONCE = 25;

/**
 * Starts the database in memory, or on the folder `path`, which it makes readable for its owner alone.
 * `now` is the practice's time, in ms since the epoch.
 * @throws DatabaseNotOpenError when another process uses the folder
 */
export async function createDynamoDb({ path, now }: { path?: string; now: () => number }): Promise<DynamoDb> {
  if (path !== undefined) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o700);
  }
  const dynalite = await createInProcessDynalite(path);
  const tables = new Map<string, MeteredTable & { arn: string }>();
  const listeners = new Set<(removals: Removal[]) => void | Promise<void>>();
  let sequence = 0;

  const invoke: Operate = async (operation, request) => {
    const { status, body } = await dynalite.request('POST', protocolHeaders(operation), JSON.stringify(request));
    return { status, result: JSON.parse(body) };
  };
  const expect = async (operation: string, request: object) => {
    const { status, result } = await invoke(operation, request);
    if (status !== 200) throw new LocalDynamoDbError(`${operation}: ${JSON.stringify(result)}`);
    return result;
  };
  const meter = createCapacityMeter(invoke, tables);

  const describe = async (name: string) => (await expect('DescribeTable', { TableName: name })).Table as TableFacts;

  /** Deletes the item unless it was rewritten since it was scanned; the item as it was deleted, or null. */
  const deleteLapsed = async (TableName: string, Key: WireItem, condition: object) => {
    const { status, result } = await invoke('DeleteItem', {
      TableName,
      Key,
      ReturnValues: 'ALL_OLD',
      ...condition,
    } as WireRequest);
    return status === 200 && result.Attributes !== undefined ? (result.Attributes as WireItem) : null;
  };

  const deleteExpiredOf = async (name: string, arn: string) => {
    const at = now();
    const lapsed = {
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(at / 1000)) } },
    };
    const removals: Removal[] = [];
    let start: unknown;
    do {
      const page = await expect('Scan', {
        TableName: name,
        FilterExpression: '#ttl <= :now', // never true of a `ttl` that is no number
        ProjectionExpression: KEYS.join(', '),
        ...lapsed,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const keys = page.Items as WireItem[];
      for (let first = 0; first < keys.length; first += DELETIONS_AT_ONCE) {
        const some = keys.slice(first, first + DELETIONS_AT_ONCE);
        const old = await Promise.all(
          some.map((key) => deleteLapsed(name, key, { ConditionExpression: '#ttl <= :now', ...lapsed })),
        );
        some.forEach((key, index) => {
          const item = old[index];
          if (item) removals.push(removalRecord(arn, key, item, ++sequence, at));
        });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return removals;
  };

  return {
    capacity: meter.capacity,
    handle: async (req, res) => {
      const body = await readBody(req);
      const operation = String(req.headers['x-amz-target']).split('.')[1] ?? '';
      const request = parsed(body);
      const authorized = req.headers.authorization?.startsWith('AWS4-') === true;
      if (req.method !== 'POST' || request === null || !authorized) {
        const answer = await dynalite.request(req.method ?? '', req.headers, body.toString());
        res.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      }
      const { status, result } = await meter.operate(operation, request);
      const text = JSON.stringify(result);
      res.writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(text),
        'x-amzn-requestid': randomUUID(),
      });
      res.end(text);
    },
    createTable: async (name) => {
      const { status, result } = await invoke('CreateTable', tableRequest(name) as WireRequest);
      if (status !== 200 && !String(result.__type).endsWith('#ResourceInUseException')) {
        throw new LocalDynamoDbError(`CreateTable: ${JSON.stringify(result)}`);
      }
      let table = await describe(name);
      while (table.TableStatus !== 'ACTIVE') {
        await new Promise((resolve) => setTimeout(resolve, 1));
        table = await describe(name);
      }
      if (status !== 200) await mendIndexes(expect, name, SHAPE);
      tables.set(name, { ...SHAPE, arn: table.TableArn });
    },
    deleteExpired: async () => {
      const removals: Removal[] = [];
      for (const [name, { arn }] of tables) removals.push(...(await deleteExpiredOf(name, arn)));
      if (removals.length > 0) for (const listener of listeners) await listener(removals);
      return removals;
    },
    onRemoved: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: dynalite.close,
  };
}

interface TableFacts {
  TableStatus: string;
  TableArn: string;
}

/** The table of the product, as the deployed one: keys, on-demand, sparse indexes. */
function tableRequest(name: string): object {
  const key = ([hash, range]: readonly string[]) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...KEYS, ...INDEXES.flatMap(({ keys }) => keys)].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: key(KEYS),
    GlobalSecondaryIndexes: INDEXES.map(({ name: IndexName, keys, projected }) => ({
      IndexName,
      KeySchema: key(keys),
      Projection:
        projected.length === 0
          ? { ProjectionType: 'KEYS_ONLY' }
          : { ProjectionType: 'INCLUDE', NonKeyAttributes: projected },
    })),
  };
}

/** Headers that dynalite asks for; it checks that a signature is there, not that it is right. */
function protocolHeaders(operation: string) {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
  };
}

/** The request as an object, or null where dynalite shall find the words for what is wrong with it. */
function parsed(body: Buffer): WireRequest | null {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
