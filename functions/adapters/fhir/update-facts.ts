/** Reads what settles provider, location and visit of a new chart update (P4, P5), all in one batch. */
import type {
  CareTeam,
  DocumentReference,
  Encounter,
  FhirResource,
  Patient,
  QuestionnaireResponse,
  Reference,
} from 'fhir/r4';
import type { ProviderCandidate } from '../../domain/chart/responsible-provider.ts';
import { PatientNotFoundError } from '../../domain/errors.ts';
import { isWithin } from '../../domain/time/instant.ts';
import type { FoundDraft, UpdateFacts } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client.ts';
import { CYCLE_IDENTIFIER, ENCOUNTER_TYPE } from './codes.ts';
import {
  askedFor,
  candidatesOf,
  careTeamDigest,
  cycleIdentifierOf,
  generalPractitionerDigest,
  idOf,
  ofType,
  pathOf,
} from './read.ts';

/** The latest encounters suffice to find the one under way and the last finished one at a location. */
const LATEST_ENCOUNTERS = 50;

export async function readUpdateFacts(
  fhir: FhirClient,
  patientId: string,
  cycle: string,
  cycleIdentifier: string,
  now: number,
): Promise<UpdateFacts> {
  const patientRef = `Patient/${patientId}`;
  const ours = `identifier=${CYCLE_IDENTIFIER}|${cycleIdentifier}`;
  const [replaced, people, teams, encounters, orders, documents, forms] = await fhir.batch([
    `DocumentReference/${cycle}`,
    `Patient?_id=${patientId}&_include=Patient:general-practitioner&_include:iterate=PractitionerRole:practitioner`,
    `CareTeam?patient=${patientRef}&status=active&_include=CareTeam:participant&_include:iterate=PractitionerRole:practitioner`,
    {
      firstPageOf: `Encounter?patient=${patientRef}&status=in-progress,finished&_sort=-date&_count=${LATEST_ENCOUNTERS}&_include=Encounter:participant&_include:iterate=PractitionerRole:practitioner`,
    },
    `MedicationRequest?patient=${patientRef}&status=draft`,
    `DocumentReference?${ours}&status=current`,
    `QuestionnaireResponse?${ours}&status=in-progress`,
  ]);

  const patient = ofType(people, 'Patient').find((each) => each.id === patientId);
  if (patient === undefined) throw new PatientNotFoundError('HTTP_404');
  const location = pathOf(ofType(replaced, 'DocumentReference')[0]?.custodian) ?? pathOf(patient.managingOrganization);
  const isTheirs = (each: { subject?: Reference | undefined }) => pathOf(each.subject) === patientRef;
  const careTeams = askedFor(ofType(teams, 'CareTeam'), isTheirs);
  const here = askedFor(ofType(encounters, 'Encounter'), isTheirs).filter(
    (each) => !isOurs(each) && (location === null || pathOf(each.serviceProvider) === location),
  );
  const visit = here.find((each) => each.status === 'in-progress');
  return {
    location,
    visit: visit === undefined ? null : `Encounter/${visit.id}`,
    primaryCare: candidatesOf(patient.generalPractitioner ?? [], people, now),
    careTeamHere: careTeams.flatMap((team) => participantsAt(team, location, teams, now)),
    latestEncounterHere: participantsOf(
      here.find((each) => each.status === 'finished'),
      encounters,
      now,
    ),
    generalPractitioner: generalPractitionerDigest(patient as Patient),
    careTeam: careTeamDigest(careTeams),
    draftOrders: askedFor(ofType(orders, 'MedicationRequest'), isTheirs).map((order) => order.id),
    draft: foundDraft(documents, forms, cycleIdentifier),
  };
}

function isOurs(encounter: Encounter): boolean {
  return (
    encounter.type?.some((type) =>
      type.coding?.some((coding) => coding.system === ENCOUNTER_TYPE.system && coding.code === ENCOUNTER_TYPE.code),
    ) ?? false
  );
}

/** Who of a care team acts for `location`: said by the participant, by the role, or by the team as a whole. */
function participantsAt(
  team: CareTeam,
  location: string | null,
  known: readonly FhirResource[],
  now: number,
): ProviderCandidate[] {
  if (location === null) return [];
  const teamIsHere = team.managingOrganization?.some((organization) => pathOf(organization) === location) ?? false;
  const roles = new Map(ofType(known, 'PractitionerRole').map((role) => [`PractitionerRole/${role.id}`, role]));
  const members = (team.participant ?? []).flatMap((participant): Reference[] => {
    const member = pathOf(participant.member);
    if (participant.member === undefined) return [];
    const organization = pathOf(participant.onBehalfOf) ?? pathOf(roles.get(member ?? '')?.organization);
    const isHere = organization === null ? teamIsHere : organization === location;
    return isHere && isWithin(participant.period?.start ?? null, participant.period?.end ?? null, now)
      ? [participant.member]
      : [];
  });
  return candidatesOf(members, known, now);
}

function participantsOf(
  encounter: Encounter | undefined,
  known: readonly FhirResource[],
  now: number,
): ProviderCandidate[] {
  const individuals = (encounter?.participant ?? []).map((participant) => participant.individual);
  return candidatesOf(individuals, known, now);
}

function foundDraft(
  documents: readonly FhirResource[],
  forms: readonly FhirResource[],
  cycleIdentifier: string,
): FoundDraft | null {
  const isOfCycle = (each: DocumentReference | QuestionnaireResponse) => cycleIdentifierOf(each) === cycleIdentifier;
  const document = askedFor(ofType(documents, 'DocumentReference'), isOfCycle).find(
    (each) => each.docStatus === 'preliminary',
  );
  const form = askedFor(ofType(forms, 'QuestionnaireResponse'), isOfCycle)[0];
  const encounter = pathOf(document?.context?.encounter?.[0]);
  if (document === undefined || form === undefined || encounter === null) return null;
  return {
    document: document.id,
    form: form.id,
    encounter: idOf(encounter),
    provider: pathOf(document.author?.[0]),
    location: pathOf(document.custodian),
  };
}
