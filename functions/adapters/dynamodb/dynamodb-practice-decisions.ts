/** PracticeDecisions: items of one partition in their order of time. A practice makes a few a week. */
import { WrongCursorError } from '../../domain/errors.ts';
import type { PracticeDecision, PracticeDecisions } from '../../ports/batch/practice-records.ts';
import { createItems, type Item, keyOf, type TableOptions, withoutKeys } from './items.ts';
import { PARTITION_KEY, SORT_KEY } from './table.ts';

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
        decisions: found.map(toDecision),
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

function toDecision(item: Item): PracticeDecision {
  return withoutKeys(item) as unknown as PracticeDecision; // written by `put` alone
}
