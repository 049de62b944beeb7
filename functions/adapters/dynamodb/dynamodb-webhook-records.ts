/** WebhookRecords in the one table: an item for each webhook, and one that counts for each minute. */

import * as z from 'zod/mini';
import { toInstant } from '../../domain/time/instant.ts';
import { EHR_EVENT_TYPES, type WebhookAnswer, webhookAnswer } from '../../domain/webhook/ehr-event.ts';
import type { WebhookRecord, WebhookRecords } from '../../ports/webhook/webhooks.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { count, text } from './stored.ts';
import { PARTITION_KEY, TTL_ATTRIBUTE } from './table.ts';

/** Senders repeat for three days or so (four are promised); a week holds their weekends, too. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;
/** A minute's count is of no use after it; an hour, since clocks differ. */
const COUNT_KEPT_SECONDS = 60 * 60;

const came = { digest: text, type: z.enum(EHR_EVENT_TYPES), attempt: count };
const webhookItem = z.discriminatedUnion('state', [
  z.object({ state: z.literal('RECEIVED'), ...came }),
  z.object({ state: z.literal('DECIDED'), ...came, ...webhookAnswer.shape }),
]);

const webhookKey = (id: string) => keyOf('WEBHOOK', id, 'WEBHOOK');
/** `2026-11-22T21:40` */
const minuteOf = (now: number) => toInstant(now).slice(0, 16);
const ttlOf = (now: number, keptSeconds: number) => Math.floor(now / 1000) + keptSeconds;

type Came = Omit<WebhookRecord, 'answer'>;

export function createDynamoDbWebhookRecords(table: TableOptions): WebhookRecords {
  const items = createItems(table);

  async function read(id: string): Promise<WebhookRecord | null> {
    const item = await items.get(webhookKey(id));
    if (item === null) return null;
    const stored = items.parse(webhookItem, item);
    const { digest, type, attempt } = stored;
    const answer = stored.state === 'DECIDED' ? { decision: stored.decision, execution: stored.execution } : null;
    return { id, digest, type, attempt, answer };
  }

  /** Stores the record where the condition holds; answers with what is stored then. A lost answer finds its own record. */
  async function store({ id, ...came }: Came, answer: WebhookAnswer | null, now: number, condition: string) {
    const state = answer === null ? 'RECEIVED' : 'DECIDED';
    const ttl = ttlOf(now, KEPT_SECONDS);
    const item = { ...webhookKey(id), ...came, ...answer, state, [TTL_ATTRIBUTE]: ttl };
    const isStored = await items.put(item, {
      ConditionExpression: condition,
      // "state" is one of DynamoDB's reserved words.
      ...(answer !== null && {
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':decided': 'DECIDED' },
      }),
    });
    return (isStored ? null : await read(id)) ?? { id, ...came, answer };
  }

  return {
    read,
    receive: (came, now) => store(came, null, now, `attribute_not_exists(${PARTITION_KEY})`),
    async decide(came, answer, now) {
      const decided = `attribute_not_exists(${PARTITION_KEY}) OR #state <> :decided`;
      return (await store(came, answer, now, decided)).answer ?? answer;
    },
    async count(now) {
      const counted = await items.update(keyOf('WEBHOOKS', minuteOf(now), 'COUNT'), {
        UpdateExpression: 'SET #ttl = :ttl ADD #count :one',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE, '#count': 'count' },
        ExpressionAttributeValues: { ':ttl': ttlOf(now, COUNT_KEPT_SECONDS), ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      });
      return Number(counted?.count);
    },
  };
}
