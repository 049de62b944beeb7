/** Brings the practice into the chart, unless kept data holds it already. */
import { createHash } from 'node:crypto';
import type { Bundle } from 'fhir/r4';
import { demoPractice } from '../demo/practice.ts';
import { KeptDataError } from '../kept/kept-folder.ts';
import type { Platform } from '../platform/platform.ts';
import { patientIdsOf, readPractice } from './practice.ts';

export interface LoadedPractice {
  patientIds: string[];
  /** Whether an earlier start loaded it: what has ended then is not started again. */
  isResumed: boolean;
}

/**
 * Loads the practice at `path` (null: the demo practice) and answers with its patients. Kept data takes no other practice
 * than the one it began with; its policy may change.
 * @throws PracticeError, PracticeDataError, KeptDataError
 */
export async function loadPractice(
  { clock, ehr, kept }: Pick<Platform, 'clock' | 'ehr' | 'kept'>,
  path: string | null,
): Promise<LoadedPractice> {
  const given = path === null ? null : readPractice(path);
  const fingerprint = given === null ? 'demo' : fingerprintOf(given);
  const before = kept?.practice ?? null;
  if (before !== null && before.fingerprint !== fingerprint) {
    throw new KeptDataError(
      'The data folder holds another practice. Give --practice as it was, unchanged, or another folder to --data.',
    );
  }
  if (before?.loaded) return { patientIds: before.patientIds, isResumed: true };
  const seededAt = before?.seededAt ?? clock.now();
  const bundles = given ?? demoPractice(seededAt).bundles;
  const patientIds = patientIdsOf(bundles);
  // Noted before: what a killed start left half-loaded is loaded again by the next one, and by no other practice.
  await kept?.keepPractice({ fingerprint, seededAt, patientIds, loaded: false });
  try {
    await ehr.load(bundles);
  } catch (error) {
    await kept?.keepPractice(null); // refused as a whole, so that it may be mended
    throw error;
  }
  await kept?.keepPractice({ fingerprint, seededAt, patientIds, loaded: true });
  return { patientIds, isResumed: false };
}

function fingerprintOf(bundles: readonly Bundle[]): string {
  const hash = createHash('sha256');
  for (const bundle of bundles) hash.update(JSON.stringify(bundle));
  return hash.digest('hex');
}
