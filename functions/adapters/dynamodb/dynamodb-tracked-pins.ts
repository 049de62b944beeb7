/** TrackedPins in the one table: the item that DynamoDB TTL deletes after the 30 days (P8). */
import * as z from 'zod/mini';
import type { TrackedPin, TrackedPins } from '../../ports/case/tracked-pins.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { count, instant, text } from './stored.ts';

const pinItem: z.ZodMiniType<Omit<TrackedPin, 'patientId'>> = z.object({
  document: text,
  /** Empty where the PIN could not be read. */
  fingerprint: z.string(),
  issuedAt: instant,
  expiresAt: instant,
  ttl: count,
});

const pinKey = (patientId: string) => keyOf('PATIENT', patientId, 'PIN');

export function createDynamoDbTrackedPins(table: TableOptions): TrackedPins {
  const items = createItems(table);
  return {
    async put({ patientId, ...item }) {
      await items.put({ ...pinKey(patientId), ...item });
    },
    async read(patientId) {
      const item = await items.get(pinKey(patientId));
      return item === null ? null : { patientId, ...items.parse(pinItem, item) };
    },
    remove: (patientId) => items.remove(pinKey(patientId)),
  };
}
