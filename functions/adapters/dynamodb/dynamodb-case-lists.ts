/**
 * CaseLists from the table's indexes `work` and `due`. Several partitions are merged into one order, so a cursor says
 * where each of them goes on.
 */
import * as z from 'zod/mini';
import { TODOS, type Todo, type WorkEntry } from '../../domain/case/work.ts';
import { WrongCursorError } from '../../domain/errors.ts';
import { OUTCOMES } from '../../domain/outcomes.ts';
import type { CaseLists, WorkCount, WorkFilter } from '../../ports/case/case-lists.ts';
import type { StaffRequest } from '../../ports/case/staff-requests.ts';
import { shardName, shardOf } from './dynamodb-case-records.ts';
import { REQUEST, requestItem } from './dynamodb-staff-requests.ts';
import { createItems, type Item, type Items, keyOf, type TableOptions } from './items.ts';
import { DUE_INDEX, PARTITION_KEY, SHARDS, SORT_KEY, WORK_INDEX } from './table.ts';

const WORK_OUTCOMES: readonly WorkEntry['outcome'][] = [...OUTCOMES, 'FAILED'];
/** Sorts before every place and after every one: an instant begins with a digit. */
const [FIRST, LAST] = ['0', 'Z'];
/** Just after a place: sorts before whatever a FHIR id may go on with. */
const JUST_AFTER = '!';
/** Index entries that one page may look through for a filter that fits few: a megabyte or so, half a second. */
const LOOKED_THROUGH = 10_000;

const PLACE = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[A-Za-z0-9.-]{1,64}$/));
/** Of each shard the last day and patient shown, 0 where nothing is left, null where nothing was shown. */
const SHARD_PLACES = z
  .array(z.union([z.null(), z.literal(0), z.tuple([z.iso.date(), z.string().check(z.regex(/^[A-Za-z0-9.-]{1,64}$/))])]))
  .check(z.length(SHARDS));
/** An entry of the index `work`. */
const workItem = z.object({ workTodo: z.enum(TODOS), [WORK_INDEX.sortKey]: z.string() });
type ShardPlace = z.infer<typeof SHARD_PLACES>[number];

