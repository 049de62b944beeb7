/** Cleans up after a race that created one thing several times. */
import type { AsRead } from '../../ports/ehr/ehr.ts';
import { changed } from './chart-update/change.ts';
import type { FhirClient } from './client/client.ts';

/**
 * Of resources that say the same, keeps the one with the lowest id and marks the others as entered in error; every caller
 * that cleans up keeps the same one. Answers the kept one, null for none.
 */
export async function keepOne(fhir: FhirClient, found: readonly AsRead[]): Promise<AsRead | null> {
  const [kept = null, ...others] = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const other of others) await fhir.replace(changed(other, { status: 'entered-in-error' }));
  return kept;
}
