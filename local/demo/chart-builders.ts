/** FHIR R4 resources of synthetic charts, in the codes of docs/fhir.md. Pure: the same order builds the same resource. */
import type {
  CareTeam,
  ContactPoint,
  Encounter,
  MedicationRequest,
  Organization,
  Patient,
  Period,
  Practitioner,
  PractitionerRole,
  Reference,
} from 'fhir/r4';
import { EXTENSION } from '../../functions/adapters/fhir/codes.ts';
import type { PortalStatus } from '../../functions/domain/chart/patient.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';

/** A resource that has its id. */
export type Kept<T> = T & { id: string };

export interface Name {
  given: string;
  family: string;
}

export function referenceTo(reference: string): Reference {
  return { reference };
}

export function organization(id: string, name: string): Kept<Organization> {
  return { resourceType: 'Organization', id, active: true, name };
}

export function practitioner(id: string, { given, family }: Name, active = true): Kept<Practitioner> {
  return { resourceType: 'Practitioner', id, active, name: [{ family, given: [given] }] };
}

/** A practitioner's role at an organization; both as `Type/id`. */
export function practitionerRole(
  id: string,
  order: { practitioner: string; organization: string; active?: boolean },
): Kept<PractitionerRole> {
  return {
    resourceType: 'PractitionerRole',
    id,
    active: order.active ?? true,
    practitioner: referenceTo(order.practitioner),
    organization: referenceTo(order.organization),
  };
}

export interface EmailOrder {
  use?: NonNullable<ContactPoint['use']>;
  rank?: number;
  period?: Period;
  undeliverable?: boolean;
}

/** An email entry of P1; a null address leaves the entry without a value. */
export function email(address: string | null, order: EmailOrder = {}): ContactPoint {
  const { undeliverable, ...rest } = order;
  return {
    system: 'email',
    ...(address !== null && { value: address }),
    ...rest,
    ...(undeliverable !== undefined && { extension: [{ url: EXTENSION.undeliverable, valueBoolean: undeliverable }] }),
  };
}

export interface PatientOrder {
  id: string;
  name: Name;
  telecom?: ContactPoint[];
  /** `Type/id` of each. */
  generalPractitioner?: string[];
  /** `Organization/<id>`, or null for none. */
  managingOrganization?: string | null;
  portalStatus?: PortalStatus;
  /** An ISO date or instant is the time of death. */
  deceased?: boolean | string;
  active?: boolean;
  /** `Patient/<id>` of the record that replaced this one. */
  replacedBy?: string;
  /** BCP 47 tag. */
  language?: string;
  birthDate?: string;
  gender?: NonNullable<Patient['gender']>;
  recordNumber?: string;
}

const RECORD_NUMBER = 'https://practice.example/record-number';

export function patient(order: PatientOrder): Kept<Patient> {
  const { id, name, telecom, portalStatus, deceased, active, replacedBy, language } = order;
  return {
    resourceType: 'Patient',
    id,
    ...(portalStatus && { extension: [{ url: EXTENSION.portalStatus, valueCode: portalStatus }] }),
    ...(order.recordNumber && { identifier: [{ system: RECORD_NUMBER, value: order.recordNumber }] }),
    active: active ?? true,
    name: [{ use: 'official', family: name.family, given: [name.given] }],
    ...(telecom && telecom.length > 0 && { telecom }),
    ...(order.gender && { gender: order.gender }),
    ...(order.birthDate && { birthDate: order.birthDate }),
    ...(typeof deceased === 'boolean' && { deceasedBoolean: deceased }),
    ...(typeof deceased === 'string' && { deceasedDateTime: deceased }),
    ...(language && {
      communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }],
    }),
    ...(order.generalPractitioner?.length && { generalPractitioner: order.generalPractitioner.map(referenceTo) }),
    ...(order.managingOrganization && { managingOrganization: referenceTo(order.managingOrganization) }),
    ...(replacedBy && { link: [{ other: referenceTo(replacedBy), type: 'replaced-by' as const }] }),
  };
}

export interface CareTeamOrder {
  id: string;
  patient: string;
  /** `Organization/<id>` that the team acts for. */
  organization: string;
  /** `Practitioner/<id>` or `PractitionerRole/<id>`. */
  participants: string[];
  status?: NonNullable<CareTeam['status']>;
}

export function careTeam(order: CareTeamOrder): Kept<CareTeam> {
  const here = referenceTo(order.organization);
  return {
    resourceType: 'CareTeam',
    id: order.id,
    status: order.status ?? 'active',
    subject: referenceTo(`Patient/${order.patient}`),
    participant: order.participants.map((member) => ({
      member: referenceTo(member),
      // R4 invariant ctm-1: onBehalfOf only beside a Practitioner; a role names its organization itself.
      ...(member.startsWith('Practitioner/') && { onBehalfOf: here }),
    })),
    managingOrganization: [here],
  };
}

export interface VisitOrder {
  id: string;
  patient: string;
  organization: string;
  provider: string;
  /** Milliseconds; `end` null while the patient is there. */
  start: number;
  end: number | null;
}

/** An ordinary visit at the office, nothing to do with PINs. */
export function visit(order: VisitOrder): Kept<Encounter> {
  const { start, end } = order;
  return {
    resourceType: 'Encounter',
    id: order.id,
    status: end === null ? 'in-progress' : 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    subject: referenceTo(`Patient/${order.patient}`),
    participant: [{ individual: referenceTo(order.provider) }],
    period: { start: toInstant(start), ...(end !== null && { end: toInstant(end) }) },
    serviceProvider: referenceTo(order.organization),
  };
}

/** A prescription that waits as a draft, which signing a PIN must leave alone (P11). */
export function draftMedicationRequest(
  id: string,
  order: { patient: string; requester: string; medication: string; authoredAt: number },
): Kept<MedicationRequest> {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: { text: order.medication },
    subject: referenceTo(`Patient/${order.patient}`),
    authoredOn: toInstant(order.authoredAt),
    requester: referenceTo(order.requester),
  };
}
