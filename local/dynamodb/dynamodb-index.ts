/**
 * dynalite writes an item's index entry and the item one after the other. A process that is killed in between leaves an
 * entry that no item bears out, or an item that no query of the index finds; AWS does neither.
 */
import type { WireItem } from './capacity.ts';
import type { MeteredTable } from './capacity-meter.ts';

type Expect = (operation: string, request: object) => Promise<Record<string, unknown>>;

/** Makes the indexes of a table agree with its items. Costs a scan of both; nothing else may use the table meanwhile. */
export async function mendIndexes(expect: Expect, TableName: string, table: MeteredTable): Promise<void> {
  const items = await scan(expect, { TableName });
  for (const { name: IndexName, keys, projected } of table.indexes) {
    const held = [...table.keys, ...keys, ...projected];
    const entryOf = (item: WireItem) => JSON.stringify(held.map((key) => item[key] ?? null));
    const put = (Item: WireItem) => expect('PutItem', { TableName, Item });
    const indexed = items.filter((item) => keys.every((key) => item[key] !== undefined));
    const wanted = new Set(indexed.map(entryOf));
    const found = await scan(expect, { TableName, IndexName });
    for (const entry of found.filter((each) => !wanted.has(entryOf(each)))) {
      // dynalite drops an entry only with an item that has it: so the item gets it for a moment.
      await put(entry);
      const item = items.find((each) => table.keys.every((key) => each[key]?.S === entry[key]?.S));
      if (item) await put(item);
      else await expect('DeleteItem', { TableName, Key: keyOf(entry, table) });
    }
    const there = new Set(found.map(entryOf));
    for (const item of indexed) if (!there.has(entryOf(item))) await put(item);
  }
}

function keyOf(item: WireItem, table: MeteredTable): WireItem {
  return Object.fromEntries(table.keys.flatMap((key) => (item[key] ? [[key, item[key]]] : [])));
}

async function scan(expect: Expect, request: object): Promise<WireItem[]> {
  const items: WireItem[] = [];
  let start: unknown;
  do {
    const page = await expect('Scan', { ...request, ...(start === undefined ? {} : { ExclusiveStartKey: start }) });
    items.push(...(page.Items as WireItem[]));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}
