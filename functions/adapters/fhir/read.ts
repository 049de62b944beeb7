/** From FHIR R4 resources to the domain's facts. Charts are inconvenient: whatever may be missing, is missing somewhere. */
import type {
  CareTeam,
  Communication,
  Device,
  DocumentReference,
  Encounter,
  Patient as FhirPatient,
  FhirResource,
  MedicationRequest,
  Practitioner,
  PractitionerRole,
  Provenance,
  QuestionnaireResponse,
  Reference,
  Task,
} from 'fhir/r4';
import type { PinDocument } from '../../domain/chart/chart.ts';
import type { Patient, PortalStatus } from '../../domain/chart/patient.ts';
import { isPin } from '../../domain/chart/pin.ts';
import type { ProviderCandidate } from '../../domain/chart/responsible-provider.ts';
import { EhrRejectedError, EhrUnavailableError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/identity.ts';
import { isWithin } from '../../domain/time/instant.ts';
import { CYCLE_IDENTIFIER, EXTENSION, FORM_ITEM } from './codes.ts';

interface ResourceByType {
  CareTeam: CareTeam;
  Communication: Communication;
  Device: Device;
  DocumentReference: DocumentReference;
  Encounter: Encounter;
  MedicationRequest: MedicationRequest;
  Patient: FhirPatient;
  Practitioner: Practitioner;
  PractitionerRole: PractitionerRole;
  Provenance: Provenance;
  QuestionnaireResponse: QuestionnaireResponse;
  Task: Task;
}

/** The resources of one type, each with an id: one without could never be written back. */
export function ofType<T extends keyof ResourceByType>(
  resources: readonly FhirResource[],
  type: T,
): (ResourceByType[T] & { id: string })[] {
  return resources.filter((resource): resource is ResourceByType[T] & { id: string } => {
    if (resource.resourceType !== type) return false;
    if (resource.id === undefined) throw new EhrUnavailableError(`${type.toUpperCase()}_WITHOUT_ID`);
    return true;
  });
}

/**
 * Refuses an answer that holds what was not asked for. FHIR lets a server ignore a search parameter that it does not
 * know, and then it gives everybody's: we would adopt another patient's PIN, or cancel the Tasks of a whole practice.
 */
export function askedFor<T>(resources: T[], isAskedFor: (resource: T) => boolean): T[] {
  if (!resources.every(isAskedFor)) throw new EhrRejectedError('ANSWER_IS_NOT_WHAT_WAS_ASKED_FOR');
  return resources;
}

/** The documents of an answer, all of which must be about this patient. */
export function documentsOf(
  resources: readonly FhirResource[],
  patientId: string,
): (DocumentReference & { id: string })[] {
  const path = `Patient/${patientId}`;
  return askedFor(ofType(resources, 'DocumentReference'), (each) => pathOf(each.subject) === path);
}

/** `Type/id` of a reference, without server and version; null where it names nothing by reference. */
export function pathOf(reference: Reference | undefined): string | null {
  const match = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference?.reference ?? '');
  return match?.[1] ?? null;
}

