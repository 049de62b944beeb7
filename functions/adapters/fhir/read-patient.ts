/** P1: the patient, as both who sees no PIN document and who sees nothing else need to know them. */

import type { Patient } from '../../domain/chart/patient.ts';
import { EhrUnavailableError, PatientNotFoundError } from '../../domain/errors.ts';
import type { FhirClient } from './client.ts';
import { toPatient } from './read.ts';

/** PatientNotFoundError for 404 and 410; EhrUnavailableError (retried) where the answer is about somebody else. */
export async function readPatient(fhir: FhirClient, patientId: string): Promise<Patient> {
  const resource = await fhir.read(`Patient/${patientId}`);
  if (resource === null) throw new PatientNotFoundError('HTTP_404');
  if (resource.resourceType !== 'Patient' || resource.id !== patientId) {
    throw new EhrUnavailableError('ANSWER_IS_ANOTHER_PATIENT');
  }
  return toPatient({ ...resource, id: patientId });
}
