/** The chart update of P3–P12: opened, ended, unrouted, signed. docs/fhir.md holds the mapping. */
import type {
  Bundle,
  BundleEntry,
  Device,
  DocumentReference,
  Encounter,
  FhirResource,
  Provenance,
  QuestionnaireResponse,
  Reference,
  Task,
} from 'fhir/r4';
import { PIN_LIFETIME_MS } from '../../domain/chart/expiry.ts';
import { standingOf } from '../../domain/chart/patient.ts';
import {
  DraftGoneError,
  EhrConflictError,
  EhrRejectedError,
  EhrUnavailableError,
  PatientNotFoundError,
} from '../../domain/errors.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { DraftIds, Reviewed, Routing, Signature, UpdateOrder } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client.ts';
import {
  ACTIVATION,
  CONFIDENTIALITY_NORMAL,
  CYCLE_IDENTIFIER,
  DEVICE_IDENTIFIER,
  DOCUMENT_CATEGORY,
  DOCUMENT_SUMMARY,
  DOCUMENT_TYPE,
  ENCOUNTER_CLASS_VIRTUAL,
  ENCOUNTER_TYPE,
  EXTENSION,
  FORM_ITEM,
  OPEN_TASK,
  PIN_GENERATOR_FORM,
} from './codes.ts';
import { askedFor, authorDigest, documentsOf, idOf, ofType, pathOf, pinOf, toPatient, toPinDocument } from './read.ts';

export function openRoutingOf(document: string): string {
  return `Task?focus=DocumentReference/${document}&status=${OPEN_TASK}`;
}

export function currentPinDocumentsOf(patientId: string): string {
  return `DocumentReference?patient=Patient/${patientId}&type=${DOCUMENT_TYPE.system}|${DOCUMENT_TYPE.code}&status=current&_count=100`;
}

function urn(): string {
  return `urn:uuid:${crypto.randomUUID()}`;
}

/** P3–P8: one transaction; each part only where the chart has none of this cycle yet. */
export async function openUpdate(fhir: FhirClient, order: UpdateOrder): Promise<DraftIds> {
  const subject = { reference: `Patient/${order.patientId}` };
  const provider = { reference: order.provider };
  const identifier = { system: CYCLE_IDENTIFIER, value: order.cycleIdentifier };
  const location = order.location === null ? undefined : { reference: order.location };
  const [encounterUrn, documentUrn, formUrn] = [urn(), urn(), urn()];
  const start = toInstant(order.now);

  const encounter: Encounter = {
    resourceType: 'Encounter',
    identifier: [identifier],
    status: 'in-progress',
    class: ENCOUNTER_CLASS_VIRTUAL,
    type: [{ coding: [ENCOUNTER_TYPE] }],
    subject,
    participant: [{ individual: provider }],
    period: { start },
    ...(location && { serviceProvider: location }),
  };
  const document: DocumentReference = {
    resourceType: 'DocumentReference',
    identifier: [identifier],
    status: 'current',
    docStatus: 'preliminary',
    type: { coding: [DOCUMENT_TYPE] },
    category: [{ coding: [DOCUMENT_CATEGORY] }],
    subject,
    author: [provider],
    ...(location && { custodian: location }),
    description: DOCUMENT_SUMMARY,
    securityLabel: [{ coding: [CONFIDENTIALITY_NORMAL] }],
    // The form is the content; FHIR wants an attachment, and this one holds nothing that the form does not guard.
    content: [{ attachment: { contentType: 'application/fhir+json', title: DOCUMENT_SUMMARY } }],
    context: {
      encounter: [{ reference: encounterUrn }],
      period: { start },
      ...(order.visit !== null && { related: [{ reference: order.visit }] }),
    },
  };
  const form: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    identifier,
    questionnaire: PIN_GENERATOR_FORM,
    status: 'in-progress',
    subject,
    encounter: { reference: encounterUrn },
    authored: start,
    item: formItems(ACTIVATION.deactivated, order.pin, order.now),
  };
  const query = `identifier=${CYCLE_IDENTIFIER}|${order.cycleIdentifier}`;
  const entries: BundleEntry[] = [
    created(encounterUrn, encounter, `${query}&status=in-progress,finished`),
    created(documentUrn, document, `${query}&status=current`),
    created(formUrn, form, `${query}&status=in-progress,completed`),
  ];
  const [encounterId, documentId, formId] = (await fhir.transaction(entries)).map(locationOf);
  if (encounterId === undefined || documentId === undefined || formId === undefined) {
    throw new EhrUnavailableError('TRANSACTION_ANSWER_INCOMPLETE');
  }
  return { document: documentId, form: formId, encounter: encounterId };
}