export function idOf(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

const PORTAL_STATUSES: readonly string[] = [
  'not-enrolled',
  'pending',
  'registered',
  'opted-out',
] satisfies PortalStatus[];

function isPortalStatus(code: string | undefined): code is PortalStatus {
  return code !== undefined && PORTAL_STATUSES.includes(code);
}

export function toPatient(patient: FhirPatient & { id: string }): Patient {
  const status = patient.extension?.find((each) => each.url === EXTENSION.portalStatus)?.valueCode;
  return {
    id: patient.id,
    replaced: patient.link?.some((link) => link.type === 'replaced-by') ?? false,
    deceased: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
    // FHIR: a Patient without `active` is taken as active.
    active: patient.active !== false,
    portalStatus: isPortalStatus(status) ? status : null,
    emails: (patient.telecom ?? [])
      .filter((telecom) => telecom.system === 'email')
      .map((telecom) => ({
        value: telecom.value ?? null,
        use: telecom.use ?? null,
        rank: telecom.rank ?? null,
        periodStart: telecom.period?.start ?? null,
        periodEnd: telecom.period?.end ?? null,
        undeliverable:
          telecom.extension?.some((e) => e.url === EXTENSION.undeliverable && e.valueBoolean === true) ?? false,
      })),
    language: languageOf(patient),
  };
}

function languageOf(patient: FhirPatient): string | null {
  const communication = patient.communication ?? [];
  const chosen = communication.find((each) => each.preferred === true) ?? communication[0];
  return chosen?.language?.coding?.find((coding) => coding.code !== undefined)?.code ?? null;
}

export function toPinDocument(document: DocumentReference & { id: string }): PinDocument {
  const { docStatus } = document;
  return {
    id: document.id,
    // R4 lets a document do without docStatus. It may be the living PIN, so it counts as signed, nobody knows when.
    signed: docStatus === 'final' || docStatus === 'amended' || docStatus === undefined,
    date: docStatus === undefined ? null : (document.date ?? null),
    cycleIdentifier: cycleIdentifierOf(document),
    encounter: encounterOf(document),
    location: custodianOf(document),
  };
}

/** Id of the Organization that keeps the document; null where it names none by reference. */
export function custodianOf(document: DocumentReference | undefined): string | null {
  const path = pathOf(document?.custodian);
  return path?.startsWith('Organization/') ? idOf(path) : null;
}

function encounterOf(document: DocumentReference): string | null {
  const path = pathOf(document.context?.encounter?.[0]);
  return path?.startsWith('Encounter/') ? idOf(path) : null;
}

/** Our identifier for patient and cycle, of a document, a form or an encounter; null where it has none. */
export function cycleIdentifierOf({
  identifier,
}: DocumentReference | Encounter | QuestionnaireResponse): string | null {
  return [identifier ?? []].flat().find((each) => each.system === CYCLE_IDENTIFIER)?.value ?? null;
}

export function pinOf(form: QuestionnaireResponse | undefined): string | null {
  const answer = form?.item?.find((item) => item.linkId === FORM_ITEM.pin)?.answer?.[0]?.valueString;
  return answer !== undefined && isPin(answer) ? answer : null;
}

export function answerOf(form: QuestionnaireResponse | undefined, linkId: string): string | null {
  return form?.item?.find((item) => item.linkId === linkId)?.answer?.[0]?.valueString ?? null;
}

/** The references of P12 as a digest: which general practitioners the patient has. */
export function generalPractitionerDigest(patient: FhirPatient): string {
  return digestOf((patient.generalPractitioner ?? []).map(textOf));
}

export function careTeamDigest(teams: readonly CareTeam[]): string {
  return digestOf(
    teams.flatMap((team) =>
      (team.participant ?? []).map((each) => `${team.id} ${textOf(each.member)} ${textOf(each.onBehalfOf)}`),
    ),
  );
}

export function authorDigest(document: DocumentReference | undefined): string {
  return digestOf((document?.author ?? []).map(textOf));
}

function textOf(reference: Reference | undefined): string {
  return pathOf(reference) ?? reference?.reference ?? JSON.stringify(reference?.identifier ?? null);
}

/** What a reference may name that is certainly nobody's provider; whatever else cannot be resolved might be one. */
const NO_PROVIDER = /^(CareTeam|Device|Group|HealthcareService|Location|Organization|Patient|RelatedPerson)$/;

/**
 * The practitioners that references lead to, roles resolved. Whoever is named and cannot be found counts as inactive,
 * so that nobody else takes their place; an Organization is no candidate (P5).
 */
export function candidatesOf(
  references: readonly (Reference | undefined)[],
  known: readonly FhirResource[],
  now: number,
): ProviderCandidate[] {
  const practitioners = new Map(ofType(known, 'Practitioner').map((each) => [`Practitioner/${each.id}`, each]));
  const roles = new Map(ofType(known, 'PractitionerRole').map((each) => [`PractitionerRole/${each.id}`, each]));
  return references.flatMap((reference) => {
    if (reference === undefined) return [];
    const path = pathOf(reference);
    if (NO_PROVIDER.test(path?.slice(0, path.indexOf('/')) ?? reference.type ?? '')) return [];
    const role = roles.get(path ?? '');
    const practitioner = role === undefined ? path : pathOf(role.practitioner);
    if (practitioner === null) return [{ reference: path ?? JSON.stringify(reference), active: false }];
    const found = practitioners.get(practitioner);
    const active = found !== undefined && found.active !== false && isInOffice(role, now);
    return [{ reference: practitioner, active }];
  });
}

function isInOffice(role: PractitionerRole | undefined, now: number): boolean {
  return (
    role === undefined || (role.active !== false && isWithin(role.period?.start ?? null, role.period?.end ?? null, now))
  );
}
