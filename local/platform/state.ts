/** Opens the state that a platform starts from: kept data, the practice's clock and the table's database. */
import { realTime, useClock } from '../../functions/runtime/clock.ts';
import { createDynamoDb, type DynamoDb } from '../dynamodb/dynamodb.ts';
import { type Kept, type KeptState, openKept } from '../kept/kept.ts';
import { KeptDataError } from '../kept/kept-folder.ts';
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
 * @param externalBase base URL of an external FHIR server; its time is the machine's, so the clock stands on that
 * @throws KeptDataError, DatabaseNotOpenError
 */
export async function openState(dataDir: string | undefined, externalBase: string | null): Promise<State> {
  const kept = dataDir === undefined ? null : await openKept(dataDir);
  if (kept !== null) await claimFor(kept, externalBase);
  const before = (await kept?.read()) ?? null;
  const clock = createVirtualClock({
    ...(kept && { offsetMs: kept.offsetMs, keep: kept.keepOffset, keepMoved: kept.keepMoved }),
    ...(externalBase !== null && { fixed: fixedBy(externalBase) }),
  });
  // With an external server time passes by itself, so that pauses between requests are real.
  if (externalBase === null) useClock(clock);
  const dynamodb = await createDynamoDb({ now: clock.now, ...(kept && { path: kept.tablePath }) });
  return { kept, before, clock, dynamodb };
}

function fixedBy(externalBase: string): string {
  return `The clock cannot be moved: ${externalBase} has its own time. Start without --ehr to move it.`;
}

/** A folder belongs to the chart that it began with: its records name that chart's ids. */
async function claimFor(kept: Kept, externalBase: string | null): Promise<void> {
  const { practice } = kept;
  const isSame =
    externalBase === null ? !practice?.fingerprint.startsWith('ehr ') : practice?.fingerprint === `ehr ${externalBase}`;
  if (practice !== null && !isSame) {
    await kept.close();
    throw new KeptDataError(
      'The data folder belongs to another chart. Give --ehr as it was, or another folder to --data.',
    );
  }
  if (practice !== null || externalBase === null) return;
  await kept.keepPractice({ fingerprint: `ehr ${externalBase}`, seededAt: realTime(), patientIds: [], loaded: true });
}