function formItems(activation: string, pin: string, signedAt: number): QuestionnaireResponse['item'] {
  return [
    { linkId: FORM_ITEM.activationStatus, answer: [{ valueString: activation }] },
    { linkId: FORM_ITEM.pin, answer: [{ valueString: pin }] },
    { linkId: FORM_ITEM.expiresOn, answer: [{ valueDateTime: toInstant(signedAt + PIN_LIFETIME_MS) }] },
  ];
}

function created(fullUrl: string, resource: FhirResource, ifNoneExist: string): BundleEntry {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType, ifNoneExist } };
}

export function replaced(resource: FhirResource & { id: string }): BundleEntry {
  return {
    fullUrl: urn(),
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ifMatch: etagOf(resource) },
  };
}

/** Without a version there is no If-Match, and without If-Match we could overwrite what staff just wrote. */
function etagOf(resource: FhirResource): string {
  const version = resource.meta?.versionId;
  if (version === undefined) throw new EhrRejectedError('RESOURCE_WITHOUT_VERSION');
  return `W/"${version}"`;
}

function locationOf(entry: BundleEntry): string {
  const path = pathOf({ reference: entry.response?.location ?? '' });
  const id = path === null ? entry.resource?.id : idOf(path);
  if (id === undefined) throw new EhrUnavailableError('TRANSACTION_ANSWER_WITHOUT_LOCATION');
  return id;
}

/** P9. The "test" operation guards against two that end it at once; an update that is ended already is fine. */
export async function endUpdate(fhir: FhirClient, draft: DraftIds, now: number): Promise<void> {
  const path = `Encounter/${draft.encounter}`;
  try {
    await fhir.patch(path, [
      { op: 'test', path: '/status', value: 'in-progress' },
      { op: 'replace', path: '/status', value: 'finished' },
      { op: 'add', path: '/period/end', value: toInstant(now) },
    ]);
  } catch (error) {
    if (!(error instanceof EhrRejectedError || error instanceof EhrConflictError)) throw error;
    const encounter = await fhir.read(path);
    if (encounter?.resourceType === 'Encounter' && encounter.status === 'finished') return;
    throw encounter?.resourceType === 'Encounter' && encounter.status === 'in-progress'
      ? error
      : new DraftGoneError('UPDATE_NOT_OPEN');
  }
}

export async function readRouting(fhir: FhirClient, document: string): Promise<Routing> {
  return toRouting(await fhir.search(openRoutingOf(document)), document);
}

export function tasksIn(resources: readonly FhirResource[], document: string): (Task & { id: string })[] {
  const path = `DocumentReference/${document}`;
  return askedFor(ofType(resources, 'Task'), (task) => pathOf(task.focus) === path);
}

export function toRouting(resources: readonly FhirResource[], document: string): Routing {
  const tasks = tasksIn(resources, document);
  return { open: tasks.length, asRead: { tasks } };
}

/** P10. The search stands in the same transaction: FHIR processes GET after every write. */
export async function cancelRouting(fhir: FhirClient, document: string, routing: Routing): Promise<Routing> {
  const tasks = (routing.asRead as { tasks: (Task & { id: string })[] }).tasks;
  const answer = await fhir.transaction([
    ...tasks.map((task) => replaced(cancelled(task))),
    { request: { method: 'GET', url: openRoutingOf(document) } },
  ]);
  const found = answer.at(-1)?.resource;
  if (found?.resourceType !== 'Bundle') throw new EhrUnavailableError('TRANSACTION_ANSWER_INCOMPLETE');
  return toRouting((found as Bundle).entry?.flatMap((entry) => entry.resource ?? []) ?? [], document);
}

export function cancelled(task: Task & { id: string }): Task & { id: string } {
  return { ...task, status: 'cancelled', statusReason: { text: 'Completed by Portal PIN; nobody needs to act.' } };
}

