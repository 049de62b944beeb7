import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LOCATION_KINDS,
  type ProviderCandidate,
  type ProviderFacts,
  responsibleProvider,
} from '../../../../../functions/domain/chart/responsible-provider.ts';

const active = (name: string): ProviderCandidate => ({ reference: `Practitioner/${name}`, active: true });
const inactive = (name: string): ProviderCandidate => ({ reference: `Practitioner/${name}`, active: false });
const facts = (more: Partial<ProviderFacts>): ProviderFacts => ({
  kind: 'primary-care',
  primaryCare: [],
  careTeamHere: [],
  latestEncounterHere: [],
  ...more,
});
const settled = (more: Partial<ProviderFacts>) => {
  const verdict = responsibleProvider(facts(more));
  return 'provider' in verdict ? verdict.provider.replace('Practitioner/', '') : verdict.unresolved;
};

describe('P5 in primary care: the PCP', () => {
  it.each<[string, Partial<ProviderFacts>, string]>([
    ['one', { primaryCare: [active('ann')] }, 'ann'],
    ['the same one twice', { primaryCare: [active('ann'), active('ann')] }, 'ann'],
    ['the same one by an ended and by a current role', { primaryCare: [active('ann'), inactive('ann')] }, 'ann'],
    ['none', {}, 'NONE'],
    ['inactive', { primaryCare: [inactive('ann')] }, 'INACTIVE'],
    ['several', { primaryCare: [active('ann'), active('bob')] }, 'SEVERAL'],
    ['several, one of them inactive', { primaryCare: [active('ann'), inactive('bob')] }, 'SEVERAL'],
    ['the care team is not asked', { careTeamHere: [active('cid')] }, 'NONE'],
    ['nor asked beside a PCP', { primaryCare: [active('ann')], careTeamHere: [active('cid')] }, 'ann'],
  ])('%s', (_case, more, verdict) => expect(settled(more)).toBe(verdict));
});

describe('P5 in a specialist office: the provider responsible there, not the PCP', () => {
  const specialist = (more: Partial<ProviderFacts>) =>
    settled({ kind: 'specialist', primaryCare: [active('pcp')], ...more });
  it.each<[string, Partial<ProviderFacts>, string]>([
    ['one', { careTeamHere: [active('cid')] }, 'cid'],
    ['one beside the PCP', { careTeamHere: [active('pcp'), active('cid')] }, 'cid'],
    ['one for a patient without a PCP', { primaryCare: [], careTeamHere: [active('cid')] }, 'cid'],
    ['only the PCP', { careTeamHere: [active('pcp')] }, 'NONE'],
    ['none', {}, 'NONE'],
    ['inactive', { careTeamHere: [inactive('cid')] }, 'INACTIVE'],
    ['several', { careTeamHere: [active('cid'), active('dan')] }, 'SEVERAL'],
  ])('%s', (_case, more, verdict) => expect(specialist(more)).toBe(verdict));
});

describe('P5: the fallback to the latest encounter', () => {
  it.each<[string, Partial<ProviderFacts>, string]>([
    ['without a provider by the rule', { latestEncounterHere: [active('eve')] }, 'eve'],
    ['not beside a PCP', { primaryCare: [active('ann')], latestEncounterHere: [active('eve')] }, 'ann'],
    [
      'not instead of an inactive PCP',
      { primaryCare: [inactive('ann')], latestEncounterHere: [active('eve')] },
      'INACTIVE',
    ],
    [
      'not to choose among several',
      { primaryCare: [active('ann'), active('bob')], latestEncounterHere: [active('ann')] },
      'SEVERAL',
    ],
    ['several there', { latestEncounterHere: [active('eve'), active('fay')] }, 'SEVERAL'],
    ['inactive there', { latestEncounterHere: [inactive('eve')] }, 'INACTIVE'],
    [
      'never the PCP in a specialist office',
      { kind: 'specialist', primaryCare: [active('pcp')], latestEncounterHere: [active('pcp')] },
      'NONE',
    ],
    [
      'beside the PCP in a specialist office',
      { kind: 'specialist', primaryCare: [active('pcp')], latestEncounterHere: [active('pcp'), active('eve')] },
      'eve',
    ],
  ])('%s', (_case, more, verdict) => expect(settled(more)).toBe(verdict));
});

describe('P5, whatever the chart says', () => {
  const candidates = fc.array(
    fc.record({ reference: fc.constantFrom('Practitioner/a', 'Practitioner/b'), active: fc.boolean() }),
    { maxLength: 4 },
  );
  const anyFacts = fc.record({
    kind: fc.constantFrom(...LOCATION_KINDS),
    primaryCare: candidates,
    careTeamHere: candidates,
    latestEncounterHere: candidates,
  });

  it('does not depend on the order in which the chart lists people', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const reversed: ProviderFacts = {
          kind: some.kind,
          primaryCare: some.primaryCare.toReversed(),
          careTeamHere: some.careTeamHere.toReversed(),
          latestEncounterHere: some.latestEncounterHere.toReversed(),
        };
        expect(responsibleProvider(reversed)).toEqual(responsibleProvider(some));
      }),
    );
  });

  it('names only a provider active in a listed role, and never the PCP of a specialist patient', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const verdict = responsibleProvider(some);
        if (!('provider' in verdict)) return;
        const everybody = [...some.primaryCare, ...some.careTeamHere, ...some.latestEncounterHere];
        expect(everybody).toContainEqual({ reference: verdict.provider, active: true });
        if (some.kind === 'specialist') {
          expect(some.primaryCare.map((each) => each.reference)).not.toContain(verdict.provider);
        }
      }),
    );
  });
});
