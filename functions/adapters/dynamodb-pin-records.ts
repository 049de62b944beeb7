/** PinRecords in one DynamoDB table (design: docs/architecture.md, "Records"). Single-item conditional writes only. */
import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Account, newAccount } from '../domain/account.ts';
import { RecordConflictError } from '../domain/errors.ts';
import type { DecisionRequest, PinItem, PinRecords } from '../ports.ts';
import { namedError } from './aws-errors.ts';
import { DUE_INDEX, PARTITION_KEY, SHARDS, SORT_KEY, TTL_ATTRIBUTE } from './table.ts';

/** The PIN's 30 days and two weeks in which a late answer, bounce or lapse may still ask. */
const KEPT_SECONDS = 44 * 24 * 60 * 60;

export interface DynamoDbOptions {
  client: DynamoDBDocumentClient;
  table: string;
  /** Ends with the step's deadline. */
  signal: AbortSignal;
  newId(): string;
}

function keyOf(kind: 'PATIENT' | 'FINGERPRINT' | 'MESSAGE', id: string, item: string) {
  return { [PARTITION_KEY]: `${kind}#${id}`, [SORT_KEY]: item };
}

function accountKey(patientId: string) {
  return keyOf('PATIENT', patientId, 'ACCOUNT');
}

/** Which of the index's shards a patient belongs to. */
export function shardOf(patientId: string): string {
  return shardName((createHash('sha256').update(patientId).digest()[0] ?? 0) % SHARDS);
}

function shardName(shard: number): string {
  return String(shard).padStart(2, '0');
}

