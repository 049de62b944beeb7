import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbOnceRecords } from '../../functions/adapters/dynamodb/dynamodb-once-records.ts';
import { createDynamoDbPracticeDecisions } from '../../functions/adapters/dynamodb/dynamodb-practice-decisions.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { PracticeDecision } from '../../functions/ports/batch/practice-records.ts';
import type { OnceRecords } from '../../functions/ports/case/once-records.ts';
import { tableUnderTest } from './table-under-test.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const SECOND = 1_000;
const DAY = 86_400_000;
let table: Awaited<ReturnType<typeof tableUnderTest>>;
let once: OnceRecords;
let ids = 0;
const newId = () => `id-${++ids}`;
beforeAll(async () => {
  table = await tableUnderTest();
  once = createDynamoDbOnceRecords({ ...table, newId });
});
afterAll(() => table.close());

describe('OnceRecords: DynamoDB over HTTP, the local DynamoDB', () => {
  it('lets one of ten begin', async () => {
    const id = newId();
    const begun = await Promise.all(Array.from({ length: 10 }, () => once.begin(id, 'd', NOW)));
    expect(begun.filter(({ kind }) => kind === 'BEGUN')).toHaveLength(1);
    expect(begun.filter(({ kind }) => kind === 'IN_FLIGHT')).toHaveLength(9);
  });

  it('gives every repetition the answer, for a day', async () => {
    const id = newId();
    const answer = { decision: 'STARTED', execution: 'x', nested: [1, null, { a: true }] };
    await once.begin(id, 'd', NOW);
    await once.finish(id, 'd', answer, NOW);
    expect(await once.begin(id, 'd', NOW + DAY - SECOND)).toEqual({ kind: 'DONE', answer });
    expect(await once.begin(id, 'd', NOW + DAY)).toEqual({ kind: 'BEGUN' });
  });

  it('tells another request from the same, whether it is done or not', async () => {
    const id = newId();
    await once.begin(id, 'd', NOW);
    expect(await once.begin(id, 'other', NOW + 60 * SECOND)).toEqual({ kind: 'OTHER' });
    await once.finish(id, 'd', {}, NOW);
    expect(await once.begin(id, 'other', NOW)).toEqual({ kind: 'OTHER' });
  });

  it('gives an unfinished one to the next caller half a minute later', async () => {
    const id = newId();
    await once.begin(id, 'd', NOW);
    expect(await once.begin(id, 'd', NOW + 29 * SECOND)).toEqual({ kind: 'IN_FLIGHT' });
    expect(await once.begin(id, 'd', NOW + 30 * SECOND)).toEqual({ kind: 'BEGUN' });
    expect(await once.begin(id, 'd', NOW + 31 * SECOND)).toEqual({ kind: 'IN_FLIGHT' });
  });

  it('forgets what came to nothing', async () => {
    const id = newId();
    await once.begin(id, 'd', NOW);
    await once.forget(id);
    await once.forget(id);
    expect(await once.begin(id, 'another', NOW)).toEqual({ kind: 'BEGUN' });
  });
});

describe('PracticeDecisions: DynamoDB over HTTP, the local DynamoDB', () => {
  it('are kept once each, and listed newest first, page by page', async () => {
    const decisions = createDynamoDbPracticeDecisions(table);
    const made = Array.from({ length: 7 }, (_, n): PracticeDecision => {
      const at = toInstant(NOW + Math.floor(n / 2) * SECOND);
      return { id: `d${n}`, action: 'pause', actor: 'ann', reason: `the ${n}th`, at, execution: null };
    });
    for (const each of [...made, ...made]) await decisions.put(each);
    const listed: PracticeDecision[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof decisions.list>> = await decisions.list(after, 3);
      expect(page.decisions.length).toBeLessThanOrEqual(3);
      listed.push(...page.decisions);
      after = page.next;
    } while (after !== null);
    expect(listed).toEqual(made.toReversed());
  });

  it.each(['x', '', Buffer.from('2026-06-15').toString('base64url'), Buffer.from('PAUSE').toString('base64url')])(
    'a cursor that is none, %j, is refused by its name',
    async (cursor) => {
      const decisions = createDynamoDbPracticeDecisions(table);
      await expect(decisions.list(cursor, 3)).rejects.toMatchObject({ name: 'WrongCursorError' });
    },
  );
});
