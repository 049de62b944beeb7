/** Ends a chart update (P9); the EHR then routes the document. */
import { DraftGoneError, EhrConflictError } from '../../../domain/errors.ts';
import { toInstant } from '../../../domain/time/instant.ts';
import type { AsRead, DraftIds } from '../../../ports/ehr/ehr.ts';
import type { FhirClient } from '../client/client.ts';
import { asReadOf, isObject } from '../client/resource.ts';
import { changed } from './change.ts';

/**
 * P9: a read, then a PUT bound to what was read. An update that is ended already is fine. DraftGoneError where it is neither
 * open nor ended; EhrConflictError (retried) where it changed meanwhile and is still open.
 */
export async function endUpdate(fhir: FhirClient, draft: DraftIds, now: number): Promise<void> {
  const open = await openEncounter(fhir, draft.encounter);
  if (open === null) return;
  const period = isObject(open.resource.period) ? open.resource.period : {};
  try {
    await fhir.replace(changed(open, { status: 'finished', period: { ...period, end: toInstant(now) } }));
  } catch (error) {
    // Of two that end it at once, the second finds it ended.
    if (error instanceof EhrConflictError && (await openEncounter(fhir, draft.encounter)) === null) return;
    throw error;
  }
}

/** Null: it is ended. */
async function openEncounter(fhir: FhirClient, id: string): Promise<AsRead | null> {
  const encounter = await fhir.read({ type: 'Encounter', id });
  const status = encounter?.resourceType === 'Encounter' ? encounter.status : null;
  if (status === 'finished') return null;
  if (encounter === null || status !== 'in-progress') throw new DraftGoneError('UPDATE_NOT_OPEN');
  return asReadOf(encounter, id);
}
