/** The PIN out of the form that holds it (P6). */
import type { FhirClient } from './client/client.ts';
import { formsIn } from './read/pin-document.ts';

/**
 * Null also if the chart is wrong: an update with another patient's encounter does not show that patient's PIN,
 * and of two PINs in one update neither is shown.
 */
export async function readPin(fhir: FhirClient, patientId: string, encounter: string): Promise<string | null> {
  const forms = await fhir.search({
    type: 'QuestionnaireResponse',
    where: { encounter: `Encounter/${encounter}`, status: ['completed'] },
  });
  const pins = formsIn(forms, fhir.base)
    .filter(({ status, subject }) => status === 'completed' && (subject === null || subject === `Patient/${patientId}`))
    .map(({ pin }) => pin);
  const [pin = null, ...others] = new Set(pins.filter((each) => each !== null));
  return others.length === 0 ? pin : null;
}
