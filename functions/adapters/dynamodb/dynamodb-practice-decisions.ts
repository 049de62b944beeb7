/** PracticeDecisions: items of one partition in their order of time. A practice makes a few a week. */
import * as z from 'zod/mini';
import { WrongCursorError } from '../../domain/errors.ts';
import type { PracticeDecision, PracticeDecisions } from '../../ports/batch/practice-records.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { instant, text } from './stored.ts';
import { PARTITION_KEY, SORT_KEY } from './table.ts';

const decisionItem: z.ZodMiniType<PracticeDecision> = z.object({
  id: text,
  action: z.enum(['pause', 'resume', 'sweep', 'dry-run']),
  actor: z.string(),
  reason: z.string(),
  at: instant,
  execution: z.nullable(text),
});

const PARTITION = 'PRACTICE#decisions';
/** Sorts after every instant. */
const LAST = 'Z';
const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[A-Za-z0-9-]{1,64}$/;

export function createDynamoDbPracticeDecisions(table: TableOptions): PracticeDecisions {
  const items = createItems(table);
  return {
    async put(decision) {
      await items.put({ ...keyOf('PRACTICE', 'decisions', `${decision.at}#${decision.id}`), ...decision });
    },
    async list(after, limit) {
      const { items: found, next } = await items.query({
        KeyConditionExpression: `${PARTITION_KEY} = :pk AND ${SORT_KEY} < :before`,
        ExpressionAttributeValues: { ':pk': PARTITION, ':before': after === null ? LAST : placeOf(after) },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
      });
      const last = next?.[SORT_KEY];
      return {
        decisions: items.parseAll(decisionItem, found),
        next: last === undefined ? null : Buffer.from(String(last)).toString('base64url'),
      };
    },
  };
}

function placeOf(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (!PLACE.test(place)) throw new WrongCursorError('WRONG_CURSOR');
  return place;
}
