/** The Ehr port over FHIR R4. A vendor's own API is one more folder like this that passes tests/contracts/ehr.contract.ts. */
import type { Ehr } from '../../ports/ehr/ehr.ts';
import { discardDrafts } from './chart-update/discard.ts';
import { endUpdate } from './chart-update/end.ts';
import { openUpdate } from './chart-update/open.ts';
import { readSigned, reviewDraft } from './chart-update/review.ts';
import { cancelRouting, readRouting } from './chart-update/route.ts';
import { sign } from './chart-update/sign.ts';
import { createFhirClient } from './client/client.ts';
import { type FrontDeskOptions, frontDeskOf } from './front-desk.ts';
import { pinReaderOf } from './pin-reader.ts';
import { listSignedPins } from './signed-pins.ts';
import { readUpdateFacts } from './update-facts.ts';

export function createFhirEhr(options: FrontDeskOptions): Ehr {
  const fhir = createFhirClient(options);
  return {
    ...frontDeskOf(fhir, options.clock),
    ...pinReaderOf(fhir),
    listSignedPins: (bookmark) => listSignedPins(fhir, bookmark),
    readUpdateFacts: (patientId, cycle, cycleIdentifier, now) =>
      readUpdateFacts(fhir, patientId, cycle, cycleIdentifier, now),
    openUpdate: (order) => openUpdate(fhir, order),
    endUpdate: (draft, now) => endUpdate(fhir, draft, now),
    readRouting: (document) => readRouting(fhir, document),
    cancelRouting: (document, routing) => cancelRouting(fhir, document, routing),
    reviewDraft: (patientId, draft) => reviewDraft(fhir, patientId, draft),
    sign: (signature) => sign(fhir, signature),
    readSigned: (patientId, document, cycleIdentifier) => readSigned(fhir, patientId, document, cycleIdentifier),
    async discardDrafts(cycleIdentifiers) {
      await discardDrafts(fhir, cycleIdentifiers);
    },
  };
}
