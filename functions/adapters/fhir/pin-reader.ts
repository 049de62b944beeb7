/** The part of the Ehr port that reads a patient's PINs, apart from it so that a step which changes no chart carries no more. */
import type { PinReader } from '../../ports/ehr/ehr.ts';
import { pinDocumentsOf } from './chart-update/queries.ts';
import { createFhirClient, type FhirClient, type FhirOptions } from './client/client.ts';
import { documentsIn } from './read/pin-document.ts';
import { readPatient } from './read-patient.ts';
import { readPin } from './read-pin.ts';

export function createFhirPinReader(options: FhirOptions): PinReader {
  return pinReaderOf(createFhirClient(options));
}

export function pinReaderOf(fhir: FhirClient): PinReader {
  return {
    readPatient: (patientId) => readPatient(fhir, patientId),
    async readPinDocuments(patientId) {
      const documents = await fhir.search(pinDocumentsOf(patientId));
      return documentsIn(documents, fhir.base).map(({ pin }) => pin);
    },
    readPin: (patientId, encounter) => readPin(fhir, patientId, encounter),
    async countOurSigned(patientId) {
      const documents = await fhir.search(pinDocumentsOf(patientId, ['current', 'superseded']));
      return documentsIn(documents, fhir.base).filter(({ pin }) => pin.signed && pin.cycleIdentifier !== null).length;
    },
  };
}
