/** Charts of patients for journeys. Each is unique, so a mail or a PIN identifies its patient. */
import type { FhirResource } from 'fhir/r4';
import { DAY } from '../../../local/demo/case.ts';
import {
  careTeam,
  draftMedicationRequest,
  email,
  type PatientOrder,
  patient,
} from '../../../local/demo/chart-builders.ts';
import { FAMILY_DOCTORS, PRIMARY_CARE } from '../../../local/demo/directory.ts';
import { pinDocumentId, resourcesOf, signedPinUpdate, syntheticPin } from '../../../local/demo/signed-pin-update.ts';

/** A PIN by hand for the n-th patient of a file; `which` counts the patient's. */
export function pinOf(patientId: string, which: number): string {
  return syntheticPin(Number(patientId.replace(/\D/g, '')) * 10 + which);
}

export function addressOf(patientId: string): string {
  return `${patientId}@example.com`;
}

/** The patient with one address and one doctor; `differing` replaces. */
export function person(patientId: string, differing: Partial<PatientOrder> = {}) {
  return patient({
    id: patientId,
    name: { given: 'Robin', family: 'Hale' },
    telecom: [email(addressOf(patientId))],
    generalPractitioner: [FAMILY_DOCTORS[0]],
    managingOrganization: PRIMARY_CARE,
    ...differing,
  });
}

/** A patient with a PIN by hand of `days` days, a care team, and a prescription that waits as a draft (P11, P12). */
export function chart(
  patientId: string,
  now: number,
  days: number,
  differing: Partial<PatientOrder> = {},
): FhirResource[] {
  const [provider] = FAMILY_DOCTORS;
  const signedAt = now - days * DAY;
  const update = signedPinUpdate({
    patient: patientId,
    pin: pinOf(patientId, 0),
    signedAt,
    provider,
    location: PRIMARY_CARE,
  });
  return [
    person(patientId, differing),
    ...resourcesOf(update),
    careTeam({
      id: `${patientId}-team`,
      patient: patientId,
      organization: PRIMARY_CARE,
      participants: [FAMILY_DOCTORS[1]],
    }),
    draftMedicationRequest(`${patientId}-order`, {
      patient: patientId,
      requester: provider,
      medication: 'Lisinopril 10 mg oral tablet',
      authoredAt: now - DAY,
    }),
  ];
}

/** The document of the PIN that `chart` puts there. */
export function oldDocumentOf(patientId: string): string {
  return pinDocumentId(patientId, 1);
}
