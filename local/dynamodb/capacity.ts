import type { AttributeValue } from 'aws-lambda';

/** An item as it travels in DynamoDB's JSON protocol: `{ "pk": { "S": "…" } }`, binary values in base64. */
export type WireItem = Record<string, AttributeValue>;

/** A sparse index: an item without one of its key attributes has no entry. */
export interface SparseIndex {
  readonly name: string;
  readonly keys: readonly string[];
  /** What an entry holds besides the keys of table and index. */
  readonly projected: readonly string[];
}

/** Request units of one operation: of the table, and of its indexes. */
export interface Units {
  readonly table: number;
  readonly index: number;
}

/** Bytes in one write request unit. */
const WRITE_BLOCK = 1024;

/**
 * Bytes of an item by which AWS charges: attribute names and values in UTF-8.
 * Source: AWS, "DynamoDB item sizes and formats".
 */
export function itemBytes(item: WireItem): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.SS !== undefined) return total(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS !== undefined) return total(value.NS.map(numberBytes));
  if (value.BS !== undefined) return total(value.BS.map((bytes) => Buffer.byteLength(bytes, 'base64')));
  // A list or a map: 3 bytes, and 1 more for each element.
  if (value.L !== undefined) return 3 + value.L.length + total(value.L.map(valueBytes));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1; // BOOL and NULL
}

/** About one byte per two significant digits, and one more; another one for the sign. */
function numberBytes(digits: string): number {
  const significant = digits
    .replace(/^-?|e.*$/gi, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(significant.length / 2) + 1 + (digits.startsWith('-') ? 1 : 0);
}

const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);

/**
 * Write request units of a put, an update or a deletion that took an item from `before` to `after` (null = no item).
 * The table is charged by the larger image. An index is charged one write for an entry that appears or goes, two (a
 * deletion and a put) when its key changes, one when something else in it does, none when what it holds stays the same.
 * Source: AWS, "DynamoDB on-demand capacity mode" and "Using Global Secondary Indexes", write capacity.
 */
export function writeUnits(
  before: WireItem | null,
  after: WireItem | null,
  tableKeys: readonly string[],
  indexes: readonly SparseIndex[],
): Units {
  const index = total(
    indexes.map((one) => indexWrites(entry(before, tableKeys, one), entry(after, tableKeys, one), one)),
  );
  return { table: blocks(before, after), index };
}

/** Write request units of a write with a failed condition: by the item that was found, at least one; no index write. */
export function refusedWriteUnits(found: WireItem | null): Units {
  return { table: blocks(found), index: 0 };
}

/**
 * Read request units of one query, scan or GetItem with `units` blocks of 4 KB: also one that finds nothing
 * is charged a block, whole if strongly consistent, else half.
 */
export function readUnits(units: number, consistent: boolean): number {
  return Math.max(units, consistent ? 1 : 0.5);
}

function blocks(...images: readonly (WireItem | null)[]): number {
  return Math.max(1, ...images.map((image) => (image === null ? 1 : Math.ceil(itemBytes(image) / WRITE_BLOCK))));
}

function entry(item: WireItem | null, tableKeys: readonly string[], index: SparseIndex): WireItem | null {
  if (item === null || index.keys.some((key) => item[key] === undefined)) return null;
  const held = [...tableKeys, ...index.keys, ...index.projected];
  return Object.fromEntries(held.flatMap((key) => (item[key] ? [[key, item[key]]] : [])));
}

function indexWrites(before: WireItem | null, after: WireItem | null, index: SparseIndex): number {
  const isSame = (names: readonly string[]) =>
    names.every((name) => JSON.stringify(before?.[name]) === JSON.stringify(after?.[name]));
  if (isSame(index.keys)) return isSame(index.projected) ? 0 : blocks(before, after);
  return (before === null ? 0 : blocks(before)) + (after === null ? 0 : blocks(after));
}
