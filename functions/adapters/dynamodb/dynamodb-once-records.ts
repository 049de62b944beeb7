/** OnceRecords: an item for each request that a person sent under a key of their own. */
import * as z from 'zod/mini';
import type { BegunRequest, OnceRecords } from '../../ports/case/once-records.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { text } from './stored.ts';
import { PARTITION_KEY, TTL_ATTRIBUTE } from './table.ts';

/** A finger is impatient for seconds, a page that lost its connection for minutes; a day is promised. */
const KEPT_SECONDS = 24 * 60 * 60;
/** A function that takes requests has 20 s; one that has not answered after 30 is dead. */
const IN_FLIGHT_SECONDS = 30;

const onceItem = z.discriminatedUnion('state', [
  z.object({ state: z.literal('BEGUN'), digest: text, token: text }),
  z.object({ state: z.literal('DONE'), digest: text, answer: z.unknown() }),
]);

const requestKey = (id: string) => keyOf('ACTION', id, 'ACTION');

export function createDynamoDbOnceRecords({ newId, ...table }: TableOptions & { newId(): string }): OnceRecords {
  const items = createItems(table);
  return {
    async begin(id, digest, now) {
      const seconds = Math.floor(now / 1000);
      const token = newId();
      const begun = {
        digest,
        token,
        state: 'BEGUN',
        until: seconds + IN_FLIGHT_SECONDS,
        [TTL_ATTRIBUTE]: seconds + KEPT_SECONDS,
      };
      const isOurs = await items.put(
        { ...requestKey(id), ...begun },
        {
          // TTL deletes late, and the practice's time may be moved: what has run out is free.
          ConditionExpression: `attribute_not_exists(${PARTITION_KEY}) OR #ttl <= :now OR (#state = :begun AND #until <= :now AND digest = :digest)`,
          ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE, '#state': 'state', '#until': 'until' },
          ExpressionAttributeValues: { ':now': seconds, ':begun': 'BEGUN', ':digest': digest },
        },
      );
      if (isOurs) return { kind: 'BEGUN' };
      const item = await items.get(requestKey(id));
      // Deleted in between: the next request decides.
      if (item === null) return { kind: 'IN_FLIGHT' };
      const stored = items.parse(onceItem, item);
      // The SDK repeats a call after a lost answer; then the condition fails on our own write.
      if (stored.state === 'BEGUN' && stored.token === token) return { kind: 'BEGUN' };
      return stored.digest === digest ? toBegun(stored) : { kind: 'OTHER' };
    },
    async finish(id, digest, answer, now) {
      const ttl = Math.floor(now / 1000) + KEPT_SECONDS;
      await items.put({ ...requestKey(id), digest, state: 'DONE', answer, [TTL_ATTRIBUTE]: ttl });
    },
    forget: (id) => items.remove(requestKey(id)),
  };
}

function toBegun(stored: z.infer<typeof onceItem>): BegunRequest {
  return stored.state === 'DONE' ? { kind: 'DONE', answer: stored.answer } : { kind: 'IN_FLIGHT' };
}
