/**
 * What a page of a list costs: index reads by what is shown, however many cases there are. A few thousand in every
 * check; a hundred thousand with PROVE=full, which take a minute to write.
 */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbCaseLists } from '../../functions/adapters/dynamodb/dynamodb-case-lists.ts';
import { shardOf } from '../../functions/adapters/dynamodb/dynamodb-case-records.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { CaseLists, CasePage, WorkFilter } from '../../functions/ports/case/case-lists.ts';
import { type TableUnderTest, tableUnderTest } from './table-under-test.ts';

const CASES = process.env.PROVE === 'full' ? 100_000 : 4_000;
const BEGAN = Date.parse('2026-01-01T00:00:00Z');
/** What DynamoDB takes at once. */
const BATCH = 25;
const OUTCOMES = ['HELD', 'EMAIL_MISSING', 'FAILED'] as const;
const EVERYTHING: WorkFilter = { outcome: null, reason: null, todo: null, location: null, from: null, before: null };

let table: TableUnderTest;
let lists: CaseLists;
beforeAll(async () => {
  table = await tableUnderTest();
  lists = createDynamoDbCaseLists(table);
  const batches = Array.from({ length: CASES / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (_each, n) => itemOf(batch * BATCH + n)),
  );
  const write = (batch: object[]) => {
    const RequestItems = { [table.table]: batch.map((Item) => ({ PutRequest: { Item } })) };
    return table.client.send(new BatchWriteCommand({ RequestItems }));
  };
  await pMap(batches, write, { concurrency: 8 });
}, 300_000);
afterAll(() => table.close());

/** An account as it is stored, as far as the indexes hold it, and a kilobyte besides. One in a thousand is at a rare place. */
function itemOf(n: number): Record<string, unknown> {
  const patientId = `patient-${n}`;
  const outcome = OUTCOMES[n % OUTCOMES.length] ?? 'HELD';
  return {
    ...{ pk: `PATIENT#${patientId}`, sk: 'ACCOUNT', shard: shardOf(patientId), rest: 'x'.repeat(900) },
    ...{
      nextCheckDay: `2026-0${1 + (n % 9)}-01`,
      outcome,
      reason: 'CYCLE_LIMIT',
      location: n % 1000 ? 'main' : 'rare',
    },
    ...{ workKey: outcome, workSort: `${toInstant(BEGAN + n * 1000)}#${patientId}`, workTodo: 'decide' },
  };
}

/** Read units of the work, and by which operations. */
async function unitsOf(work: () => Promise<unknown>): Promise<{ units: number; operations: string[] }> {
  table.capacity.reset();
  await work();
  const { read, byOperation } = table.capacity.figures();
  return { units: read, operations: Object.keys(byOperation) };
}

async function deepPage(read: (after: string | null) => Promise<CasePage>, pages: number): Promise<string | null> {
  let after: string | null = null;
  for (let page = 0; page < pages; page++) after = (await read(after)).next;
  return after;
}

describe(`of ${CASES} cases`, () => {
  it.each([0, 5, 20])('a page of fifty, after %i pages, costs what it shows, from the index alone', async (pages) => {
    const after = await deepPage((each) => lists.listWork(EVERYTHING, each, 50), pages);
    let shown = 0;
    const { units, operations } = await unitsOf(async () => {
      shown = (await lists.listWork(EVERYTHING, after, 50)).patientIds.length;
    });
    expect([shown, operations]).toEqual([50, ['Query']]);
    // Five outcomes of at most fifty entries, some 150 bytes each: 7.5 KB at half a unit for 4 KB, and half a unit where none is.
    expect(units).toBeLessThanOrEqual(5);
  });

  it('one of an outcome costs half as much', async () => {
    const { units } = await unitsOf(() => lists.listWork({ ...EVERYTHING, outcome: 'HELD' }, null, 50));
    expect(units).toBeLessThanOrEqual(1.5);
  });

  it('a rare place is found within a bounded look, page by page', async () => {
    const filter = { ...EVERYTHING, location: 'rare' };
    const found: string[] = [];
    let after: string | null = null;
    let dearest = 0;
    do {
      const { units } = await unitsOf(async () => {
        const page: CasePage = await lists.listWork(filter, after, 50);
        found.push(...page.patientIds);
        after = page.next;
      });
      dearest = Math.max(dearest, units);
    } while (after !== null);
    expect(new Set(found).size).toBe(CASES / 1000);
    // 10,000 entries of an outcome at most, 150 bytes each, for three outcomes.
    expect(dearest).toBeLessThanOrEqual(600);
  });

  it('a page of upcoming checks costs sixteen small reads', async () => {
    const read = (after: string | null) => lists.listLooks('2026-02-01', '2026-08-31', after, 50);
    const after = await deepPage(read, 6);
    const { units, operations } = await unitsOf(() => read(after));
    expect(operations).toEqual(['Query']);
    // A shard's fifty keys are some 5 KB.
    expect(units).toBeLessThanOrEqual(16);
  });

  it('what is counted is counted from the index, and counting stops', async () => {
    const { units, operations } = await unitsOf(async () => {
      const { counts, isComplete } = await lists.countWork(20_000);
      const counted = counts.reduce((sum, { count }) => sum + count, 0);
      expect([counted, isComplete]).toEqual(CASES > 60_000 ? [60_000, false] : [CASES, true]);
    });
    expect(operations).toEqual(['Query']);
    expect(units).toBeLessThanOrEqual(3 * 20_000 * (150 / 8192) * 1.2);
  });
});
