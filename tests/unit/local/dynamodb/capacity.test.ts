import { describe, expect, it } from 'vitest';
import {
  itemBytes,
  readUnits,
  refusedWriteUnits,
  type WireItem,
  writeUnits,
} from '../../../../local/dynamodb/capacity.ts';

const KEYS = ['pk', 'sk'];
const DUE = { name: 'due', keys: ['shard', 'nextCheckDay'], projected: ['why'] };
const kilobytes = (count: number) => 'x'.repeat(count * 1024);
const item = (more: WireItem = {}): WireItem => ({ pk: { S: 'p' }, sk: { S: 's' }, ...more });
const due = (day: string, more: WireItem = {}) => item({ shard: { S: '3' }, nextCheckDay: { S: day }, ...more });

describe('itemBytes, by the rules of the AWS page on item sizes', () => {
  it.each<[string, WireItem, number]>([
    ['nothing', {}, 0],
    ['a string: name and UTF-8', { ab: { S: 'Zoë' } }, 2 + 4],
    ['a number: two digits a byte, and one', { n: { N: '1767225600' } }, 1 + 5],
    ['an odd number of digits', { n: { N: '12345' } }, 1 + 4],
    ['zeros at either end are not stored', { n: { N: '00.0500' } }, 1 + 2],
    ['a sign', { n: { N: '-12' } }, 1 + 3],
    ['an exponent', { n: { N: '1.5E+30' } }, 1 + 2],
    ['zero', { n: { N: '0' } }, 1 + 1],
    ['binary: the bytes, not their base64', { b: { B: Buffer.from('12345').toString('base64') } }, 1 + 5],
    ['a truth value', { b: { BOOL: false } }, 1 + 1],
    ['null', { n: { NULL: true } }, 1 + 1],
    ['a set', { s: { SS: ['a', 'bc'] } }, 1 + 3],
    ['a list: 3, and 1 for each element', { l: { L: [{ S: 'a' }, { N: '12' }] } }, 1 + 3 + 2 + 1 + 2],
    ['a map: 3, and 1 for each element with its name', { m: { M: { ab: { S: 'c' } } } }, 1 + 3 + 1 + 2 + 1],
  ])('%s', (_, value, bytes) => {
    expect(itemBytes(value)).toBe(bytes);
  });
});

describe('writeUnits', () => {
  it.each<[string, WireItem | null, WireItem | null, number, number]>([
    ['a small new item', null, item(), 1, 0],
    ['exactly 1 KB', null, item({ v: { S: 'x'.repeat(1024 - 7) } }), 1, 0],
    ['one byte above it', null, item({ v: { S: 'x'.repeat(1024 - 6) } }), 2, 0],
    ['an item that shrinks pays for what it was', item({ v: { S: kilobytes(3) } }), item(), 4, 0],
    ['a deletion pays for what it was', item({ v: { S: kilobytes(2) } }), null, 3, 0],
    ['the deletion of nothing', null, null, 1, 0],
    ['a new index entry', null, due('2026-11-22'), 1, 1],
    ['an item that enters the sparse index', item(), due('2026-11-22'), 1, 1],
    ['an item that leaves it', due('2026-11-22'), item(), 1, 1],
    ['a deletion with an index entry', due('2026-11-22'), null, 1, 1],
    ['an index key that changes: out and in', due('2026-11-22'), due('2026-12-22'), 1, 2],
    ['what the index holds besides its key changes', due('2026-11-22'), due('2026-11-22', { why: { S: 'b' } }), 1, 1],
    ['another attribute that changes', due('2026-11-22'), due('2026-11-22', { a: { S: 'b' } }), 1, 0],
    ['one key attribute of two is no entry', null, item({ shard: { S: '3' } }), 1, 0],
    ['an index entry is charged by its own size', null, due('2026-11-22', { v: { S: kilobytes(5) } }), 6, 1],
  ])('%s', (_, before, after, table, index) => {
    expect(writeUnits(before, after, KEYS, [DUE])).toEqual({ table, index });
  });
});

it('a failed condition costs what was found, at least one unit, and no index write', () => {
  expect(refusedWriteUnits(null)).toEqual({ table: 1, index: 0 });
  expect(refusedWriteUnits(due('2026-11-22', { v: { S: kilobytes(2) } }))).toEqual({ table: 3, index: 0 });
});

it('a read that finds nothing costs a block, half of one if eventually consistent', () => {
  expect([readUnits(0, true), readUnits(0, false), readUnits(2.5, false), readUnits(3, true)]).toEqual([
    1, 0.5, 2.5, 3,
  ]);
});
