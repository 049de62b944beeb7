/** SweepRecords: the items of `SWEEP#<day>`, which TTL deletes after a year. */

import * as z from 'zod/mini';
import { SWEEP_DECISIONS, SWEEP_STOPS, type SweepRun } from '../../domain/batch/sweep.ts';
import type { Day } from '../../domain/time/calendar.ts';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import { createItems, type Item, keyOf, type TableOptions } from './items.ts';
import { day as calendarDay, count, instant, text } from './stored.ts';
import { PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from './table.ts';

/** Reports of a year can be compared with each other. */
const KEPT_SECONDS = 366 * 24 * 60 * 60;

const runItem: z.ZodMiniType<SweepRun> = z.object({
  day: calendarDay,
  execution: text,
  dryRun: z.boolean(),
  startedAt: instant,
  endedAt: z.nullable(instant),
  stoppedBy: z.nullable(z.enum(SWEEP_STOPS)),
  minutes: count,
  counts: z.record(z.enum(SWEEP_DECISIONS), count),
});
const pageItem = z.object({ started: z.array(z.object({ patientId: text, execution: text })) });
/** Below zero where more was given back than an allowance of another day had taken. */
const allowanceItem = z.object({ used: z._default(z.int(), 0) });

const RUN = 'RUN#';
const PAGE = 'PAGE#';
const ALLOWANCE = 'ALLOWANCE';

/** Sorts a page's number as text; a minute has fewer than a thousand pages, a day 1,440 minutes. */
function padded(number: number): string {
  return String(number).padStart(4, '0');
}

function ttlOf(day: Day): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / 1000) + KEPT_SECONDS;
}

export function createDynamoDbSweepRecords(table: TableOptions): SweepRecords {
  const items = createItems(table);

  /** Every item of the day with this sort key prefix. */
  async function itemsOf(day: Day, prefix: string): Promise<Item[]> {
    const found: Item[] = [];
    let next: Item | null = null;
    do {
      const page: { items: Item[]; next: Item | null } = await items.query({
        KeyConditionExpression: `${PARTITION_KEY} = :pk AND begins_with(${SORT_KEY}, :prefix)`,
        ExpressionAttributeValues: { ':pk': `SWEEP#${day}`, ':prefix': prefix },
        ConsistentRead: true,
        ...(next !== null && { ExclusiveStartKey: next }),
      });
      found.push(...page.items);
      next = page.next;
    } while (next !== null);
    return found;
  }

  return {
    async read(day, execution) {
      const item = await items.get(keyOf('SWEEP', day, `${RUN}${execution}`));
      return item === null ? null : items.parse(runItem, item);
    },
    async save(run) {
      await items.put({
        ...keyOf('SWEEP', run.day, `${RUN}${run.execution}`),
        ...run,
        [TTL_ATTRIBUTE]: ttlOf(run.day),
      });
    },
    async notePage({ day, execution }, minute, page, started) {
      const [first] = started;
      if (first === undefined) return;
      // A minute that is tried again has the same pages with other starts: what was started before is RUNNING then.
      const sort = `${PAGE}${execution}#${padded(minute)}#${padded(page)}#${first.execution}`;
      const key = keyOf('SWEEP', day, sort);
      await items.put({ ...key, started, [TTL_ATTRIBUTE]: ttlOf(day) });
    },
    async list(day) {
      const runs = items.parseAll(runItem, await itemsOf(day, RUN));
      return runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    },
    async listStarts(day, execution) {
      return items.parseAll(pageItem, await itemsOf(day, `${PAGE}${execution}#`)).flatMap(({ started }) => started);
    },
    async takeAllowance(day, wanted, dailyLimit) {
      const key = keyOf('SWEEP', day, ALLOWANCE);
      // A racer may take some between the read and the update; then it is read again.
      for (;;) {
        const stored = await items.get(key);
        const used = stored === null ? 0 : items.parse(allowanceItem, stored).used;
        const taken = Math.max(0, Math.min(wanted, dailyLimit - used));
        if (taken === 0) return 0;
        const change = {
          UpdateExpression: 'SET used = :next, #ttl = :ttl',
          ConditionExpression: used === 0 ? 'attribute_not_exists(used) OR used = :used' : 'used = :used',
          ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: { ':next': used + taken, ':used': used, ':ttl': ttlOf(day) },
        };
        if ((await items.update(key, change)) !== null) return taken;
      }
    },
    async returnAllowance(day, unused) {
      if (unused === 0) return;
      await items.update(keyOf('SWEEP', day, ALLOWANCE), {
        UpdateExpression: 'ADD used :unused',
        ExpressionAttributeValues: { ':unused': -unused },
      });
    },
  };
}
