/** Reads what settles provider, location and visit of a new chart update (P4, P5), all in one batch. */
import { PatientNotFoundError } from '../../domain/errors.ts';
import type { FoundDraft, UpdateFacts } from '../../ports/ehr/ehr.ts';
import { ofCycles } from './chart-update/queries.ts';
import type { FhirClient } from './client/client.ts';
import { idIn } from './client/reference.ts';
import type { Resource } from './client/resource.ts';
import { careTeamDigest, referencesDigest } from './read/digest.ts';
import type { Ref } from './read/elements.ts';
import { patientIn } from './read/patient.ts';
import { documentsIn, formsIn } from './read/pin-document.ts';
import {
  type CareTeamRead,
  candidatesOf,
  careTeamsIn,
  completeDirectory,
  type Directory,
  idsOf,
  visitsIn,
} from './read/providers.ts';

/** The latest encounters suffice to find the one under way and the last finished one at a location. */
const LATEST_ENCOUNTERS = 50;

const ROLES = ['PractitionerRole:practitioner'];

/**
 * PatientNotFoundError where the chart does not know the patient. A practitioner that no search included is read in a batch
 * more, so that servers which include nothing, or not for a versioned reference, settle the same provider.
 */
export async function readUpdateFacts(
  fhir: FhirClient,
  patientId: string,
  cycle: string,
  cycleIdentifier: string,
  now: number,
): Promise<UpdateFacts> {
  const [replaced, people, teams, encounters, orders, documents, forms] = await fhir.batch([
    { type: 'DocumentReference', id: cycle },
    {
      type: 'Patient',
      where: { _id: patientId },
      include: ['Patient:general-practitioner'],
      iterate: ROLES,
    },
    {
      type: 'CareTeam',
      where: { patient: patientId, status: ['active'] },
      include: ['CareTeam:participant'],
      iterate: ROLES,
    },
    {
      type: 'Encounter',
      where: { patient: patientId, status: ['in-progress', 'finished'] },
      sort: '-date',
      count: LATEST_ENCOUNTERS,
      include: ['Encounter:participant'],
      iterate: ROLES,
      firstPageOnly: true,
    },
    { type: 'MedicationRequest', where: { patient: patientId, status: ['draft'] } },
    ofCycles('DocumentReference', [cycleIdentifier], ['current']),
    ofCycles('QuestionnaireResponse', [cycleIdentifier], ['in-progress']),
  ]);

  const chart = people.find((each) => each.resourceType === 'Patient');
  if (chart === undefined) throw new PatientNotFoundError('HTTP_404');
  const { generalPractitioner, managingOrganization } = patientIn(chart, patientId, fhir.base);
  const location = documentsIn(replaced, fhir.base)[0]?.custodian?.path ?? managingOrganization?.path ?? null;
  const visitsHere = visitsIn(encounters, fhir.base).filter(
    (each) => !each.isOurs && (location === null || each.location === location),
  );
  const visit = visitsHere.find(({ status }) => status === 'in-progress');
  const latestParticipants = visitsHere.find(({ status }) => status === 'finished')?.participants ?? [];
  const careTeams = careTeamsIn(teams, fhir.base, now);
  const members = careTeams.flatMap(({ participants }) => participants.flatMap(({ member }) => member ?? []));
  const included = [...people, ...teams, ...encounters];
  const references = [...generalPractitioner, ...members, ...latestParticipants];
  const directory = await completeDirectory(fhir, included, references, now);
  return {
    location,
    visit: visit === undefined ? null : `Encounter/${visit.id}`,
    primaryCare: candidatesOf(generalPractitioner, directory),
    careTeamHere: candidatesOf(
      careTeams.flatMap((team) => membersAt(team, location, directory)),
      directory,
    ),
    latestEncounterHere: candidatesOf(latestParticipants, directory),
    generalPractitioner: referencesDigest(generalPractitioner),
    careTeam: careTeamDigest(careTeams),
    draftOrders: idsOf(orders, 'MedicationRequest'),
    draft: foundDraft(fhir, documents, forms),
  };
}

/** The care team members acting for `location`: stated by the participant, by the role, or by the team as a whole. */
function membersAt(team: CareTeamRead, location: string | null, { roles }: Directory): Ref[] {
  if (location === null || team.isModified) return [];
  return team.participants.flatMap(({ member, onBehalfOf, isCurrent }) => {
    if (member === null || !isCurrent) return [];
    const organization = onBehalfOf?.path ?? roles.get(member.path ?? '')?.organization ?? null;
    const isHere = organization === null ? team.organizations.includes(location) : organization === location;
    return isHere ? [member] : [];
  });
}

function foundDraft(fhir: FhirClient, documents: readonly Resource[], forms: readonly Resource[]): FoundDraft | null {
  const document = documentsIn(documents, fhir.base).find(({ docStatus }) => docStatus === 'preliminary');
  const [form] = formsIn(forms, fhir.base);
  const encounter = idIn(document?.encounter ?? null, 'Encounter');
  if (document === undefined || form === undefined || encounter === null) return null;
  return {
    document: document.id,
    form: form.id,
    encounter,
    provider: document.author[0]?.path ?? null,
    location: document.custodian?.path ?? null,
  };
}
