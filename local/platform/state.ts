/** Opens the state that a platform starts from: kept data, the practice's clock and the table's database. */
import { useClock } from '../../functions/runtime/clock.ts';
import { createDynamoDb, type DynamoDb } from '../dynamodb/dynamodb.ts';
import { type Kept, type KeptState, openKept } from '../kept/kept.ts';
import { createVirtualClock, type VirtualClock } from '../settings/clock.ts';

export interface State {
  /** The data folder; null in memory. */
  kept: Kept | null;
  /** What an earlier start kept. */
  before: KeptState | null;
  clock: VirtualClock;
  dynamodb: DynamoDb;
}

/**
 * Runs before the gateway listens, so that an unusable data folder ends the start with nothing left open.
 * @throws KeptDataError, DatabaseNotOpenError
 */
export async function openState(dataDir: string | undefined): Promise<State> {
  const kept = dataDir === undefined ? null : await openKept(dataDir);
  const before = (await kept?.read()) ?? null;
  const clock = createVirtualClock(
    kept === null ? {} : { offsetMs: kept.offsetMs, keep: kept.keepOffset, keepMoved: kept.keepMoved },
  );
  useClock(clock);
  const dynamodb = await createDynamoDb({ now: clock.now, ...(kept && { path: kept.tablePath }) });
  return { kept, before, clock, dynamodb };
}
