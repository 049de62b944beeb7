/** PauseSwitch as one item of the table. */
import * as z from 'zod/mini';
import type { PauseSwitch, StartsPaused } from '../../ports/batch/practice-records.ts';
import { createItems, keyOf, type TableOptions } from './items.ts';
import { instant } from './stored.ts';

const pauseItem: z.ZodMiniType<StartsPaused> = z.object({ actor: z.string(), reason: z.string(), at: instant });

const KEY = keyOf('PRACTICE', 'starts', 'PAUSE');

export function createDynamoDbPauseSwitch(table: TableOptions): PauseSwitch {
  const items = createItems(table);
  return {
    async read() {
      const item = await items.get(KEY);
      return item === null ? null : items.parse(pauseItem, item);
    },
    async set(paused) {
      if (paused === null) await items.remove(KEY);
      else await items.put({ ...KEY, ...paused });
    },
  };
}
