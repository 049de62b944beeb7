/** The provider rule of P5. When it names nobody, or several, a person decides: a wrong provider is worse than a late PIN. */

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
  /** Active participants of the patient's care teams who act for this location of care. */
  careTeamHere: ProviderCandidate[];
  /** Participants of the latest finished encounter here, never one of our own; empty where policy forbids the fallback. */
  latestEncounterHere: ProviderCandidate[];
}

export type ProviderVerdict = { provider: string } | { unresolved: 'NONE' | 'INACTIVE' | 'SEVERAL' };

/** The one who is named. Named twice, e.g. by an ended role and by a current one, counts as active if one of them is. */
function only(candidates: ProviderCandidate[]): ProviderVerdict {
  const [reference, ...others] = new Set(candidates.map((candidate) => candidate.reference));
  if (reference === undefined) return { unresolved: 'NONE' };
  if (others.length > 0) return { unresolved: 'SEVERAL' };
  return candidates.some((candidate) => candidate.active) ? { provider: reference } : { unresolved: 'INACTIVE' };
}

/**
 * Primary care: the PCP. Specialist office: the provider responsible there, who is not the PCP. The fallback counts
 * only where the rule names nobody at all.
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
