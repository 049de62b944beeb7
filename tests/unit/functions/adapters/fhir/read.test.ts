import type { FhirResource, PractitionerRole, Reference } from 'fhir/r4';
import { describe, expect, it } from 'vitest';
import { candidatesOf, toPinDocument } from '../../../../../functions/adapters/fhir/read.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const role = (id: string, more: Partial<PractitionerRole>): PractitionerRole => ({
  resourceType: 'PractitionerRole',
  id,
  practitioner: { reference: 'Practitioner/x' },
  ...more,
});
const known: FhirResource[] = [
  { resourceType: 'Practitioner', id: 'x' },
  { resourceType: 'Practitioner', id: 'left', active: false },
  role('now', {}),
  role('ended', { period: { end: '2020-01-01' } }),
  role('inactive', { active: false }),
  role('nobody', { practitioner: { display: 'Dr. Smith' } }),
];
const X = { reference: 'Practitioner/x', active: true };

describe('whom a reference names (P5)', () => {
  it.each<[string, Reference, boolean]>([
    ['a practitioner', { reference: 'Practitioner/x' }, true],
    ['an absolute one', { reference: 'https://ehr.example/fhir/Practitioner/x' }, true],
    ['a role', { reference: 'PractitionerRole/now' }, true],
    ['a role whose period is over', { reference: 'PractitionerRole/ended' }, false],
    ['an inactive role', { reference: 'PractitionerRole/inactive' }, false],
    ['one who left', { reference: 'Practitioner/left' }, false],
    ['one whom the chart does not have', { reference: 'Practitioner/gone' }, false],
    ['a role that names nobody', { reference: 'PractitionerRole/nobody' }, false],
    ['a contained one', { reference: '#gp' }, false],
    ['a name only', { display: 'Dr. Smith' }, false],
    ['an identifier only', { identifier: { value: '12' } }, false],
  ])('%s', (_what, reference, active) => {
    expect(candidatesOf([reference], known, NOW)).toMatchObject([{ active }]);
  });

  it.each<[string, Reference | undefined]>([
    ['an Organization', { reference: 'Organization/o' }],
    ['an Organization by identifier', { type: 'Organization', identifier: { value: '1' } }],
    ['the patient', { reference: 'Patient/p' }],
    ['nothing', undefined],
  ])('%s is no candidate', (_what, reference) => {
    expect(candidatesOf([reference], known, NOW)).toEqual([]);
  });

  it('whoever cannot be found still counts, so that nobody else takes their place', () => {
    const candidates = candidatesOf([{ display: 'Dr. Smith' }, { reference: 'Practitioner/x' }], known, NOW);
    expect(candidates).toHaveLength(2);
    expect(candidates[1]).toEqual(X);
  });
});

it('a document without docStatus may be the living PIN: signed, nobody knows when', () => {
  const document = {
    resourceType: 'DocumentReference',
    id: 'd',
    status: 'current',
    content: [],
    date: '2026-06-01T00:00:00Z',
  } as const;
  expect(toPinDocument({ ...document, content: [] })).toMatchObject({ signed: true, date: null });
});
