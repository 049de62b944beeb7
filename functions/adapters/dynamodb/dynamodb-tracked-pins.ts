/** TrackedPins in the one table: the item that DynamoDB TTL deletes after the 30 days (P8). */
import type { TrackedPin, TrackedPins } from '../../ports/case/tracked-pins.ts';
import { createItems, keyOf, type TableOptions, withoutKeys } from './items.ts';

const pinKey = (patientId: string) => keyOf('PATIENT', patientId, 'PIN');

export function createDynamoDbTrackedPins(table: TableOptions): TrackedPins {
  const items = createItems(table);
  return {
    async put({ patientId, ...item }) {
      await items.put({ ...pinKey(patientId), ...item });
    },
    async read(patientId) {
      const item = await items.get(pinKey(patientId));
      return item === null ? null : ({ patientId, ...withoutKeys(item) } as TrackedPin);
    },
    remove: (patientId) => items.remove(pinKey(patientId)),
  };
}
