/** PinReservations in the one table, by fingerprint. */
import type { PinReservations } from '../../ports/case/pin-reservations.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { KEPT_SECONDS, PARTITION_KEY, TTL_ATTRIBUTE } from './table.ts';

export function createDynamoDbPinReservations(table: TableOptions): PinReservations {
  const items = createItems(table);
  return {
    async reserve(fingerprint, owner, now) {
      const seconds = Math.floor(now / 1000);
      const key = keyOf('FINGERPRINT', fingerprint, 'FINGERPRINT');
      return items.put(
        { ...key, owner, [TTL_ATTRIBUTE]: seconds + KEPT_SECONDS },
        {
          // TTL deletes late: an expired reservation is free although it is still stored.
          ConditionExpression: `attribute_not_exists(${PARTITION_KEY}) OR #owner = :owner OR #ttl <= :now`,
          ExpressionAttributeNames: { '#owner': 'owner', '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: { ':owner': owner, ':now': seconds },
        },
      );
    },
  };
}
