import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Written } from '../../../../local/ehr/chart-store.ts';
import {
  collection,
  document,
  encounter,
  patient,
  type RunningEhr,
  runEhr,
} from '../../../support/local/running-ehr.ts';

let running: RunningEhr;
afterEach(() => running.close());
beforeEach(async () => {
  running = await runEhr();
});

const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  entry: resources.map((resource) => ({ resource })),
});

describe('loading a practice', () => {
  it('keeps ids and references, and indexes them', async () => {
    const reference = 'Practitioner/gp';
    await running.ehr.load([
      bundle(patient('p1', { generalPractitioner: [{ reference }] })),
      bundle({ resourceType: 'Practitioner', id: 'gp' }),
    ]);
    const loaded = await running.ehr.read('Patient', 'p1');
    expect(loaded).toMatchObject({ generalPractitioner: [{ reference }], meta: { versionId: '1' } });
    expect(await running.ehr.search(`Patient?general-practitioner=${reference}`)).toHaveLength(1);
  });

  it('takes the last of several with one id, still as version 1', async () => {
    const organization = { resourceType: 'Organization', id: 'org' };
    await running.ehr.load([bundle({ ...organization, name: 'A' }), bundle({ ...organization, name: 'B' })]);
    expect(await running.ehr.read('Organization', 'org')).toMatchObject({ name: 'B', meta: { versionId: '1' } });
  });

  it('triggers nothing, even where signed documents contradict each other', async () => {
    const both = [document('a', 'p1', { docStatus: 'final' }), document('b', 'p1', { docStatus: 'final' })];
    await running.ehr.load([collection(patient('p1'), encounter('e', 'p1'), ...both)]);
    expect(await running.ehr.search('DocumentReference?patient=p1&status=current')).toHaveLength(2);
  });

  it.each([
    ['an unknown type', { resourceType: 'Pet', id: 'x' }, /^Pet\/x: FHIR R4 has no such resourceType/],
    ['no type', { id: 'x' }, /has no such resourceType/],
    ['a patient without id', { resourceType: 'Patient' }, /^A Patient has no usable id/],
    ['an id that no URL can hold', patient('a/b'), /^A Patient has no usable id/],
  ])('refuses %s by name and loads nothing', async (_, bad, message) => {
    const loading = running.ehr.load([collection(patient('good')), bundle(bad)]);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toHaveProperty('name', 'PracticeDataError');
    expect(await running.ehr.search('Patient')).toEqual([]);
  });
});

describe('keeping a chart', () => {
  it('takes back what it held, versions and deletions too', async () => {
    const kept = new Map<number, Written>();
    const keep = async (written: readonly Written[]) => {
      for (const each of written) {
        const versions = [...(kept.get(each.order)?.versions ?? []), ...each.versions];
        kept.set(each.order, { ...each, versions });
      }
    };
    const before = await runEhr({ kept: { chart: [], keep } });
    await before.ehr.load([collection(patient('p1'), patient('gone'))]);
    await before.call('PUT', 'Patient/p1', patient('p1', { gender: 'other' }));
    await before.call('DELETE', 'Patient/gone');
    await before.close();
    const chart: Written[] = JSON.parse(JSON.stringify([...kept.values()]));

    const after = await runEhr({ kept: { chart, keep } });
    expect(await after.ehr.read('Patient', 'p1')).toMatchObject({ gender: 'other', meta: { versionId: '2' } });
    expect((await after.call('GET', 'Patient/gone')).status).toBe(410);
    const next = await after.call('PUT', 'Patient/p1', patient('p1'), { 'if-match': 'W/"2"' });
    expect(next.headers.get('etag')).toBe('W/"3"');
    await after.close();
  });
});
