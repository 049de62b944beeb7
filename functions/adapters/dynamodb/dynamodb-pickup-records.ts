/**
 * PickupRecords in the one table: an item per link, one per document that holds its answers, one per source and hour.
 * Each change bears an id, so that one which the SDK repeats, because its answer got lost, changes nothing twice.
 */

import * as z from 'zod/mini';
import { ANSWER_LIMIT, type PickupToken, tombstoneEnd } from '../../domain/pickup/pickup.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { AnswersOf, PickupRecords } from '../../ports/pickup/pickup-records.ts';
import { createItems, type Item, keyOf, type TableOptions } from './items.ts';
import { instant, text } from './stored.ts';
import { TTL_ATTRIBUTE } from './table.ts';

/** Longer than a Lambda runs: work not finished by then never will be. */
const LEFT_BEHIND_MS = 60 * 1000;
/** An hour's count is of no use after it; an hour more, since clocks differ. */
const COUNT_KEPT_SECONDS = 2 * 60 * 60;

export interface PickupRecordsOptions extends TableOptions {
  newId(): string;
}

const tokenItem: z.ZodMiniType<Omit<PickupToken, 'hash'>> = z.object({
  patientId: text,
  document: text,
  expiresAt: instant,
});

const tokenKey = (hash: string) => keyOf('PICKUP', hash, 'PICKUP');
const answersKey = ({ patientId, document }: AnswersOf) => keyOf('PATIENT', patientId, `PICKUP#${document}`);

export function createDynamoDbPickupRecords({ newId, ...table }: PickupRecordsOptions): PickupRecords {
  const items = createItems(table);

  return {
    async putToken({ hash, ...token }) {
      await items.put({ ...tokenKey(hash), ...token, [TTL_ATTRIBUTE]: tombstoneEnd(token.expiresAt) });
    },
    async readToken(hash) {
      const item = await items.get(tokenKey(hash));
      if (item === null) return null;
      return { hash, ...items.parse(tokenItem, item) };
    },

    async takeAnswer(of, now, ttl) {
      const id = newId();
      const free = 'attribute_not_exists(answers) OR size(answers) < :limit OR contains(answers, :id)';
      const taken = await items.update(answersKey(of), {
        UpdateExpression: 'SET takenAt = :now, #ttl = :ttl ADD answers :ids',
        ConditionExpression: `attribute_not_exists(lockedAt) AND (${free})`,
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: {
          ...{ ':now': toInstant(now), ':ttl': ttl, ':limit': ANSWER_LIMIT },
          ...{ ':id': id, ':ids': new Set([id]) },
        },
        ReturnValues: 'ALL_NEW',
      });
      if (taken === null) return null;
      return { id, isLast: answersIn(taken) >= ANSWER_LIMIT };
    },
    async returnAnswer(of, { id }) {
      await items.update(answersKey(of), {
        UpdateExpression: 'DELETE answers :ids',
        ExpressionAttributeValues: { ':ids': new Set([id]) },
      });
    },

    async lock(of, now, isCertain) {
      const id = newId();
      const free = 'attribute_not_exists(tellingAt) OR tellingAt <= :leftBehind OR tellingBy = :id';
      const used = 'attribute_exists(lockedAt) OR (size(answers) >= :limit AND takenAt <= :leftBehind)';
      const claimed = await items.update(answersKey(of), {
        UpdateExpression: 'SET lockedAt = if_not_exists(lockedAt, :now), tellingAt = :now, tellingBy = :id',
        ConditionExpression: `attribute_not_exists(toldAt) AND (${free})${isCertain ? '' : ` AND (${used})`}`,
        ExpressionAttributeValues: {
          ...{ ':now': toInstant(now), ':leftBehind': toInstant(now - LEFT_BEHIND_MS), ':id': id },
          ...(!isCertain && { ':limit': ANSWER_LIMIT }),
        },
      });
      return claimed !== null;
    },
    async noteTold(of, now) {
      const id = newId();
      const told = await items.update(answersKey(of), {
        UpdateExpression: 'SET toldAt = if_not_exists(toldAt, :now), toldBy = if_not_exists(toldBy, :id)',
        ExpressionAttributeValues: { ':now': toInstant(now), ':id': id },
        ReturnValues: 'ALL_NEW',
      });
      return told?.toldBy === id;
    },

    async countTry(source, now) {
      const hour = toInstant(now).slice(0, 13);
      const counted = await items.update(keyOf('SOURCE', source, hour), {
        UpdateExpression: 'SET #ttl = :ttl ADD tries :one',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ':ttl': Math.floor(now / 1000) + COUNT_KEPT_SECONDS, ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      });
      return Number(counted?.tries ?? 0);
    },
  };
}

function answersIn({ answers }: Item): number {
  return answers instanceof Set ? answers.size : 0;
}
