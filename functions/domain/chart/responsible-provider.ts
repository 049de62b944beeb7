/** The provider rule of P5. If it finds no provider or several, staff decide: a wrong provider is worse than a late PIN. */

export const LOCATION_KINDS = ['primary-care', 'specialist'] as const;
export type LocationKind = (typeof LOCATION_KINDS)[number];

export interface ProviderCandidate {
  /** `Practitioner/<id>`; a PractitionerRole has been resolved to its practitioner. */
  reference: string;
  active: boolean;
}

export interface ProviderFacts {
  kind: LocationKind;
  /** Patient.generalPractitioner, practitioners only. */
  primaryCare: ProviderCandidate[];
  /** Active participants of the patient's care teams acting for this location of care. */
  careTeamHere: ProviderCandidate[];
  /** Participants of the latest finished encounter here, never one of our own; empty where policy forbids the fallback. */
  latestEncounterHere: ProviderCandidate[];
}

export type ProviderVerdict = { provider: string } | { unresolved: 'NONE' | 'INACTIVE' | 'SEVERAL' };

/** The single candidate. A provider named twice, e.g. by an ended and a current role, is active if one entry is. */
function only(candidates: ProviderCandidate[]): ProviderVerdict {
  const [reference, ...others] = new Set(candidates.map((candidate) => candidate.reference));
  if (reference === undefined) return { unresolved: 'NONE' };
  if (others.length > 0) return { unresolved: 'SEVERAL' };
  return candidates.some((candidate) => candidate.active) ? { provider: reference } : { unresolved: 'INACTIVE' };
}

/**
 * Primary care: the PCP. Specialist office: the provider responsible there, never the PCP. The fallback applies only if
 * the rule finds no candidate.
 */
export function responsibleProvider(facts: ProviderFacts): ProviderVerdict {
  const pcp = new Set(facts.primaryCare.map((candidate) => candidate.reference));
  const byRule =
    facts.kind === 'primary-care'
      ? only(facts.primaryCare)
      : only(facts.careTeamHere.filter((candidate) => !pcp.has(candidate.reference)));
  if ('provider' in byRule || byRule.unresolved !== 'NONE') return byRule;
  const fallback =
    facts.kind === 'primary-care'
      ? facts.latestEncounterHere
      : facts.latestEncounterHere.filter((candidate) => !pcp.has(candidate.reference));
  return only(fallback);
}