/** What must hold just before signing: draft and form as they are, Route-to, the patient and their PIN documents. */
export async function reviewDraft(fhir: FhirClient, patientId: string, draft: DraftIds): Promise<Reviewed> {
  const [own, forms, tasks, documents, devices, encounters, patients] = await fhir.batch([
    `DocumentReference/${draft.document}`,
    `QuestionnaireResponse/${draft.form}`,
    openRoutingOf(draft.document),
    currentPinDocumentsOf(patientId),
    `Device?identifier=${DEVICE_IDENTIFIER.system}|${DEVICE_IDENTIFIER.value}`,
    `Encounter/${draft.encounter}`,
    `Patient/${patientId}`,
  ]);
  const document = ofType(own, 'DocumentReference')[0];
  const form = ofType(forms, 'QuestionnaireResponse')[0];
  const pin = pinOf(form);
  const current = documentsOf(documents, patientId);
  const patient = askedFor(ofType(patients, 'Patient'), (each) => each.id === patientId)[0];
  if (patient === undefined) throw new PatientNotFoundError('GONE');
  const isEnded = ofType(encounters, 'Encounter')[0]?.status === 'finished';
  const isDraft = isEnded && document?.docStatus === 'preliminary' && document.status === 'current';
  return {
    draftIntact: isDraft && form?.status === 'in-progress' && pin !== null && isAbout(document, patientId),
    routing: toRouting(tasks, draft.document),
    documents: current.map(toPinDocument),
    standing: standingOf(toPatient(patient)),
    pin,
    author: authorDigest(document),
    asRead: { document, form, documents: current, device: askedFor(ofType(devices, 'Device'), isService)[0] },
  };
}

function isService({ identifier }: Device): boolean {
  const { system, value } = DEVICE_IDENTIFIER;
  return identifier?.some((each) => each.system === system && each.value === value) ?? false;
}

function isAbout(document: DocumentReference, patientId: string): boolean {
  return pathOf(document.subject) === `Patient/${patientId}`;
}

interface ReadForSigning {
  document: DocumentReference & { id: string };
  form: QuestionnaireResponse & { id: string };
  documents: (DocumentReference & { id: string })[];
  device: (Device & { id: string }) | undefined;
}

/** P11, P12: all of it, or nothing. */
export async function sign(fhir: FhirClient, signature: Signature): Promise<void> {
  const { document, form, documents, device } = signature.asRead as ReadForSigning;
  const at = toInstant(signature.now);
  const pin = pinOf(form);
  if (pin === null) throw new DraftGoneError('FORM_WITHOUT_PIN');
  const superseded = documents.filter((each) => each.id !== document.id && toPinDocument(each).signed);
  const final: DocumentReference & { id: string } = {
    ...document,
    docStatus: 'final',
    date: at,
    // By identifier and without a type: R4 lets no Device authenticate a document, and the service is one.
    authenticator: { identifier: DEVICE_IDENTIFIER, display: 'Portal PIN' },
    relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${signature.cycle}` } }],
  };
  const completed: QuestionnaireResponse & { id: string } = {
    ...form,
    status: 'completed',
    item: formItems(ACTIVATION.active, pin, signature.now),
  };
  await fhir.transaction([
    // Every one that lives: the EHR may leave that to whoever signs.
    ...superseded.map((each) => replaced({ ...each, status: 'superseded' as const })),
    replaced(completed),
    replaced(final),
    { fullUrl: urn(), resource: provenanceOf(document, device, at), request: { method: 'POST', url: 'Provenance' } },
  ]);
}

/** The signature, and the answers to the dialog: nothing else is signed along (P11), nobody becomes responsible (P12). */
function provenanceOf(
  document: DocumentReference & { id: string },
  known: (Device & { id: string }) | undefined,
  at: string,
): Provenance {
  // An EHR that has not registered the service as a Device still learns from the identifier who signed.
  const reference = known === undefined ? {} : { reference: `Device/${known.id}` };
  const device: Reference = { type: 'Device', identifier: DEVICE_IDENTIFIER, ...reference };
  const provider = document.author?.[0];
  return {
    resourceType: 'Provenance',
    target: [{ reference: `DocumentReference/${document.id}` }],
    recorded: at,
    occurredDateTime: at,
    agent: [{ who: device, ...(provider && { onBehalfOf: provider }) }],
    signature: [
      {
        // ASTM E1762 "Verification Signature": the service vouches for the document, it is not its author.
        type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.5' }],
        when: at,
        who: device,
        ...(provider && { onBehalfOf: provider }),
      },
    ],
    extension: [
      { url: EXTENSION.becomeResponsibleProvider, valueBoolean: false },
      { url: EXTENSION.signClinicalListChanges, valueBoolean: false },
    ],
  };
}