export function createDynamoDbPinRecords(options: DynamoDbOptions): PinRecords {
  const { client, table, signal } = options;

  /** Runs one call; a failed condition answers null, everything else by its name. */
  async function conditional<T>(call: Promise<T>): Promise<T | null> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw namedError(error);
    }
  }

  async function get(key: ReturnType<typeof keyOf>): Promise<Record<string, unknown> | null> {
    const command = new GetCommand({ TableName: table, Key: key, ConsistentRead: true });
    const answer = await conditional(client.send(command, { abortSignal: signal }));
    return answer?.Item ?? null;
  }

  async function put(
    item: Record<string, unknown>,
    condition?: { expression: string; names?: Record<string, string>; values: Record<string, unknown> },
  ): Promise<boolean> {
    const command = new PutCommand({
      TableName: table,
      Item: item,
      ...(condition && {
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: condition.names,
        ExpressionAttributeValues: condition.values,
      }),
    });
    return (await conditional(client.send(command, { abortSignal: signal }))) !== null;
  }

  return {
    async read(patientId) {
      const item = await get(accountKey(patientId));
      return item === null ? null : toAccount(patientId, item);
    },

    async save(previous, next) {
      const version = options.newId();
      const saved: Account = { ...next, version };
      const update = new UpdateCommand({
        TableName: table,
        Key: accountKey(next.patientId),
        ...changes(previous, saved),
      });
      if ((await conditional(client.send(update, { abortSignal: signal }))) !== null) return saved;
      // The SDK repeats a call whose answer got lost; then the condition fails on our own write.
      const stored = await get(accountKey(next.patientId));
      if (stored?.version === version) return saved;
      throw new RecordConflictError('ACCOUNT_CHANGED');
    },

    async putPin({ patientId, ...item }) {
      await put({ ...keyOf('PATIENT', patientId, 'PIN'), ...item });
    },
    async readPin(patientId) {
      const item = await get(keyOf('PATIENT', patientId, 'PIN'));
      if (item === null) return null;
      const { [PARTITION_KEY]: _pk, [SORT_KEY]: _sk, ...rest } = item;
      return { patientId, ...rest } as PinItem;
    },
    async deletePin(patientId) {
      const command = new DeleteCommand({ TableName: table, Key: keyOf('PATIENT', patientId, 'PIN') });
      await conditional(client.send(command, { abortSignal: signal }));
    },

    async reserveFingerprint(fingerprint, owner, now) {
      const seconds = Math.floor(now / 1000);
      const item = {
        ...keyOf('FINGERPRINT', fingerprint, 'FINGERPRINT'),
        owner,
        [TTL_ATTRIBUTE]: seconds + KEPT_SECONDS,
      };
      return put(item, {
        // TTL deletes late: a reservation that has run out is free although it is still there.
        expression: `attribute_not_exists(${PARTITION_KEY}) OR #owner = :owner OR #ttl <= :now`,
        names: { '#owner': 'owner', '#ttl': TTL_ATTRIBUTE },
        values: { ':owner': owner, ':now': seconds },
      });
    },

    async putMessage({ sesId, patientId, document, sentAt }) {
      const ttl = Math.floor(Date.parse(sentAt) / 1000) + KEPT_SECONDS;
      await put({ ...keyOf('MESSAGE', sesId, 'MESSAGE'), patientId, document, sentAt, [TTL_ATTRIBUTE]: ttl });
    },
    async readMessage(sesId) {
      const item = await get(keyOf('MESSAGE', sesId, 'MESSAGE'));
      return item === null ? null : { patientId: String(item.patientId), document: String(item.document) };
    },

    async putRequest({ patientId, ...request }) {
      await put({ ...keyOf('PATIENT', patientId, `REQUEST#${request.id}`), ...request });
    },
    async readRequest(patientId, id) {
      const item = await get(keyOf('PATIENT', patientId, `REQUEST#${id}`));
      if (item === null) return null;
      const { [PARTITION_KEY]: _pk, [SORT_KEY]: _sk, ...rest } = item;
      return { patientId, ...rest } as DecisionRequest;
    },

    async listDue(shard, day, after) {
      const command = new QueryCommand({
        TableName: table,
        IndexName: DUE_INDEX.name,
        // "shard" is one of DynamoDB's reserved words.
        KeyConditionExpression: `#shard = :shard AND ${DUE_INDEX.sortKey} <= :day`,
        ExpressionAttributeNames: { '#shard': DUE_INDEX.partitionKey },
        ExpressionAttributeValues: { ':shard': shardName(shard), ':day': day },
        ...(after !== null && { ExclusiveStartKey: JSON.parse(after) }),
      });
      const answer = await conditional(client.send(command, { abortSignal: signal }));
      const patientIds = (answer?.Items ?? []).map((item) => String(item[PARTITION_KEY]).slice('PATIENT#'.length));
      return {
        patientIds,
        next: answer?.LastEvaluatedKey === undefined ? null : JSON.stringify(answer.LastEvaluatedKey),
      };
    },
  };
}

/** Attributes as stored: null and empty lists are left out, which keeps an account within one write unit of 1 KB. */
function toItem(account: Account): Record<string, unknown> {
  const { patientId, ...attributes } = account;
  const item = Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
  return { ...item, [DUE_INDEX.partitionKey]: shardOf(patientId) };
}

function toAccount(patientId: string, item: Record<string, unknown>): Account {
  const { [PARTITION_KEY]: _pk, [SORT_KEY]: _sk, [DUE_INDEX.partitionKey]: _shard, ...attributes } = item;
  return { ...newAccount(patientId), ...attributes };
}

/** The update that turns `previous` into `next`: only what differs, so that the index is written only when its key moves. */
function changes(previous: Account | null, next: Account) {
  const before = previous === null ? {} : toItem(previous);
  const after = toItem(next);
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const set: string[] = [];
  const remove: string[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    names[`#${key}`] = key;
    if (after[key] === undefined) remove.push(`#${key}`);
    else {
      values[`:${key}`] = after[key];
      set.push(`#${key} = :${key}`);
    }
  }
  names['#version'] = 'version';
  if (previous?.version != null) values[':previous'] = previous.version;
  return {
    UpdateExpression: [`SET ${set.join(', ')}`, ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : [])].join(
      ' ',
    ),
    ConditionExpression: previous?.version == null ? 'attribute_not_exists(#version)' : '#version = :previous',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
