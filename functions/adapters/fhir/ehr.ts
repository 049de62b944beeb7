/** The Ehr port over FHIR R4. A vendor's own API is one more folder like this that passes tests/contracts/ehr.contract.ts. */
import type { Provenance, QuestionnaireResponse, Reference } from 'fhir/r4';
import { PatientNotFoundError } from '../../domain/errors.ts';
import type { Ehr, SignedReading } from '../../ports/ehr/ehr.ts';
import {
  cancelRouting,
  currentPinDocumentsOf,
  endUpdate,
  openRoutingOf,
  openUpdate,
  readRouting,
  reviewDraft,
  sign,
  toRouting,
} from './chart-update.ts';
import { createFhirClient, type FhirClient } from './client.ts';
import { ACTIVATION, CYCLE_IDENTIFIER, EXTENSION, FORM_ITEM } from './codes.ts';
import { discardDrafts } from './discard-drafts.ts';
import { type FrontDeskOptions, frontDeskOf } from './front-desk.ts';
import { pinReaderOf } from './pin-reader.ts';
import {
  answerOf,
  askedFor,
  authorDigest,
  careTeamDigest,
  custodianOf,
  cycleIdentifierOf,
  documentsOf,
  generalPractitionerDigest,
  ofType,
  pathOf,
  pinOf,
  toPinDocument,
} from './read.ts';
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
    discardDrafts: (cycleIdentifiers) => discardDrafts(fhir, cycleIdentifiers),
  };
}

/** P10–P12 read back: what the chart says now, not what we asked it for. */
async function readSigned(
  fhir: FhirClient,
  patientId: string,
  documentId: string,
  cycleIdentifier: string,
): Promise<SignedReading> {
  const patientRef = `Patient/${patientId}`;
  const [own, forms, tasks, documents, patients, teams, orders, provenances] = await fhir.batch([
    `DocumentReference/${documentId}`,
    `QuestionnaireResponse?identifier=${CYCLE_IDENTIFIER}|${cycleIdentifier}&status=completed`,
    openRoutingOf(documentId),
    currentPinDocumentsOf(patientId),
    patientRef,
    `CareTeam?patient=${patientRef}&status=active`,
    `MedicationRequest?patient=${patientRef}&status=draft`,
    `Provenance?target=DocumentReference/${documentId}`,
  ]);
  const document = ofType(own, 'DocumentReference')[0];
  const isOfCycle = (form: QuestionnaireResponse) => cycleIdentifierOf(form) === cycleIdentifier;
  const form = askedFor(ofType(forms, 'QuestionnaireResponse'), isOfCycle)[0];
  const patient = askedFor(ofType(patients, 'Patient'), (each) => each.id === patientId)[0];
  if (patient === undefined) throw new PatientNotFoundError('HTTP_404');
  const current = documentsOf(documents, patientId).map(toPinDocument);
  const isOfDocument = (each: Provenance) =>
    each.target.some((target) => pathOf(target) === `DocumentReference/${documentId}`);
  const isTheirs = (each: { subject?: Reference | undefined }) => pathOf(each.subject) === patientRef;
  return {
    date: document?.date ?? null,
    location: custodianOf(document),
    pin: pinOf(form),
    signed: document !== undefined && document.status === 'current' && toPinDocument(document).signed,
    formCompleted: form?.status === 'completed' && answerOf(form, FORM_ITEM.activationStatus) === ACTIVATION.active,
    pinPresent: pinOf(form) !== null,
    openRouting: toRouting(tasks, documentId).open,
    otherLive: current.filter((each) => each.signed && each.id !== documentId).length,
    declinedResponsibility: askedFor(ofType(provenances, 'Provenance'), isOfDocument).some((provenance) =>
      provenance.extension?.some(
        (each) => each.url === EXTENSION.becomeResponsibleProvider && each.valueBoolean === false,
      ),
    ),
    generalPractitioner: generalPractitionerDigest(patient),
    careTeam: careTeamDigest(askedFor(ofType(teams, 'CareTeam'), isTheirs)),
    author: authorDigest(document),
    draftOrders: askedFor(ofType(orders, 'MedicationRequest'), isTheirs).map((order) => order.id),
  };
}
