import { createKeyedMutex } from '../http/mutex.ts';
import { readUnits, refusedWriteUnits, type SparseIndex, type WireItem, writeUnits } from './capacity.ts';

/** What one kind of operation came to since the last reset: calls, and request units of the table and its indexes. */
interface OperationFigures {
  requests: number;
  table: number;
  index: number;
}

/** Counts what AWS would charge for, by its rules; not before the first `reset`, since every write is then read twice. */
export interface Capacity {
  /** Read and write request units since the last reset, indexes included, and the same by name of operation. */
  figures(): { read: number; write: number; byOperation: Record<string, OperationFigures> };
  /** Counts from zero on. */
  reset(): void;
}

/** The shape of a table with counted writes. */
export interface MeteredTable {
  readonly keys: readonly string[];
  readonly indexes: readonly SparseIndex[];
}

/** A request of DynamoDB's JSON protocol, as far as the meter looks into it. */
export interface WireRequest {
  readonly TableName?: string;
  readonly Key?: WireItem;
  readonly Item?: WireItem;
  readonly ConsistentRead?: boolean;
  readonly ReturnConsumedCapacity?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** An answer of the protocol; `__type` names the error where `status` is not 200. */
interface WireResult {
  status: number;
  result: Record<string, unknown>;
}

/** One operation of the database, by its name in the protocol. */
export type Operate = (operation: string, request: WireRequest) => Promise<WireResult>;

interface Written {
  readonly table: string;
  readonly shape: MeteredTable;
  readonly key: WireItem;
}

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];

/**
 * Wraps `operate` so that everything that passes is counted once requested. Reads take dynalite's figures. Its writes leave indexes
 * and failed conditions out, so for `tables` the item is read before and after each write, outside the count; writes
 * of one item queue up for that. Writes of other tables are not counted.
 */
export function createCapacityMeter(operate: Operate, tables: ReadonlyMap<string, MeteredTable>) {
  const inTurn = createKeyedMutex();
  let byOperation: Record<string, OperationFigures> = {};
  let isCounting = false;

  const count = (operation: string, table: number, index: number) => {
    byOperation[operation] ??= { requests: 0, table: 0, index: 0 };
    const figures = byOperation[operation];
    figures.requests += 1;
    figures.table += table;
    figures.index += index;
  };
  const sum = (reads: boolean) =>
    Object.entries(byOperation).reduce(
      (units, [name, { table, index }]) => units + (READS.includes(name) === reads ? table + index : 0),
      0,
    );

  const read: Operate = async (operation, request) => {
    const answer = await operate(operation, { ...request, ReturnConsumedCapacity: 'TOTAL' });
    if (answer.status !== 200) return answer;
    const consumed = [answer.result.ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[];
    const units = consumed.map((one) => readUnits(one.CapacityUnits, request.ConsistentRead === true));
    count(
      operation,
      units.reduce((total, one) => total + one, 0),
      0,
    );
    if (!asksForCapacity(request)) delete answer.result.ConsumedCapacity;
    return answer;
  };

  const image = async ({ table, key }: Written) => {
    const { result } = await operate('GetItem', { TableName: table, Key: key, ConsistentRead: true });
    return (result.Item as WireItem | undefined) ?? null;
  };

  const write = async (operation: string, request: WireRequest, written: readonly Written[]) => {
    const before = await Promise.all(written.map(image));
    const answer = await operate(operation, request);
    if (String(answer.result.__type).endsWith('#ConditionalCheckFailedException')) {
      count(operation, refusedWriteUnits(before[0] ?? null).table, 0);
    }
    if (answer.status !== 200) return answer;
    const after = await Promise.all(written.map(image));
    const units = written.map(({ shape }, at) =>
      writeUnits(before[at] ?? null, after[at] ?? null, shape.keys, shape.indexes),
    );
    const table = units.reduce((total, one) => total + one.table, 0);
    const index = units.reduce((total, one) => total + one.index, 0);
    count(operation, table, index);
    if (asksForCapacity(request) && operation !== 'BatchWriteItem') {
      answer.result.ConsumedCapacity = { TableName: request.TableName, CapacityUnits: table + index };
    }
    return answer;
  };

  const metered: Operate = (operation, request) => {
    if (!isCounting && !asksForCapacity(request)) return operate(operation, request);
    if (READS.includes(operation)) return read(operation, request);
    const written = writtenBy(operation, request, tables);
    const [first] = written;
    if (first === undefined) return operate(operation, request);
    // The items of a batch are not queued: nothing writes one in a batch and alone at the same moment.
    if (written.length > 1) return write(operation, request, written);
    return inTurn(JSON.stringify([first.table, first.key]), () => write(operation, request, written));
  };

  const capacity: Capacity = {
    figures: () => ({ read: sum(true), write: sum(false), byOperation: structuredClone(byOperation) }),
    reset: () => {
      isCounting = true;
      byOperation = {};
    },
  };
  return { operate: metered, capacity };
}

function asksForCapacity(request: WireRequest): boolean {
  return request.ReturnConsumedCapacity === 'TOTAL' || request.ReturnConsumedCapacity === 'INDEXES';
}

function writtenBy(operation: string, request: WireRequest, tables: ReadonlyMap<string, MeteredTable>): Written[] {
  const one = (table: string, { Key, Item }: { Key?: WireItem; Item?: WireItem }): Written[] => {
    const shape = tables.get(table);
    const source = Key ?? Item;
    if (shape === undefined || source === undefined) return [];
    const key = Object.fromEntries(shape.keys.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
    return [{ table, shape, key }];
  };
  if (['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)) return one(String(request.TableName), request);
  if (operation !== 'BatchWriteItem') return [];
  return Object.entries(request.RequestItems ?? {}).flatMap(([table, requests]) =>
    (requests as { PutRequest?: { Item: WireItem }; DeleteRequest?: { Key: WireItem } }[]).flatMap((each) =>
      one(table, each.PutRequest ?? each.DeleteRequest ?? {}),
    ),
  );
}
