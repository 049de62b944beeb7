import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbPauseSwitch } from '../../functions/adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbSweepRecords } from '../../functions/adapters/dynamodb/dynamodb-sweep-records.ts';
import { beginRun, endRun, withMinute } from '../../functions/domain/batch/sweep.ts';
import { tableUnderTest } from './table-under-test.ts';

const DAY = '2026-06-15';
let table: Awaited<ReturnType<typeof tableUnderTest>>;
beforeAll(async () => {
  table = await tableUnderTest();
});
afterAll(() => table.close());

describe('SweepRecords: DynamoDB over HTTP, the local DynamoDB', () => {
  const counts = { STARTED: 2, RUNNING: 1, NOT_DUE: 3, PAUSED: 0, FAILED: 1 };

  it('gives back a run as it was saved, and lists a day’s runs in their order', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    const later = beginRun(DAY, 'a-later', true, '2026-06-15T11:00:00Z');
    const first = endRun(
      withMinute(beginRun(DAY, 'b-first', false, '2026-06-15T09:00:00Z'), 0, counts),
      '2026-06-15T09:01:00Z',
      'DAILY_LIMIT',
    );
    await sweeps.save(later);
    await sweeps.save(first);
    expect(await sweeps.read(DAY, 'b-first')).toEqual(first);
    expect(await sweeps.read(DAY, 'unknown-1')).toBeNull();
    expect(await sweeps.list(DAY)).toEqual([first, later]);
    expect(await sweeps.list('2026-06-16')).toEqual([]);
  });

  it('keeps every start of a run once, however often a page is noted', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    const run = beginRun(DAY, 'starts', false, '2026-06-15T09:00:00Z');
    const other = beginRun(DAY, 'starts-of-another', false, '2026-06-15T09:00:00Z');
    const page = [{ patientId: 'p1', execution: 'e1' }];
    await sweeps.notePage(run, 0, 0, page);
    await sweeps.notePage(run, 0, 0, page);
    await sweeps.notePage(run, 11, 2, [{ patientId: 'p2', execution: 'e2' }]);
    await sweeps.notePage(run, 2, 0, []);
    // Minute 0 was tried again.
    await sweeps.notePage(run, 0, 0, [{ patientId: 'p4', execution: 'e4' }]);
    await sweeps.notePage(other, 0, 0, [{ patientId: 'p3', execution: 'e3' }]);
    expect(await sweeps.listStarts(DAY, 'starts')).toEqual([
      ...page,
      { patientId: 'p4', execution: 'e4' },
      { patientId: 'p2', execution: 'e2' },
    ]);
  });

  it('keeps what both tries of a minute started: the second finds running what the first one has started', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    const run = beginRun(DAY, 'twice', false, '2026-06-15T09:00:00Z');
    const [first, second] = ['p1', 'p2'].map((patientId) => ({ patientId, execution: `e-${patientId}` }));
    if (first === undefined || second === undefined) throw new Error('two starts');
    await sweeps.notePage(run, 0, 0, [first]);
    await sweeps.notePage(run, 0, 0, [second]);
    await sweeps.notePage(run, 0, 0, [second]);
    expect(await sweeps.listStarts(DAY, 'twice')).toEqual([first, second]);
  });

  it('lists more than one page of the table', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    const run = beginRun(DAY, 'large', false, '2026-06-15T09:00:00Z');
    // 60 pages of about 20 KB each: more than the 1 MB that one query answers
    const startedOn = (page: number) =>
      Array.from({ length: 200 }, (_, index) => ({
        patientId: `p${index}`,
        execution: `${page}-${index}`.padEnd(80, 'e'),
      }));
    for (let page = 0; page < 60; page++) await sweeps.notePage(run, 0, page, startedOn(page));
    expect(await sweeps.listStarts(DAY, 'large')).toHaveLength(12_000);
  });

  it('gives away each start of the day once, also to racers, and takes back what was not used', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    const taken = await Promise.all(Array.from({ length: 20 }, () => sweeps.takeAllowance(DAY, 7, 100)));
    expect(taken.reduce((sum, each) => sum + each)).toBe(100);
    expect(await sweeps.takeAllowance(DAY, 1, 100)).toBe(0);
    await sweeps.returnAllowance(DAY, 3);
    await sweeps.returnAllowance(DAY, 0);
    expect(await sweeps.takeAllowance(DAY, 10, 100)).toBe(3);
    expect(await sweeps.takeAllowance('2026-06-16', 10, 100)).toBe(10);
  });

  it('keeps giving when everything was given back', async () => {
    const sweeps = createDynamoDbSweepRecords(table);
    expect(await sweeps.takeAllowance('2026-06-17', 5, 100)).toBe(5);
    await sweeps.returnAllowance('2026-06-17', 5);
    expect(await sweeps.takeAllowance('2026-06-17', 4, 100)).toBe(4);
  });
});

describe('PauseSwitch: DynamoDB over HTTP, the local DynamoDB', () => {
  it('is off, then on with actor and reason, then off again', async () => {
    const pauseSwitch = createDynamoDbPauseSwitch(table);
    const paused = { actor: 'pat', reason: 'go-live', at: '2026-06-15T09:00:00Z' };
    expect(await pauseSwitch.read()).toBeNull();
    await pauseSwitch.set(paused);
    expect(await pauseSwitch.read()).toEqual(paused);
    await pauseSwitch.set(null);
    expect(await pauseSwitch.read()).toBeNull();
  });
});
