import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collection, document, encounter, patient, type RunningEhr, runEhr } from './running-ehr.ts';

let running: RunningEhr;
beforeAll(async () => {
  running = await runEhr();
});
afterAll(() => running.close());
beforeEach(() => running.ehr.restore({ resources: [], deleted: [] }));

const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map((resource) => ({ fullUrl: `urn:uuid:${(resource as { id?: string }).id}`, resource })),
});

describe('loading a practice', () => {
  it('keeps ids and resolves references by fullUrl, also into other bundles', async () => {
    await running.ehr.load([
      bundle(patient('p1', { managingOrganization: { reference: 'urn:uuid:org' } })),
      bundle({ resourceType: 'Organization', id: 'org', name: 'Ärzte' }),
    ]);
    const loaded = await running.ehr.read('Patient', 'p1');
    expect(loaded).toMatchObject({ managingOrganization: { reference: 'Organization/org' }, meta: { versionId: '1' } });
  });

  it('resolves a practitioner who is named by a search', async () => {
    const reference = 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|999';
    await running.ehr.load([
      bundle(patient('p1', { generalPractitioner: [{ reference }] })),
      bundle({
        resourceType: 'Practitioner',
        id: 'gp',
        identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '999' }],
      }),
    ]);
    expect(await running.ehr.search('Patient?general-practitioner=Practitioner/gp')).toHaveLength(1);
  });

  it('takes the last of several with one id, still as version 1', async () => {
    const organization = { resourceType: 'Organization', id: 'org' };
    await running.ehr.load([bundle({ ...organization, name: 'A' }), bundle({ ...organization, name: 'B' })]);
    expect(await running.ehr.read('Organization', 'org')).toMatchObject({ name: 'B', meta: { versionId: '1' } });
  });

  it('gives an entry without id the id of its urn', async () => {
    const entry = [{ fullUrl: 'urn:uuid:abc', resource: { resourceType: 'Patient' } }];
    await running.ehr.load([{ resourceType: 'Bundle', type: 'batch', entry }]);
    expect(await running.ehr.read('Patient', 'abc')).toMatchObject({ id: 'abc' });
  });

  it('triggers nothing, even where signed documents contradict each other', async () => {
    const both = [document('a', 'p1', { docStatus: 'final' }), document('b', 'p1', { docStatus: 'final' })];
    await running.ehr.load([collection(patient('p1'), encounter('e', 'p1'), ...both)]);
    expect(await running.ehr.search('DocumentReference?patient=p1&status=current')).toHaveLength(2);
  });

  it.each([
    ['no Bundle', [], /file-1: not a FHIR Bundle/],
    ['text', 'patients', /file-1: not a FHIR Bundle/],
    ['another type of Bundle', { resourceType: 'Bundle', type: 'message' }, /file-1.*Use transaction/],
    ['no list', { resourceType: 'Bundle', type: 'batch', entry: {} }, /file-1.*not a list/],
    ['an entry without resource', { resourceType: 'Bundle', type: 'batch', entry: [{}] }, /file-1, entry 1: holds no/],
    ['an unknown type', bundle(patient('p1'), { resourceType: 'Pet', id: 'x' }), /file-1, entry 2: resourceType/],
    ['a patient without id', collection({ resourceType: 'Patient' }), /file-1, entry 1: this Patient has no usable id/],
    ['an id that no URL can hold', collection(patient('a/b')), /no usable id/],
  ])('refuses %s by name and loads nothing', async (_, bad, message) => {
    const loading = running.ehr.load([collection(patient('good')), bad], ['file-0', 'file-1']);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toHaveProperty('name', 'PracticeDataError');
    expect(await running.ehr.search('Patient')).toEqual([]);
  });
});

describe('keeping a chart', () => {
  it('restores what it held, versions and deletions too', async () => {
    await running.ehr.load([collection(patient('p1'), patient('gone'))]);
    await running.call('PUT', 'Patient/p1', patient('p1', { gender: 'other' }));
    await running.call('DELETE', 'Patient/gone');
    const kept = JSON.parse(JSON.stringify(await running.ehr.snapshot()));

    await running.ehr.restore({ resources: [], deleted: [] });
    expect((await running.call('GET', 'Patient/p1')).status).toBe(404);
    await running.ehr.restore(kept);

    expect(await running.ehr.read('Patient', 'p1')).toMatchObject({ gender: 'other', meta: { versionId: '2' } });
    expect((await running.call('GET', 'Patient/gone')).status).toBe(410);
    const next = await running.call('PUT', 'Patient/p1', patient('p1'), { 'if-match': 'W/"2"' });
    expect(next.headers.get('etag')).toBe('W/"3"');
  });
});
