/** What must hold just before signing, and what holds after it (P10–P12). */
import { standingOf } from '../../../domain/chart/patient.ts';
import { PatientNotFoundError } from '../../../domain/errors.ts';
import type { DraftIds, Reviewed, SignedReading } from '../../../ports/ehr/ehr.ts';
import type { FhirClient } from '../client/client.ts';
import type { Resource } from '../client/resource.ts';
import type { Search } from '../client/search.ts';
import { ACTIVATION, DEVICE_IDENTIFIER, EXTENSION } from '../codes.ts';
import { careTeamDigest, referencesDigest } from '../read/digest.ts';
import { patientIn } from '../read/patient.ts';
import { cycleIdentifierOf, documentsIn, formsIn } from '../read/pin-document.ts';
import { provenanceExtensionsOf } from '../read/provenance.ts';
import { careTeamsIn, idsOf } from '../read/providers.ts';
import { ofCycles, openRoutingOf, pinDocumentsOf } from './queries.ts';
import { routingIn } from './route.ts';

const OWN_DEVICE: Search = { type: 'Device', where: { identifier: [DEVICE_IDENTIFIER] } };

/** Draft and form as they are, Route-to, the patient and their PIN documents. */
export async function reviewDraft(fhir: FhirClient, patientId: string, draft: DraftIds): Promise<Reviewed> {
  const [own, forms, tasks, documents, devices, encounters, patients] = await fhir.batch([
    { type: 'DocumentReference', id: draft.document },
    { type: 'QuestionnaireResponse', id: draft.form },
    openRoutingOf(draft.document),
    pinDocumentsOf(patientId),
    OWN_DEVICE,
    { type: 'Encounter', id: draft.encounter },
    { type: 'Patient', id: patientId },
  ]);
  const [document] = documentsIn(own, fhir.base);
  const [form] = formsIn(forms, fhir.base);
  const current = documentsIn(documents, fhir.base);
  const [patient] = patients;
  if (patient === undefined) throw new PatientNotFoundError('GONE');
  const isOurs = (resource: Resource | undefined) => resource !== undefined && cycleIdentifierOf(resource) !== null;
  const isDocument =
    document !== undefined &&
    isOurs(own[0]) &&
    document.isPinType &&
    !document.isModified &&
    document.docStatus === 'preliminary' &&
    document.status === 'current' &&
    document.subject === `Patient/${patientId}`;
  const isForm = form?.status === 'in-progress' && form.pin !== null && (isOurs(forms[0]) || form.isPinForm);
  const [device = null] = idsOf(devices, 'Device');
  return {
    draftIntact: isDocument && isForm && encounters[0]?.status === 'finished' && isOurs(encounters[0]),
    routing: routingIn(tasks),
    documents: current.map(({ pin }) => pin),
    standing: standingOf(patientIn(patient, patientId, fhir.base).patient),
    pin: form?.pin ?? null,
    author: referencesDigest(document?.author ?? []),
    asRead:
      document === undefined || form === undefined
        ? null
        : {
            document: document.read,
            form: form.read,
            signed: current.filter(({ id, pin }) => id !== draft.document && pin.signed).map(({ read }) => read),
            device: device === null ? null : `Device/${device}`,
          },
  };
}

/** P10–P12 read back: what the chart says now, not what we asked it for. */
export async function readSigned(
  fhir: FhirClient,
  patientId: string,
  documentId: string,
  cycleIdentifier: string,
): Promise<SignedReading> {
  const path = `DocumentReference/${documentId}`;
  const [own, forms, tasks, documents, patients, teams, orders, provenances] = await fhir.batch([
    { type: 'DocumentReference', id: documentId },
    ofCycles('QuestionnaireResponse', [cycleIdentifier], ['completed']),
    openRoutingOf(documentId),
    pinDocumentsOf(patientId),
    { type: 'Patient', id: patientId },
    { type: 'CareTeam', where: { patient: patientId, status: ['active'] } },
    { type: 'MedicationRequest', where: { patient: patientId, status: ['draft'] } },
    { type: 'Provenance', where: { target: path } },
  ]);
  const [document] = documentsIn(own, fhir.base);
  const [form] = formsIn(forms, fhir.base);
  const [patient] = patients;
  if (patient === undefined) throw new PatientNotFoundError('HTTP_404');
  const current = documentsIn(documents, fhir.base);
  const isCompleted = form?.status === 'completed' && form.activation === ACTIVATION.active;
  return {
    date: document?.date ?? null,
    location: document?.pin.location ?? null,
    pin: form?.pin ?? null,
    signed: document?.status === 'current' && document.pin.signed,
    formCompleted: isCompleted,
    pinPresent: form !== undefined && form.pin !== null,
    openRouting: routingIn(tasks).open,
    otherLive: current.filter(({ id, pin }) => pin.signed && id !== documentId).length,
    declinedResponsibility: provenances.some((each) =>
      provenanceExtensionsOf(each).some(
        ({ url, valueBoolean }) => url === EXTENSION.becomeResponsibleProvider && valueBoolean === false,
      ),
    ),
    generalPractitioner: referencesDigest(patientIn(patient, patientId, fhir.base).generalPractitioner),
    // Of any date: only whether something changed is asked.
    careTeam: careTeamDigest(careTeamsIn(teams, fhir.base, 0)),
    author: referencesDigest(document?.author ?? []),
    draftOrders: idsOf(orders, 'MedicationRequest'),
  };
}
