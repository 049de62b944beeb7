/** The chart as the console shows it, and what the front desk does in it. */
import { randomInt } from 'node:crypto';
import type { CareTeam, Organization, Patient, Practitioner, Resource } from '@medplum/fhirtypes';
import type { FhirResource } from 'fhir/r4';
import { EXTENSION } from '../../functions/adapters/fhir/codes.ts';
import type { PortalStatus } from '../../functions/domain/chart/patient.ts';
import { generatePin } from '../../functions/domain/chart/pin.ts';
import type { EhrSimulator } from '../ehr/simulator.ts';
import type { Chart, ChartEdit, ChartList, ChartPatient, WebhookOrder } from './local-api-contract.ts';

/** More is found by searching. */
const LISTED = 50;

/** What is shown besides the Patient: found by the patient, and by a document about them. */
const ABOUT_A_PATIENT = [
  'DocumentReference',
  'QuestionnaireResponse',
  'Encounter',
  'Task',
  'Communication',
  'CareTeam',
  'MedicationRequest',
  'AuditEvent',
];
const ABOUT_A_DOCUMENT = ['Task?focus', 'Provenance?target'];

export interface LocalChart {
  list(query: string): Promise<ChartList>;
  /** null: no such patient. */
  read(patientId: string): Promise<Chart | null>;
  /** What the EHR would tell of the edit; null: no such patient. */
  edit(patientId: string, edit: ChartEdit): Promise<WebhookOrder | null>;
}

export function createLocalChart(ehr: EhrSimulator, now: () => number): LocalChart {
  const patientOf = (id: string) => ehr.read<Patient>('Patient', id);
  const write = (resource: Resource & { id: string }) => ehr.staff.write(resource as FhirResource & { id: string });

  return {
    async list(query) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      // Beyond the first thousand a patient is found by the id alone.
      const patients = await ehr.search<Patient>('Patient?_count=1000');
      const found = patients.map(shown).filter((each) => {
        const text = `${each.id} ${each.name} ${each.emails.join(' ')}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const byId = found.length === 0 ? await patientOf(query.trim()) : undefined;
      if (byId !== undefined) return { patients: [shown(byId)], total: 1 };
      return { patients: found.slice(0, LISTED), total: found.length };
    },
    async read(patientId) {
      const patient = await patientOf(patientId);
      if (patient === undefined) return null;
      const practitioners = await ehr.search<Practitioner>('Practitioner?_count=100');
      const organizations = await ehr.search<Organization>('Organization?_count=100');
      return {
        patient: shown(patient),
        resources: [patient, ...(await about(ehr, patientId))] as Chart['resources'],
        practitioners: practitioners
          .filter(({ active }) => active !== false)
          .map((each) => ({ reference: `Practitioner/${each.id}`, name: nameOf(each) })),
        organizations: organizations.map((each) => ({
          reference: `Organization/${each.id}`,
          name: each.name ?? each.id ?? '',
        })),
      };
    },
    async edit(patientId, edit) {
      const patient = await patientOf(patientId);
      if (patient === undefined) return null;
      const person: Patient & { id: string } = { ...patient, id: patientId };
      const data = { patientId };
      switch (edit.edit) {
        case 'ENTER_EMAIL': {
          const others = (person.telecom ?? []).filter(({ system }) => system !== 'email');
          await write({ ...person, telecom: [...others, { system: 'email', value: edit.address, use: 'home' }] });
          return { type: 'patient.email_changed', data };
        }
        case 'SET_PROVIDER':
          if (edit.at === null) await write({ ...person, generalPractitioner: [{ reference: edit.practitioner }] });
          else await write(await careTeamWith(ehr, patientId, edit.practitioner, edit.at));
          return { type: 'patient.updated', data: { ...data, change: 'provider' } };
        case 'REGISTER':
          await write(withStatus(person, 'registered'));
          return { type: 'portal.registered', data };
        case 'OPT_OUT':
          await write(withStatus(person, 'opted-out'));
          return { type: 'patient.opted_out', data };
        case 'SET_DECEASED':
          await write({ ...person, deceasedDateTime: new Date(now()).toISOString() });
          return { type: 'patient.updated', data: { ...data, change: 'deceased' } };
        case 'SET_INACTIVE':
          await write({ ...person, active: false });
          return { type: 'patient.updated', data: { ...data, change: 'inactive' } };
        case 'SIGN_PIN_BY_HAND': {
          const provider = person.generalPractitioner?.[0];
          await ehr.staff.signPinByHand(patientId, {
            pin: generatePin(randomInt),
            ...(provider && { provider }),
            ...(person.managingOrganization && { location: person.managingOrganization }),
          });
          return { type: 'pin.issued', data };
        }
      }
    },
  };
}

function shown(patient: Patient): ChartPatient {
  const status = patient.extension?.find(({ url }) => url === EXTENSION.portalStatus)?.valueCode;
  const emails = (patient.telecom ?? []).filter(({ system, value }) => system === 'email' && value !== undefined);
  return {
    id: patient.id ?? '',
    name: nameOf(patient),
    birthDate: patient.birthDate ?? null,
    emails: emails.map(({ value }) => value ?? ''),
    portalStatus: status ?? 'not-enrolled',
    provider: patient.generalPractitioner?.[0]?.reference ?? null,
  };
}

function nameOf({ id, name }: Patient | Practitioner): string {
  const [first] = name ?? [];
  return [...(first?.given ?? []), first?.family].filter(Boolean).join(' ') || (id ?? '');
}

/** The latest change first. */
async function about(ehr: EhrSimulator, patientId: string): Promise<Resource[]> {
  const found: Resource[] = [];
  for (const type of ABOUT_A_PATIENT) {
    found.push(...(await ehr.search<Resource>(`${type}?patient=Patient/${patientId}&_count=100`)));
  }
  const documents = found.filter(({ resourceType }) => resourceType === 'DocumentReference');
  for (const { id } of documents) {
    for (const search of ABOUT_A_DOCUMENT) {
      found.push(...(await ehr.search<Resource>(`${search}=DocumentReference/${id}`)));
    }
  }
  const updated = ({ meta }: Resource) => meta?.lastUpdated ?? '';
  return found.toSorted((a, b) => updated(b).localeCompare(updated(a)));
}

function withStatus(patient: Patient & { id: string }, status: PortalStatus): Patient & { id: string } {
  const others = (patient.extension ?? []).filter(({ url }) => url !== EXTENSION.portalStatus);
  return { ...patient, extension: [...others, { url: EXTENSION.portalStatus, valueCode: status }] };
}

/** The patient's care team at the organization with this provider alone (P5). */
async function careTeamWith(
  ehr: EhrSimulator,
  patientId: string,
  practitioner: string,
  organization: string,
): Promise<CareTeam & { id: string }> {
  const teams = await ehr.search<CareTeam>(`CareTeam?patient=Patient/${patientId}`);
  const team = teams.find(({ managingOrganization }) =>
    managingOrganization?.some((each) => each.reference === organization),
  );
  const here = { reference: organization };
  return {
    resourceType: 'CareTeam',
    id: team?.id ?? `${patientId}-team-${organization.split('/')[1]}`.slice(0, 64),
    status: 'active',
    subject: { reference: `Patient/${patientId}` },
    managingOrganization: [here],
    participant: [{ member: { reference: practitioner }, onBehalfOf: here }],
  };
}
