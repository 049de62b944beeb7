import { businessRule, OperationOutcomeError } from '@medplum/core';
import type {
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Provenance,
  QuestionnaireResponse,
  Reference,
} from '@medplum/fhirtypes';
import { DOCUMENT_TYPE, ENCOUNTER_TYPE, EXTENSION, PIN_GENERATOR_FORM } from '../../functions/adapters/fhir/codes.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { Change, ChartStore, Stored } from './chart-store.ts';
import { referenceKey } from './index-keys.ts';
import { applied, hasType, refersTo, routingTask, SIGNER, SIGNING_DEVICE } from './pin-document.ts';

/** What the procedure leaves to the EHR, and what it needs for it. */
export interface Handout {
  store: ChartStore;
  now: () => number;
  newId: () => string;
  /** True when this signing must disregard the answer given at the prompt of P12 (a failure switch). */
  ignoresAnswerToP12: () => boolean;
}

type Responsible = Patient['generalPractitioner'] extends (infer R)[] | undefined ? R : never;

/**
 * What the EHR does by itself after a write, in the words of the handout. Runs inside the transaction of the write.
 * @throws OperationOutcomeError 422 when the write contradicts the procedure; the transaction is then rolled back
 */
export function followHandout(handout: Handout, changes: readonly Change[]): void {
  for (const { before, after } of changes) {
    if (after?.resourceType === 'Encounter' && endsUpdate(before, after)) routeDocuments(handout, after);
  }
  const provenances = changes.flatMap(({ after }) => (after?.resourceType === 'Provenance' ? [after] : []));
  for (const { before, after } of changes) {
    if (after?.resourceType === 'DocumentReference' && isSigning(before, after)) {
      sign(handout, after, provenances);
    }
  }
}

/** P9: "Close the form; press End Update". */
function endsUpdate(before: Change['before'], after: Encounter): boolean {
  const wasOpen = before?.resourceType === 'Encounter' && before.status === 'in-progress';
  return wasOpen && after.status === 'finished' && (after.type ?? []).some((type) => hasType(type, ENCOUNTER_TYPE));
}

/** P9: ending the update puts the provider and the sender into "Route to". */
function routeDocuments(handout: Handout, encounter: Stored<Encounter>): void {
  if (!encounter.period?.end) {
    throw new OperationOutcomeError(businessRule('p9', 'An update that is ended needs Encounter.period.end'));
  }
  const documents = handout.store.under('DocumentReference', referenceKey(`Encounter/${encounter.id}`));
  for (const document of documents) {
    const isDraft = document.status === 'current' && document.docStatus === 'preliminary';
    if (!isDraft || !hasType(document.type, DOCUMENT_TYPE)) continue;
    const provider = document.author?.[0];
    for (const owner of [provider, SIGNING_DEVICE]) if (owner) route(handout, document, encounter, owner);
  }
}

function route(
  { store, now, newId }: Handout,
  document: Stored<DocumentReference>,
  encounter: Stored<Encounter>,
  owner: Reference,
): void {
  store.put({
    ...routingTask(newId(), document.id, owner, toInstant(now())),
    encounter: { reference: `Encounter/${encounter.id}` },
    ...(document.subject && { for: document.subject }),
  });
}

/** P11: a PIN document that becomes final is signed, by any user and in any request. */
function isSigning(before: Change['before'], after: DocumentReference): boolean {
  const wasSigned = before?.resourceType === 'DocumentReference' && before.docStatus === 'final';
  const isSigned = after.status === 'current' && after.docStatus === 'final';
  return isSigned && !wasSigned && hasType(after.type, DOCUMENT_TYPE);
}

function sign(handout: Handout, document: Stored<DocumentReference>, provenances: readonly Provenance[]): void {
  const own = provenances.filter(({ target }) => target.some((t) => refersTo(t, `DocumentReference/${document.id}`)));
  const { store } = handout;
  supersedeOthers(store, document);
  applyForm(store, document);
  const ignoresAnswer = handout.ignoresAnswerToP12();
  if (ignoresAnswer || !own.some((provenance) => answersNo(provenance, EXTENSION.becomeResponsibleProvider))) {
    // A switch that moves the responsible provider must move it to another provider, or the move would go unnoticed.
    becomeResponsible(store, document, ignoresAnswer ? SIGNER : signerOf(document, own));
  }
  if (!own.some((provenance) => answersNo(provenance, EXTENSION.signClinicalListChanges))) {
    completeDraftPrescriptions(store, document);
  }
}

function answersNo(provenance: Provenance, url: string): boolean {
  return (provenance.extension ?? []).some((extension) => extension.url === url && extension.valueBoolean === false);
}

/** P11: "the old one is dead". */
function supersedeOthers(store: ChartStore, signed: Stored<DocumentReference>): void {
  for (const document of aboutPatient(store, 'DocumentReference', signed)) {
    const isValid = document.status === 'current' && document.docStatus === 'final';
    if (!isValid || document.id === signed.id || !hasType(document.type, DOCUMENT_TYPE)) continue;
    store.put({ ...document, status: 'superseded' });
  }
}

/** P6, P7: "these changes take place when this document is signed". */
function applyForm(store: ChartStore, document: DocumentReference): void {
  for (const encounter of document.context?.encounter ?? []) {
    if (!encounter.reference) continue;
    for (const form of store.under('QuestionnaireResponse', referenceKey(encounter.reference))) {
      if (!refersTo(form.encounter, encounter.reference) || form.questionnaire !== PIN_GENERATOR_FORM) continue;
      const after: QuestionnaireResponse | undefined = applied(form);
      if (after) store.put({ ...after, id: form.id });
    }
  }
}

/** P12: a signer that ignores the prompt becomes the responsible provider of the patient and of the document. */
function becomeResponsible(store: ChartStore, document: Stored<DocumentReference>, signer: Responsible): void {
  const patientId = document.subject?.reference?.replace(/^Patient\//, '');
  const patient = patientId && store.get('Patient', patientId);
  if (patient) store.put({ ...patient, generalPractitioner: [signer] });
  const current = store.get('DocumentReference', document.id) ?? document;
  store.put({ ...current, author: [signer as NonNullable<DocumentReference['author']>[number]] });
}

/** A Device cannot be a general practitioner: then it is the provider it signed for, or else a clinician of the EHR. */
function signerOf(document: DocumentReference, provenances: readonly Provenance[]): Responsible {
  const agents = provenances.flatMap(({ agent }) => agent);
  const signers = [
    document.authenticator,
    ...agents.map(({ who }) => who),
    ...agents.map(({ onBehalfOf }) => onBehalfOf),
  ];
  const provider = signers.find((signer) => /^(Practitioner|PractitionerRole)\//.test(signer?.reference ?? ''));
  return (provider as Responsible | undefined) ?? SIGNER;
}

/** P11: "Other clinical list changes" are signed along unless the signer says no; that sends what waits as a draft. */
function completeDraftPrescriptions(store: ChartStore, document: DocumentReference): void {
  for (const prescription of aboutPatient(store, 'MedicationRequest', document)) {
    const { status }: MedicationRequest = prescription;
    if (status === 'draft') store.put({ ...prescription, status: 'completed' });
  }
}

function aboutPatient<T extends 'DocumentReference' | 'MedicationRequest'>(
  store: ChartStore,
  resourceType: T,
  { subject }: DocumentReference,
): ReturnType<typeof store.under<T>> {
  const reference = subject?.reference;
  if (!reference) return [];
  return store.under(resourceType, referenceKey(reference)).filter((resource) => {
    return 'subject' in resource && refersTo(resource.subject as Reference, reference);
  });
}
