import type { PractitionerRole, Reference } from 'fhir/r4';

import { describe, expect, it } from 'vitest';
import { refOf } from '../../../../../../functions/adapters/fhir/read/elements.ts';
import { candidatesOf, directoryOf } from '../../../../../../functions/adapters/fhir/read/providers.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const BASE = 'https://ehr.example/fhir';
const role = (id: string, more: Partial<PractitionerRole>) => ({
  resourceType: 'PractitionerRole',
  id,
  practitioner: { reference: 'Practitioner/x' },
  ...more,
});
const known = [
  { resourceType: 'Practitioner', id: 'x' },
  { resourceType: 'Practitioner', id: 'left', active: false },
  role('now', {}),
  role('ended', { period: { end: '2020-01-01' } }),
  role('inactive', { active: false }),
  role('unnamed', { practitioner: { display: 'Dr. Smith' } }),
];
const candidates = (...references: (Reference | undefined)[]) =>
  candidatesOf(
    references.flatMap((each) => refOf(each, BASE) ?? []),
    directoryOf(known, BASE, NOW),
  );
const X = { reference: 'Practitioner/x', active: true };

describe('the provider of a reference (P5)', () => {
  it.each<[string, Reference, boolean]>([
    ['a practitioner', { reference: 'Practitioner/x' }, true],
    ['an absolute one', { reference: 'https://ehr.example/fhir/Practitioner/x' }, true],
    ['a versioned one', { reference: 'Practitioner/x/_history/2' }, true],
    ['an absolute, versioned one', { reference: `${BASE}/Practitioner/x/_history/2` }, true],
    ['one of another server', { reference: 'https://other.example/fhir/Practitioner/x' }, false],
    ['a role', { reference: 'PractitionerRole/now' }, true],
    ['a role with an ended period', { reference: 'PractitionerRole/ended' }, false],
    ['an inactive role', { reference: 'PractitionerRole/inactive' }, false],
    ['an inactive practitioner', { reference: 'Practitioner/left' }, false],
    ['a practitioner missing in the chart', { reference: 'Practitioner/gone' }, false],
    ['a role without a practitioner', { reference: 'PractitionerRole/unnamed' }, false],
    ['a contained one', { reference: '#gp' }, false],
    ['a name only', { display: 'Dr. Smith' }, false],
    ['an identifier only', { identifier: { value: '12' } }, false],
  ])('%s', (_what, reference, active) => {
    expect(candidates(reference)).toMatchObject([{ active }]);
  });

  it.each<[string, Reference | undefined]>([
    ['an Organization', { reference: 'Organization/o' }],
    ['an Organization of another server', { reference: 'https://other.example/Organization/o' }],
    ['an Organization by identifier', { type: 'Organization', identifier: { value: '1' } }],
    ['the patient', { reference: 'Patient/p' }],
    ['nothing', undefined],
  ])('%s is no candidate', (_what, reference) => {
    expect(candidates(reference)).toEqual([]);
  });

  it('a missing provider still counts, so that no other takes their place', () => {
    const found = candidates({ display: 'Dr. Smith' }, { reference: 'Practitioner/x' });
    expect(found).toHaveLength(2);
    expect(found[1]).toEqual(X);
  });
});
