import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbDiscoveries } from '../../functions/adapters/dynamodb/dynamodb-discoveries.ts';
import { beginDiscovery, noLooks, withPage } from '../../functions/domain/batch/discovery.ts';
import { RecordConflictError } from '../../functions/domain/errors.ts';
import type { Discoveries } from '../../functions/ports/batch/discoveries.ts';
import { type TableUnderTest, tableUnderTest } from './table-under-test.ts';

const AT = '2026-06-15T12:00:00Z';
const NOW = Date.parse(AT);
const DAY_SECONDS = 24 * 60 * 60;
let table: TableUnderTest;
let discoveries: Discoveries;
beforeAll(async () => {
  table = await tableUnderTest();
  discoveries = createDynamoDbDiscoveries({ ...table, newId: () => randomUUID() });
});
afterAll(() => table.close());

const page = (next: string | null) => ({
  documents: 3,
  withoutPatient: 1,
  counts: { ...noLooks(), TRACKED: 1, FAILED: 1 },
  failed: [{ patientId: 'p1', error: 'EhrRejectedError' }],
  next,
});
async function ttlOf(id: string): Promise<number> {
  const Key = { pk: 'DISCOVERY#chart', sk: `RUN#${id}` };
  return (await table.client.send(new GetCommand({ TableName: table.table, Key }))).Item?.ttl;
}

describe('Discoveries: DynamoDB over HTTP, the local DynamoDB', () => {
  it('gives back what was saved, page by page', async () => {
    const begun = await discoveries.save(null, beginDiscovery('pages', NOW));
    expect(await discoveries.read(begun.id)).toEqual(begun);
    const read = await discoveries.save(begun, withPage(begun, page('?page=2'), AT));
    expect(read).toMatchObject({ pages: 1, documents: 3, bookmark: '?page=2', circle: { steps: 0, limit: 2 } });
    expect(await discoveries.read(begun.id)).toEqual(read);
    expect(await discoveries.read('unknown-1')).toBeNull();
  });

  it('keeps where it is for a week, and what was found for a year', async () => {
    const begun = await discoveries.save(null, beginDiscovery('ttl', NOW));
    const now = NOW / 1000;
    expect(await ttlOf(begun.id)).toBe(now + 7 * DAY_SECONDS);
    const later = await discoveries.save(begun, withPage(begun, page('?page=2'), '2026-06-16T12:00:00Z'));
    expect(await ttlOf(begun.id)).toBe(now + 8 * DAY_SECONDS);
    const ended = await discoveries.save(later, withPage(later, page(null), '2026-06-17T12:00:00Z'));
    expect(ended).toMatchObject({ endedAt: '2026-06-17T12:00:00Z', bookmark: null });
    expect(await ttlOf(begun.id)).toBe(now + 2 * DAY_SECONDS + 366 * DAY_SECONDS);
  });

  it('refuses to save over another writer', async () => {
    const begun = await discoveries.save(null, beginDiscovery('race', NOW));
    await expect(discoveries.save(null, beginDiscovery('race', NOW))).rejects.toThrow(RecordConflictError);
    const mine = withPage(begun, page('?page=2'), AT);
    const theirs = await discoveries.save(begun, { ...begun, execution: 'another' });
    await expect(discoveries.save(begun, mine)).rejects.toThrow(RecordConflictError);
    expect(await discoveries.read(begun.id)).toEqual(theirs);
  });

  it('recognizes its own save after a lost answer', async () => {
    const begun = await discoveries.save(null, beginDiscovery('lost', NOW));
    table.loseNextPut();
    const read = await discoveries.save(begun, withPage(begun, page('?page=2'), AT));
    expect(await discoveries.read(begun.id)).toEqual(read);
  });

  it('lists the latest first, whatever their executions are called', async () => {
    const older = await discoveries.save(null, beginDiscovery('z', Date.parse('2027-01-01T00:00:00Z')));
    const newer = await discoveries.save(null, beginDiscovery('a', Date.parse('2027-01-02T00:00:00Z')));
    expect(await discoveries.latest()).toEqual(newer);
    expect(await discoveries.list(2)).toEqual([newer, older]);
    expect(await discoveries.list(100)).toHaveLength(6);
  });
});