function read<T>(schema: z.ZodMiniType<T>, cursor: string): T {
  try {
    return z.parse(schema, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new WrongCursorError('WRONG_CURSOR');
  }
}

const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function createDynamoDbCaseLists(table: TableOptions): CaseLists {
  const items = createItems(table);
  return {
    async listWork(filter, after, limit) {
      const from = after === null ? (filter.from ?? FIRST) : `${read(PLACE, after)}${JUST_AFTER}`;
      const outcomes = filter.outcome === null ? WORK_OUTCOMES : [filter.outcome];
      const found = await Promise.all(outcomes.map((outcome) => workOf(items, outcome, filter, from, limit)));
      const places = found.flatMap((each) => each.places).toSorted(byText);
      // Beyond where a partition was looked through, others may not go on: what it holds there is not known yet.
      const known = found.flatMap(({ seenUpTo }) => seenUpTo ?? []).toSorted(byText)[0];
      const within = places.filter((place) => known === undefined || place <= known);
      const shown = within.slice(0, limit);
      const isLast = known === undefined && shown.length === places.length;
      const last = shown.length < within.length || known === undefined ? shown.at(-1) : known;
      return {
        patientIds: shown.map((place) => place.slice(place.indexOf('#') + 1)),
        next: isLast || last === undefined ? null : written(last),
      };
    },

    async countWork(limit) {
      const counted = await Promise.all(WORK_OUTCOMES.map((outcome) => countOf(items, outcome, limit)));
      const byTodo = new Map<Todo, WorkCount>();
      for (const { todo, since } of counted.flatMap((each) => each.entries)) {
        const { count, oldestSince } = byTodo.get(todo) ?? { count: 0, oldestSince: since };
        byTodo.set(todo, { todo, count: count + 1, oldestSince: since < oldestSince ? since : oldestSince });
      }
      return { counts: [...byTodo.values()], isComplete: counted.every((each) => each.isComplete) };
    },

    async listLooks(from, to, after, limit) {
      const places = after === null ? Array.from({ length: SHARDS }, () => null) : read(SHARD_PLACES, after);
      const found = await Promise.all(places.map((place, shard) => looksOf(items, shard, { from, to }, place, limit)));
      const merged = found
        .flatMap(({ looks }, shard) => looks.map((look) => ({ ...look, shard })))
        .toSorted((a, b) => byText(a.day, b.day) || a.shard - b.shard);
      const shown = merged.slice(0, limit);
      const next = found.map(({ looks, isLast }, shard): ShardPlace => {
        const mine = shown.filter((each) => each.shard === shard);
        const last = mine.at(-1);
        if (isLast && mine.length === looks.length) return 0;
        return last === undefined ? (places[shard] ?? null) : [last.day, last.patientId];
      });
      const isOver = next.every((place) => place === 0);
      return { patientIds: shown.map(({ patientId }) => patientId), next: isOver ? null : written(next) };
    },

    async countDue(day, limit) {
      const counts = await Promise.all(
        Array.from({ length: SHARDS }, (_, shard) => dueOf(items, shard, day, Math.ceil(limit / SHARDS))),
      );
      return {
        count: counts.reduce((sum, { count }) => sum + count, 0),
        isComplete: counts.every(({ isComplete }) => isComplete),
      };
    },

    async listRequests(patientId, limit) {
      const requests: StaffRequest[] = [];
      let next: Item | null = null;
      do {
        const page: { items: Item[]; next: Item | null } = await items.query({
          KeyConditionExpression: `${PARTITION_KEY} = :pk AND begins_with(${SORT_KEY}, :prefix)`,
          ExpressionAttributeValues: { ':pk': `PATIENT#${patientId}`, ':prefix': REQUEST },
          ConsistentRead: true,
          ...(next !== null && { ExclusiveStartKey: next }),
        });
        requests.push(...items.parseAll(requestItem, page.items).map((request) => ({ patientId, ...request })));
        next = page.next;
      } while (next !== null);
      // Their ids are in no order of time; a patient has a few dozen in a lifetime.
      return requests.toSorted((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id)).slice(0, limit);
    },
  };
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

interface Works {
  places: string[];
  /** Up to where the partition was looked through; null: to its end. */
  seenUpTo: string | null;
}

/** The places of one outcome from `from` on, until there are enough of them or enough was looked through. */
async function workOf(items: Items, outcome: string, filter: WorkFilter, from: string, limit: number): Promise<Works> {
  const to = filter.before ?? LAST;
  const { expression, names, values } = conditionOf(filter);
  // A page of a filter that fits few is looked through in few queries.
  const Limit = expression === null ? limit : Math.max(limit, 1_000);
  const places: string[] = [];
  let next: Item | null = null;
  for (let looked = 0; from <= to && places.length < limit && looked < LOOKED_THROUGH; looked += Limit) {
    const page: { items: Item[]; next: Item | null } = await items.query({
      IndexName: WORK_INDEX.name,
      KeyConditionExpression: '#key = :key AND #sort BETWEEN :from AND :to',
      ...(expression !== null && { FilterExpression: expression }),
      ProjectionExpression: '#sort',
      ExpressionAttributeNames: { '#key': WORK_INDEX.partitionKey, '#sort': WORK_INDEX.sortKey, ...names },
      ExpressionAttributeValues: { ':key': outcome, ':from': from, ':to': to, ...values },
      Limit,
      ...(next !== null && { ExclusiveStartKey: next }),
    });
    places.push(...page.items.map((item) => String(item[WORK_INDEX.sortKey])));
    next = page.next;
    if (next === null) return { places, seenUpTo: null };
  }
  return { places, seenUpTo: next === null ? null : String(next[WORK_INDEX.sortKey]) };
}

/** What an entry is filtered by, by what the index holds. */
function conditionOf({ reason, todo, location }: WorkFilter) {
  const wanted = Object.entries({ reason, workTodo: todo, location }).filter(([, value]) => value !== null);
  return {
    expression: wanted.length === 0 ? null : wanted.map(([name]) => `#${name} = :${name}`).join(' AND '),
    names: Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
  };
}

/** What waits with one outcome, oldest first. */
async function countOf(items: Items, outcome: string, limit: number) {
  const entries: { todo: Todo; since: string }[] = [];
  let next: Item | null = null;
  do {
    const page: { items: Item[]; next: Item | null } = await items.query({
      IndexName: WORK_INDEX.name,
      KeyConditionExpression: '#key = :key',
      ProjectionExpression: `#sort, workTodo, ${PARTITION_KEY}, ${SORT_KEY}`,
      ExpressionAttributeNames: { '#key': WORK_INDEX.partitionKey, '#sort': WORK_INDEX.sortKey },
      ExpressionAttributeValues: { ':key': outcome },
      Limit: limit - entries.length,
      ...(next !== null && { ExclusiveStartKey: next }),
    });
    const found = items.parseAll(workItem, page.items).map(({ workTodo, workSort }) => ({
      todo: workTodo,
      since: workSort.split('#', 1).join(''),
    }));
    entries.push(...found);
    next = page.next;
  } while (next !== null && entries.length < limit);
  return { entries, isComplete: next === null };
}

interface Looks {
  looks: { day: string; patientId: string }[];
  isLast: boolean;
}

async function looksOf(
  items: Items,
  shard: number,
  { from, to }: { from: string; to: string },
  place: ShardPlace,
  limit: number,
): Promise<Looks> {
  if (place === 0 || from > to) return { looks: [], isLast: true };
  const [day, patientId] = place ?? ['', ''];
  if (place !== null && shardOf(patientId) !== shardName(shard)) throw new WrongCursorError('WRONG_SHARD');
  // Today may have become yesterday since the page before.
  if (day > to) return { looks: [], isLast: true };
  const isWithin = place !== null && day >= from;
  const page = await items.query({
    IndexName: DUE_INDEX.name,
    KeyConditionExpression: '#shard = :shard AND #day BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#shard': DUE_INDEX.partitionKey, '#day': DUE_INDEX.sortKey },
    ExpressionAttributeValues: { ':shard': shardName(shard), ':from': from, ':to': to },
    Limit: limit,
    ...(isWithin && { ExclusiveStartKey: lookKey(shard, day, patientId) }),
  });
  const looks = page.items.map((item) => ({
    day: String(item[DUE_INDEX.sortKey]),
    patientId: String(item[PARTITION_KEY]).slice('PATIENT#'.length),
  }));
  return { looks, isLast: page.next === null };
}

/** The index's own key of an entry. */
function lookKey(shard: number, day: string, patientId: string): Item {
  const own = { [DUE_INDEX.partitionKey]: shardName(shard), [DUE_INDEX.sortKey]: day };
  return { ...keyOf('PATIENT', patientId, 'ACCOUNT'), ...own };
}

async function dueOf(items: Items, shard: number, day: string, limit: number) {
  let count = 0;
  let next: Item | null = null;
  do {
    const page: { count: number; next: Item | null } = await items.query({
      IndexName: DUE_INDEX.name,
      Select: 'COUNT',
      KeyConditionExpression: '#shard = :shard AND #day <= :day',
      ExpressionAttributeNames: { '#shard': DUE_INDEX.partitionKey, '#day': DUE_INDEX.sortKey },
      ExpressionAttributeValues: { ':shard': shardName(shard), ':day': day },
      ...(next !== null && { ExclusiveStartKey: next }),
    });
    count += page.count;
    next = page.next;
  } while (next !== null && count < limit);
  return { count, isComplete: next === null };
}
