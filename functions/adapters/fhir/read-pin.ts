/** The PIN out of the form that holds it (P6). */
import type { QuestionnaireResponse } from 'fhir/r4';
import type { FhirClient } from './client.ts';
import { askedFor, ofType, pathOf, pinOf } from './read.ts';

export async function readPin(fhir: FhirClient, encounter: string): Promise<string | null> {
  const forms = await fhir.search(`QuestionnaireResponse?encounter=Encounter/${encounter}&status=completed`);
  const isOfIt = (form: QuestionnaireResponse) => pathOf(form.encounter) === `Encounter/${encounter}`;
  const pins = askedFor(ofType(forms, 'QuestionnaireResponse'), isOfIt).map(pinOf);
  return pins.find((pin) => pin !== null) ?? null;
}
