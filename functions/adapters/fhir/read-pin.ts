/** The PIN out of the form that holds it (P6). */
import type { QuestionnaireResponse } from 'fhir/r4';
import type { FhirClient } from './client.ts';
import { askedFor, ofType, pathOf, pinOf } from './read.ts';

/**
 * Null also where the chart has it wrong: an update whose encounter is another patient's shows nobody that patient's PIN,
 * and of two PINs in one update neither is shown.
 */
export async function readPin(fhir: FhirClient, patientId: string, encounter: string): Promise<string | null> {
  const forms = await fhir.search(`QuestionnaireResponse?encounter=Encounter/${encounter}&status=completed`);
  const isOfIt = (form: QuestionnaireResponse) => pathOf(form.encounter) === `Encounter/${encounter}`;
  const isTheirs = ({ subject }: QuestionnaireResponse) =>
    subject === undefined || pathOf(subject) === `Patient/${patientId}`;
  const pins = askedFor(ofType(forms, 'QuestionnaireResponse'), isOfIt).filter(isTheirs).map(pinOf);
  const [pin = null, ...others] = new Set(pins.filter((each) => each !== null));
  return others.length === 0 ? pin : null;
}
