/** The part of the Ehr port that reads a patient's PINs, apart from it so that whoever changes no chart carries no more. */
import type { PinReader } from '../../ports/ehr/ehr.ts';
import { currentPinDocumentsOf } from './chart-update.ts';
import { createFhirClient, type FhirClient, type FhirOptions } from './client.ts';
import { DOCUMENT_TYPE } from './codes.ts';
import { cycleIdentifierOf, documentsOf, toPinDocument } from './read.ts';
import { readPatient } from './read-patient.ts';
import { readPin } from './read-pin.ts';

export function createFhirPinReader(options: FhirOptions): PinReader {
  return pinReaderOf(createFhirClient(options));
}

export function pinReaderOf(fhir: FhirClient): PinReader {
  return {
    readPatient: (patientId) => readPatient(fhir, patientId),
    async readPinDocuments(patientId) {
      const documents = await fhir.search(currentPinDocumentsOf(patientId));
      return documentsOf(documents, patientId).map(toPinDocument);
    },
    readPin: (patientId, encounter) => readPin(fhir, patientId, encounter),
    async countOurSigned(patientId) {
      const type = `${DOCUMENT_TYPE.system}|${DOCUMENT_TYPE.code}`;
      const path = `DocumentReference?patient=Patient/${patientId}&type=${type}&status=current,superseded&_count=100`;
      const documents = documentsOf(await fhir.search(path), patientId).filter(
        (each) => cycleIdentifierOf(each) !== null,
      );
      return documents.filter((each) => toPinDocument(each).signed).length;
    },
  };
}
