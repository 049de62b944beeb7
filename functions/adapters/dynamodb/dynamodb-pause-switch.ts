/** PauseSwitch as one item of the table. */
import type { PauseSwitch, StartsPaused } from '../../ports/batch/practice-records.ts';
import { createItems, keyOf, type TableOptions, withoutKeys } from './items.ts';

const KEY = keyOf('PRACTICE', 'starts', 'PAUSE');

export function createDynamoDbPauseSwitch(table: TableOptions): PauseSwitch {
  const items = createItems(table);
  return {
    async read() {
      const item = await items.get(KEY);
      return item === null ? null : (withoutKeys(item) as unknown as StartsPaused); // written by `set` alone
    },
    async set(paused) {
      if (paused === null) await items.remove(KEY);
      else await items.put({ ...KEY, ...paused });
    },
  };
}
