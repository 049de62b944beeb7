/** StaffRequests in the one table: one item per patient and request. */
import * as z from 'zod/mini';
import { ACTIONS } from '../../domain/case/work.ts';
import type { StaffRequest, StaffRequests } from '../../ports/case/staff-requests.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { instant, text } from './stored.ts';
import { PARTITION_KEY } from './table.ts';

/** Prefix of a request's sort key. */
export const REQUEST = 'REQUEST#';

export const requestItem: z.ZodMiniType<Omit<StaffRequest, 'patientId'>> = z.object({
  id: text,
  action: z.enum(ACTIONS),
  actor: z.string(),
  reason: z.string(),
  at: instant,
});

const requestKey = (patientId: string, id: string) => keyOf('PATIENT', patientId, `${REQUEST}${id}`);

export function createDynamoDbStaffRequests(table: TableOptions): StaffRequests {
  const items = createItems(table);
  return {
    async put({ patientId, ...request }) {
      const item = { ...requestKey(patientId, request.id), ...request };
      // A repeated request keeps the time of the first one.
      await items.put(item, { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` });
    },
    async read(patientId, id) {
      const item = await items.get(requestKey(patientId, id));
      return item === null ? null : { patientId, ...items.parse(requestItem, item) };
    },
  };
}
