import { describe, expect, it } from 'vitest';
import { EXTENSION } from '../../../../functions/adapters/fhir/codes.ts';
import { careTeam, email, patient, visit } from '../../../../local/demo/chart-builders.ts';

const name = { given: 'Ana', family: 'Peña' };

describe('patient', () => {
  it('holds nothing that was not ordered', () => {
    expect(patient({ id: 'p1', name })).toEqual({
      resourceType: 'Patient',
      id: 'p1',
      active: true,
      name: [{ use: 'official', family: 'Peña', given: ['Ana'] }],
    });
  });

  it('tells a death with and without its time, and none', () => {
    expect(patient({ id: 'p1', name, deceased: true })).toMatchObject({ deceasedBoolean: true });
    expect(patient({ id: 'p1', name, deceased: false })).toMatchObject({ deceasedBoolean: false });
    expect(patient({ id: 'p1', name, deceased: '2026-01-02' })).toMatchObject({ deceasedDateTime: '2026-01-02' });
  });

  it('carries what P1 and P5 look at', () => {
    const order = {
      active: false,
      portalStatus: 'opted-out' as const,
      replacedBy: 'Patient/p2',
      language: 'es',
      generalPractitioner: ['Practitioner/d1', 'PractitionerRole/r1'],
      managingOrganization: 'Organization/o1',
    };
    expect(patient({ id: 'p1', name, ...order })).toMatchObject({
      active: false,
      extension: [{ url: EXTENSION.portalStatus, valueCode: 'opted-out' }],
      link: [{ other: { reference: 'Patient/p2' }, type: 'replaced-by' }],
      communication: [{ language: { coding: [{ code: 'es' }] }, preferred: true }],
      generalPractitioner: [{ reference: 'Practitioner/d1' }, { reference: 'PractitionerRole/r1' }],
      managingOrganization: { reference: 'Organization/o1' },
    });
  });
});

describe('email', () => {
  it('may lack a value, and may be undeliverable', () => {
    expect(email(null, { use: 'home' })).toEqual({ system: 'email', use: 'home' });
    expect(email('a@example.com', { rank: 2, undeliverable: true })).toEqual({
      system: 'email',
      value: 'a@example.com',
      rank: 2,
      extension: [{ url: EXTENSION.undeliverable, valueBoolean: true }],
    });
  });
});

describe('careTeam', () => {
  it('names the organization a practitioner acts for, and leaves that to a role itself', () => {
    const participants = ['Practitioner/d1', 'PractitionerRole/r1'];
    const team = careTeam({ id: 't1', patient: 'p1', organization: 'Organization/o1', participants });
    expect(team).toMatchObject({ status: 'active', managingOrganization: [{ reference: 'Organization/o1' }] });
    expect(team.participant).toEqual([
      { member: { reference: 'Practitioner/d1' }, onBehalfOf: { reference: 'Organization/o1' } },
      { member: { reference: 'PractitionerRole/r1' } },
    ]);
  });
});

describe('visit', () => {
  it('is in progress until it ends', () => {
    const order = { id: 'v1', patient: 'p1', organization: 'Organization/o1', provider: 'Practitioner/d1', start: 0 };
    expect(visit({ ...order, end: null })).toMatchObject({
      status: 'in-progress',
      period: { start: '1970-01-01T00:00:00Z' },
    });
    expect(visit({ ...order, end: 60_000 })).toMatchObject({
      status: 'finished',
      period: { end: '1970-01-01T00:01:00Z' },
    });
  });
});
