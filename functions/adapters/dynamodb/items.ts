/** Single items of the one table (docs/data.md): one call each, and what each failure is called. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { RecordUnreadableError } from '../../domain/errors.ts';
import { namedError } from '../aws/aws-errors.ts';
import { PARTITION_KEY, SORT_KEY } from './table.ts';

export interface TableOptions {
  client: DynamoDBDocumentClient;
  table: string;
  /** Aborts at the caller's deadline. */
  signal: AbortSignal;
  /** Told the key of each item that does not fit its schema, also where a list goes on without it. */
  onUnreadable?: (error: RecordUnreadableError) => void;
}

export type Item = Record<string, unknown>;
export type Key = Record<typeof PARTITION_KEY | typeof SORT_KEY, string>;

/** As in UpdateCommand and PutCommand, without the table. */
export interface Condition {
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

export interface Items {
  /** Strongly consistent; null where there is none. */
  get(key: Key): Promise<Item | null>;
  /** Whether the condition held and the item is stored; without a condition always. */
  put(item: Item & Key, condition?: Condition): Promise<boolean>;
  /** The attributes as updated; null where the condition failed. */
  update(key: Key, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<Item | null>;
  remove(key: Key): Promise<void>;
  /** The item as its schema has it; RecordUnreadableError (not retried) where it does not fit. */
  parse<T>(schema: z.ZodMiniType<T>, item: Item): T;
  /** Those of the items that fit; the others are reported and left out. */
  parseAll<T>(schema: z.ZodMiniType<T>, items: Item[]): T[];
  /** One page; `count` also where the items themselves are not asked for. */
  query(query: Omit<QueryCommandInput, 'TableName'>): Promise<{ items: Item[]; count: number; next: Item | null }>;
}

/** PATIENT: a person's; the others are named after what they are about. */
export function keyOf(kind: string, id: string, item: string): Key {
  return { [PARTITION_KEY]: `${kind}#${id}`, [SORT_KEY]: item };
}

/** Every call may throw AwsUnavailableError (retried) and what else `namedError` tells. */
export function createItems({ client, table: TableName, signal, onUnreadable }: TableOptions): Items {
  const options = { abortSignal: signal };

  /** A failed condition answers null. */
  async function conditional<T>(call: Promise<T>): Promise<T | null> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw namedError(error);
    }
  }

  function parse<T>(schema: z.ZodMiniType<T>, item: Item): T {
    const result = z.safeParse(schema, item);
    if (result.success) return result.data;
    // The key alone: an issue's message may quote the value.
    const error = new RecordUnreadableError(`${item[PARTITION_KEY]} ${item[SORT_KEY]}`);
    onUnreadable?.(error);
    throw error;
  }

  return {
    parse,
    parseAll: (schema, found) =>
      found.flatMap((item) => {
        try {
          return [parse(schema, item)];
        } catch (error) {
          if (error instanceof RecordUnreadableError) return [];
          throw error;
        }
      }),
    async get(Key) {
      const command = new GetCommand({ TableName, Key, ConsistentRead: true });
      return (await conditional(client.send(command, options)))?.Item ?? null;
    },
    async put(Item, condition) {
      return (await conditional(client.send(new PutCommand({ TableName, Item, ...condition }), options))) !== null;
    },
    async update(Key, change) {
      const answer = await conditional(client.send(new UpdateCommand({ TableName, Key, ...change }), options));
      return answer === null ? null : (answer.Attributes ?? {});
    },
    async remove(Key) {
      await conditional(client.send(new DeleteCommand({ TableName, Key }), options));
    },
    async query(query) {
      const answer = await conditional(client.send(new QueryCommand({ TableName, ...query }), options));
      return { items: answer?.Items ?? [], count: answer?.Count ?? 0, next: answer?.LastEvaluatedKey ?? null };
    },
  };
}
