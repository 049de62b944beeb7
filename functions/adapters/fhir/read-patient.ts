/** P1: the patient, apart from what needs PIN documents. */

import type { Patient } from '../../domain/chart/patient.ts';
import { EhrUnavailableError, PatientNotFoundError } from '../../domain/errors.ts';
import type { FhirClient } from './client/client.ts';
import { patientIn } from './read/patient.ts';

/** PatientNotFoundError for 404 and 410; EhrUnavailableError (retried) where the answer is about another patient. */
export async function readPatient(fhir: FhirClient, patientId: string): Promise<Patient> {
  const resource = await fhir.read({ type: 'Patient', id: patientId });
  if (resource === null) throw new PatientNotFoundError('HTTP_404');
  if (resource.resourceType !== 'Patient' || resource.id !== patientId) {
    throw new EhrUnavailableError('ANSWER_IS_ANOTHER_PATIENT');
  }
  return patientIn(resource, patientId, fhir.base).patient;
}
