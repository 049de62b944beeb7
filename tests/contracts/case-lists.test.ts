/** CaseLists against the local DynamoDB: every page of every filter, by a model of what is stored. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbCaseLists } from '../../functions/adapters/dynamodb/dynamodb-case-lists.ts';
import { type Account, newAccount } from '../../functions/domain/case/account.ts';
import { TODOS, workEntryOf } from '../../functions/domain/case/work.ts';
import { addDays } from '../../functions/domain/time/calendar.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { CaseLists, CasePage, WorkFilter } from '../../functions/ports/case/case-lists.ts';
import { type TableRecords, tableRecords } from '../support/worlds/table-records.ts';
import { tableUnderTest } from './table-under-test.ts';

const NOON = Date.parse('2026-06-15T12:00:00Z');
const EVERYTHING: WorkFilter = {
  outcome: null,
  reason: null,
  todo: null,
  location: null,
  from: null,
  before: null,
};

/** How cases end, in the proportions of a bad week. */
const ENDS: readonly Partial<Account>[] = [
  { outcome: 'REGENERATED', reason: null },
  { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
  { outcome: 'EMAIL_MISSING', reason: 'NONE' },
  { outcome: 'EMAIL_MISSING', reason: 'SUPPRESSED' },
  { outcome: 'HELD', reason: 'CHART_UNCLEAR' },
  { outcome: 'HELD', reason: 'CYCLE_LIMIT' },
  { outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' },
  { outcome: 'FAILED', reason: 'EhrUnavailableError' },
  {
    outcome: 'FAILED',
    reason: 'NotificationFateUnknownError',
    staffTasks: [{ code: 'notify-patient', reason: 'NotificationFateUnknownError' }],
  },
  { outcome: 'REGENERATED', reason: null, staffTasks: [{ code: 'notify-patient', reason: 'PICKUP_LOCKED' }] },
];

let table: Awaited<ReturnType<typeof tableUnderTest>>;
let lists: CaseLists;
let cases: TableRecords['cases'];
let staffRequests: TableRecords['staffRequests'];
const accounts: Account[] = [];

beforeAll(async () => {
  table = await tableUnderTest();
  lists = createDynamoDbCaseLists(table);
  let version = 0;
  ({ cases, staffRequests } = tableRecords({ ...table, newId: () => `v${version++}` }));
  for (let n = 0; n < 120; n++) {
    const end = ENDS[n % ENDS.length] ?? {};
    // Several in the same second, so that the patient decides the order.
    const endedAt = toInstant(NOON - (n % 7) * 86_400_000 - (n % 3) * 1_000);
    const isOpen = end.outcome !== 'REGENERATED' && end.outcome !== 'NOT_NEEDED';
    const account: Account = {
      ...newAccount(`p-${(n * 37) % 120}`),
      ...end,
      location: n % 4 === 0 ? 'clinic' : null,
      endedAt,
      unresolvedSince: isOpen ? endedAt : null,
      nextCheckDay: n % 11 === 0 ? null : addDays('2026-06-10', n % 23),
    };
    accounts.push(await cases.save(null, account));
  }
});
afterAll(() => table.close());

/** Every page until the last. */
async function all(read: (after: string | null) => Promise<CasePage>): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let after: string | null = null;
  let pages = 0;
  do {
    const page: CasePage = await read(after);
    ids.push(...page.patientIds);
    after = page.next;
    pages += 1;
  } while (after !== null);
  return { ids, pages };
}

function expected(filter: WorkFilter): string[] {
  return accounts
    .flatMap((account) => {
      const entry = workEntryOf(account);
      return entry === null ? [] : [{ account, ...entry }];
    })
    .filter(
      ({ account, since, todo }) =>
        (filter.outcome === null || account.outcome === filter.outcome) &&
        (filter.reason === null || account.reason === filter.reason) &&
        (filter.todo === null || todo === filter.todo) &&
        (filter.location === null || account.location === filter.location) &&
        (filter.from === null || since >= filter.from) &&
        (filter.before === null || since < filter.before),
    )
    .map(({ account, since }) => `${since}#${account.patientId}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((place) => place.slice(place.indexOf('#') + 1));
}

const orNull = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: null });
const instants = fc.integer({ min: -8, max: 1 }).map((days) => toInstant(NOON + days * 86_400_000));
const filters: fc.Arbitrary<WorkFilter> = fc.record({
  outcome: orNull(fc.constantFrom('REGENERATED', 'NOT_NEEDED', 'EMAIL_MISSING', 'HELD', 'FAILED')),
  reason: orNull(fc.constantFrom('NONE', 'CYCLE_LIMIT', 'EhrUnavailableError', 'NOBODY')),
  todo: orNull(fc.constantFrom(...TODOS)),
  location: fc.constantFrom(null, null, 'clinic', 'nowhere'),
  from: orNull(instants),
  before: orNull(instants),
});

describe('listWork', () => {
  it('holds the cases that need staff, oldest first, and no others', async () => {
    const { ids } = await all((after) => lists.listWork(EVERYTHING, after, 50));
    expect(ids).toEqual(expected(EVERYTHING));
    expect(ids.length).toBe(96);
  });

  it('pages through every filter without leaving out or repeating anybody', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 40 }), async (filter, limit) => {
        const { ids } = await all((after) => lists.listWork(filter, after, limit));
        expect(ids).toEqual(expected(filter));
      }),
      { numRuns: 60 },
    );
  });

  it('ends where it is said to: no page after the last full one', async () => {
    const { pages } = await all((after) => lists.listWork(EVERYTHING, after, 96));
    expect(pages).toBe(1);
  });

  it('leaves out resolved cases and cases with a closed Task', async () => {
    const account = await cases.save(null, {
      ...newAccount('comes-and-goes'),
      ...{ outcome: 'HELD', reason: 'CYCLE_LIMIT', endedAt: toInstant(NOON), unresolvedSince: toInstant(NOON) },
    });
    const ofHeld = async () =>
      (await all((after) => lists.listWork({ ...EVERYTHING, outcome: 'HELD' }, after, 50))).ids.filter(
        (id) => id === 'comes-and-goes',
      );
    expect(await ofHeld()).toHaveLength(1);
    const started = await cases.save(account, { ...account, attempt: 2, execution: 'x-2' });
    expect(await ofHeld()).toHaveLength(1);
    const resolved = await cases.save(started, {
      ...started,
      outcome: 'REGENERATED',
      reason: null,
      unresolvedSince: null,
    });
    expect(await ofHeld()).toHaveLength(0);
    expect(await cases.read('comes-and-goes')).toEqual(resolved);
  });
});

describe('countWork', () => {
  it('counts by what is to be done, with the age of the oldest', async () => {
    const { counts, isComplete } = await lists.countWork(1_000);
    expect(isComplete).toBe(true);
    for (const todo of TODOS) {
      const mine = accounts.flatMap((account) => {
        const entry = workEntryOf(account);
        return entry?.todo === todo ? [entry.since] : [];
      });
      const counted = counts.find((each) => each.todo === todo);
      if (mine.length === 0) expect(counted).toBeUndefined();
      else expect(counted).toEqual({ todo, count: mine.length, oldestSince: mine.toSorted()[0] });
    }
  });

  it('says that it stopped counting', async () => {
    const { counts, isComplete } = await lists.countWork(5);
    expect(isComplete).toBe(false);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  });
});

describe('listLooks and countDue', () => {
  const looks = (from: string, to: string) =>
    accounts
      .flatMap(({ patientId, nextCheckDay }) =>
        nextCheckDay !== null && nextCheckDay >= from && nextCheckDay <= to ? [{ patientId, nextCheckDay }] : [],
      )
      .toSorted((a, b) => (a.nextCheckDay < b.nextCheckDay ? -1 : a.nextCheckDay > b.nextCheckDay ? 1 : 0));

  it('pages through the days in their order, each patient once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -2, max: 24 }),
        fc.integer({ min: -1, max: 24 }),
        // A page is sixteen queries.
        fc.integer({ min: 5, max: 40 }),
        async (first, days, limit) => {
          const from = addDays('2026-06-10', first);
          const to = addDays(from, days);
          const { ids } = await all((after) => lists.listLooks(from, to, after, limit));
          const wanted = looks(from, to);
          expect(ids.toSorted()).toEqual(wanted.map(({ patientId }) => patientId).toSorted());
          const dayOf = (id: string) => accounts.find(({ patientId }) => patientId === id)?.nextCheckDay;
          expect(ids.map(dayOf)).toEqual(wanted.map(({ nextCheckDay }) => nextCheckDay));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('goes on from a cursor although the first day has moved on', async () => {
    const first = await lists.listLooks('2026-06-10', '2026-07-10', null, 10);
    const rest = await all((after) => lists.listLooks('2026-06-12', '2026-07-10', after ?? first.next, 10));
    const seen = new Set([...first.patientIds, ...rest.ids]);
    for (const { patientId } of looks('2026-06-12', '2026-07-10')) expect(seen).toContain(patientId);
    const none = await lists.listLooks('2026-06-01', '2026-06-02', first.next, 10);
    expect(none).toEqual({ patientIds: [], next: null });
  });

  it('counts the due patients', async () => {
    for (const day of ['2026-06-09', '2026-06-10', '2026-06-20', '2026-12-31']) {
      expect(await lists.countDue(day, 1_000)).toEqual({ count: looks('0000-01-01', day).length, isComplete: true });
    }
  });
});

describe('listRequests', () => {
  it('lists the decisions about one patient alone, newest first', async () => {
    const requests = [3, 1, 2].map((hours) => ({
      ...{ id: `r${hours}`, patientId: 'p-1', action: 'release' as const, actor: 'ann', reason: `after ${hours} h` },
      at: toInstant(NOON + hours * 3_600_000),
    }));
    for (const request of requests) await staffRequests.put(request);
    expect((await lists.listRequests('p-1', 10)).map(({ id }) => id)).toEqual(['r3', 'r2', 'r1']);
    expect(await lists.listRequests('p-1', 2)).toEqual([requests[0], requests[2]]);
    expect(await lists.listRequests('p-10', 10)).toEqual([]);
  });
});

describe('a cursor that is none of the list', () => {
  const forged = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
    fc
      .array(fc.tuple(fc.constantFrom('2026-06-12', '9999-99-99'), fc.constantFrom('p-1', '../x')), {
        minLength: 16,
        maxLength: 16,
      })
      .map((places) => Buffer.from(JSON.stringify(places)).toString('base64url')),
  );
  it('is refused by its name, whatever it is', async () => {
    const refused = expect.objectContaining({ name: 'WrongCursorError' });
    await fc.assert(
      fc.asyncProperty(forged, async (cursor) => {
        await expect(lists.listWork(EVERYTHING, cursor, 10)).rejects.toEqual(refused);
        await expect(lists.listLooks('2026-06-10', '2026-06-20', cursor, 10)).rejects.toEqual(refused);
      }),
    );
  });
});
