/** SentMessages in the one table, by SES message id. */
import * as z from 'zod/mini';
import { FEEDBACK_KINDS } from '../../domain/email/email-event.ts';
import type { Feedback } from '../../domain/email/email-feedback.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import type { SentMessage, SentMessages } from '../../ports/email/sent-messages.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { instant, text } from './stored.ts';
import { KEPT_SECONDS, PARTITION_KEY, TTL_ATTRIBUTE } from './table.ts';

const messageItem: z.ZodMiniType<Omit<SentMessage, 'sesId'>> = z.object({
  patientId: text,
  document: text,
  sentAt: instant,
  feedback: z._default(z.partialRecord(z.enum(FEEDBACK_KINDS), instant), {}),
});

function messageKey(sesId: string) {
  return keyOf('MESSAGE', sesId, 'MESSAGE');
}

function isSame(a: Feedback, b: Feedback): boolean {
  const entries = (feedback: Feedback) => JSON.stringify(Object.entries(feedback).sort());
  return entries(a) === entries(b);
}

export function createDynamoDbSentMessages(table: TableOptions): SentMessages {
  const items = createItems(table);

  async function read(sesId: string): Promise<SentMessage | null> {
    const item = await items.get(messageKey(sesId));
    if (item === null) return null;
    return { sesId, ...items.parse(messageItem, item) };
  }

  return {
    async put({ sesId, patientId, document, sentAt }) {
      const ttl = Math.floor(Date.parse(sentAt) / 1000) + KEPT_SECONDS;
      const item = { ...messageKey(sesId), patientId, document, sentAt, [TTL_ATTRIBUTE]: ttl };
      // A repeated step must not overwrite feedback received since.
      await items.put(item, { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` });
    },
    read,
    async noteFeedback({ sesId, feedback: before }, feedback) {
      const known = Object.keys(before).length;
      const noted = await items.update(messageKey(sesId), {
        // Feedback only grows, so its count tells whether more came meanwhile.
        UpdateExpression: 'SET feedback = :after, said = :said',
        ConditionExpression: `attribute_exists(${PARTITION_KEY}) AND ${known === 0 ? 'attribute_not_exists(said)' : 'said = :known'}`,
        ExpressionAttributeValues: {
          ':after': feedback,
          ':said': Object.keys(feedback).length,
          ...(known > 0 && { ':known': known }),
        },
      });
      if (noted !== null) return;
      // The SDK repeats a call after a lost answer; then the condition fails on our own write.
      const stored = (await read(sesId))?.feedback ?? {};
      if (!isSame(stored, feedback)) throw new RecordConflictError('FEEDBACK_CHANGED');
    },
  };
}
