/** Practitioners, roles, care teams and visits: what settles a provider (P5). */
import * as z from 'zod/mini';
import type { ProviderCandidate } from '../../../domain/chart/responsible-provider.ts';
import { UNREADABLE } from '../../../domain/chart/unreadable.ts';
import { millisecondsOf } from '../../../domain/time/instant.ts';
import type { FhirClient } from '../client/client.ts';
import { isId, type Resource } from '../client/resource.ts';
import { hasCoding } from '../client/search.ts';
import { ENCOUNTER_TYPE } from '../codes.ts';
import { anything, flag, isCurrent, lenientPeriod, type Ref, refOf, refsOf, text } from './elements.ts';
import { isModified, lenient, list, modifiers, parsed } from './lenient.ts';
import { withId } from './pin-document.ts';

const practitionerSchema = z.object({ ...modifiers, active: flag });
const roleSchema = z.object({
  ...modifiers,
  active: flag,
  period: lenientPeriod,
  practitioner: anything,
  organization: anything,
});

interface Role {
  practitioner: string | null;
  organization: string | null;
  isInOffice: boolean;
}

/** The practitioners and roles that are known, by `Type/id`. */
export interface Directory {
  /** Whether each is active. */
  practitioners: ReadonlyMap<string, boolean>;
  roles: ReadonlyMap<string, Role>;
}

export function directoryOf(known: readonly Resource[], base: string, now: number): Directory {
  // FHIR: without `active` it is taken as active. What cannot be read is not.
  const isActive = (chart: { active?: boolean | string | undefined; modifierExtension?: unknown }) =>
    (chart.active === undefined || chart.active === true) && !isModified(chart);
  return {
    practitioners: new Map(
      withId(known, 'Practitioner').map(({ resource, id }) => [
        `Practitioner/${id}`,
        isActive(parsed(practitionerSchema, resource)),
      ]),
    ),
    roles: new Map(
      withId(known, 'PractitionerRole').map(({ resource, id }) => {
        const chart = parsed(roleSchema, resource);
        const role: Role = {
          practitioner: refOf(chart.practitioner, base)?.path ?? null,
          organization: refOf(chart.organization, base)?.path ?? null,
          isInOffice: isActive(chart) && isCurrent(chart.period, now),
        };
        return [`PractitionerRole/${id}`, role];
      }),
    ),
  };
}

/**
 * The directory with what the references lead to and the search did not include: servers include nothing for a versioned
 * reference, and some ignore `_include`. One more batch for what is missing, a second one for the practitioners of roles.
 */
export async function completeDirectory(
  fhir: FhirClient,
  known: readonly Resource[],
  references: readonly Ref[],
  now: number,
): Promise<Directory> {
  const found = [...known];
  const asked = new Set<string>();
  for (;;) {
    const directory = directoryOf(found, fhir.base, now);
    const wanted = references.flatMap(({ path }) => [path, directory.roles.get(path ?? '')?.practitioner ?? null]);
    const missing = [...new Set(wanted)].filter(
      (path): path is string => path !== null && isMissing(path, directory) && !asked.has(path),
    );
    if (missing.length === 0) return directory;
    for (const path of missing) asked.add(path);
    const answers = await fhir.batch(
      missing.map((path) => {
        const [type = '', id = ''] = path.split('/');
        return { type, id };
      }),
    );
    found.push(...answers.flat());
  }
}

function isMissing(path: string, { practitioners, roles }: Directory): boolean {
  if (path.startsWith('Practitioner/')) return !practitioners.has(path);
  return path.startsWith('PractitionerRole/') && !roles.has(path);
}

/** What a reference may name that is certainly no provider; whatever else cannot be resolved might be one. */
const NO_PROVIDER = /^(CareTeam|Device|Group|HealthcareService|Location|Organization|Patient|RelatedPerson)$/;

/**
 * The practitioners that references lead to, roles resolved. A reference that leads nowhere counts as an inactive provider,
 * so that no other takes that place; an Organization is no candidate (P5).
 */
export function candidatesOf(references: readonly Ref[], { practitioners, roles }: Directory): ProviderCandidate[] {
  return references.flatMap(({ path, text: written, type }) => {
    if (NO_PROVIDER.test(type ?? '')) return [];
    const role = roles.get(path ?? '');
    const practitioner = role === undefined ? path : role.practitioner;
    if (practitioner === null) return [{ reference: written, active: false }];
    const isActive = practitioners.get(practitioner) === true && (role === undefined || role.isInOffice);
    return [{ reference: practitioner, active: isActive }];
  });
}

const participantSchema = z.object({
  ...modifiers,
  member: anything,
  onBehalfOf: anything,
  period: lenientPeriod,
});
const teamSchema = z.object({
  ...modifiers,
  managingOrganization: anything,
  participant: list(participantSchema),
});

export interface CareTeamRead {
  id: string;
  organizations: string[];
  isModified: boolean;
  participants: { member: Ref | null; onBehalfOf: Ref | null; isCurrent: boolean }[];
}

export function careTeamsIn(resources: readonly Resource[], base: string, now: number): CareTeamRead[] {
  return withId(resources, 'CareTeam').map(({ resource, id }) => {
    const chart = parsed(teamSchema, resource);
    return {
      id,
      organizations: refsOf(chart.managingOrganization, base).flatMap(({ path }) => path ?? []),
      isModified: isModified(chart),
      participants: chart.participant.map((each) => ({
        member: refOf(each.member, base),
        onBehalfOf: refOf(each.onBehalfOf, base),
        isCurrent: !isModified(each) && isCurrent(each.period, now),
      })),
    };
  });
}

const visitSchema = z.object({
  ...modifiers,
  status: text,
  type: anything,
  serviceProvider: anything,
  participant: list(z.object({ ...modifiers, individual: anything })),
  period: lenient(z.object({ start: text })),
});

export interface VisitRead {
  id: string;
  status: string | null;
  /** One of our own chart updates. */
  isOurs: boolean;
  location: string | null;
  participants: Ref[];
}

/** Visits that can be understood, latest first. */
export function visitsIn(resources: readonly Resource[], base: string): VisitRead[] {
  const visits = withId(resources, 'Encounter')
    .map(({ resource, id }) => ({ id, chart: parsed(visitSchema, resource) }))
    .filter(({ chart }) => !isModified(chart));
  const startOf = ({ chart }: (typeof visits)[number]) => {
    const start = chart.period?.start;
    return start === undefined || start === UNREADABLE ? 0 : (millisecondsOf(start) ?? (Date.parse(start) || 0));
  };
  return visits
    .toSorted((a, b) => startOf(b) - startOf(a))
    .map(({ id, chart }) => ({
      id,
      status: chart.status ?? null,
      isOurs: hasCoding(chart.type, ENCOUNTER_TYPE),
      location: refOf(chart.serviceProvider, base)?.path ?? null,
      participants: chart.participant
        .filter((each) => !isModified(each))
        .flatMap((each) => refOf(each.individual, base) ?? []),
    }));
}

/** The ids of resources; those of another type or without one are left out. */
export function idsOf(resources: readonly Resource[], type: string): string[] {
  return resources.flatMap(({ resourceType, id }) => (resourceType === type && isId(id) ? [id] : []));
}
