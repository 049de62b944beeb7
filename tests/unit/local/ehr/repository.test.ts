import type { Patient } from 'fhir/r4';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  collection,
  document,
  encounter,
  form,
  get,
  patient,
  post,
  put,
  type RunningEhr,
  runEhr,
} from '../../../support/local/running-ehr.ts';

const ENCOUNTER_URN = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
const identifier = (value: string) => ({ identifier: [{ system: 'urn:cycle', value }] });

/** The chart update of P3 as the service opens it: three conditional creates that refer to each other. */
function opening(cycle: string, patientId = 'p1') {
  const context = { encounter: [{ reference: ENCOUNTER_URN }] };
  return [
    post(
      encounter('x', patientId, identifier(cycle)),
      ENCOUNTER_URN,
      `identifier=urn:cycle|${cycle}&status=in-progress`,
    ),
    post(
      document('y', patientId, { ...identifier(cycle), context }),
      undefined,
      `identifier=urn:cycle|${cycle}&status=current`,
    ),
    post(
      form('z', patientId, '-', { encounter: { reference: ENCOUNTER_URN } }),
      undefined,
      'identifier=urn:cycle|none',
    ),
  ];
}

let running: RunningEhr;
afterEach(() => running.close());
beforeEach(async () => {
  running = await runEhr();
  await running.ehr.load([collection(patient('p1'), patient('p2'))]);
});

describe('a transaction', () => {
  it('answers location, etag and resource of every entry, with references resolved', async () => {
    const reply = await running.transact(...opening('c1'));

    expect(reply.status).toBe(200);
    const [made, doc] = reply.body.entry ?? [];
    expect(made?.response).toMatchObject({ status: '201', etag: 'W/"1"' });
    expect(made?.response?.location).toBe(`Encounter/${made?.resource?.id}/_history/1`);
    expect(doc?.resource).toMatchObject({ context: { encounter: [{ reference: `Encounter/${made?.resource?.id}` }] } });
  });

  it('takes everything back when one entry fails, and the index with it', async () => {
    const types = ['Patient', 'Encounter', 'DocumentReference', 'QuestionnaireResponse'];
    const chart = () => Promise.all(types.map((type) => running.ehr.search(type)));
    const before = await chart();

    const reply = await running.transact(
      ...opening('c1'),
      put(patient('p1', { gender: 'female' }), '1'),
      put(patient('p2'), '7'),
    );

    expect(reply.status).toBe(412);
    expect(await chart()).toEqual(before);
    expect(await running.ehr.search('DocumentReference?identifier=urn:cycle|c1')).toEqual([]);
    expect(await running.ehr.search('Encounter?subject=Patient/p1')).toEqual([]);
  });

  it('takes everything back when an entry does not validate', async () => {
    const reply = await running.transact(put(patient('p1', { gender: 'female' })), put(patient('p2', { bogus: true })));

    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body)).toContain('bogus');
    expect(await running.ehr.read('Patient', 'p1')).not.toHaveProperty('gender');
  });

  it('runs reads after the writes, wherever they stand', async () => {
    const reply = await running.transact(get('Patient?_id=p1'), put(patient('p1', { gender: 'other' })));

    const found = reply.body.entry?.[0]?.resource;
    expect(found).toMatchObject({ resourceType: 'Bundle', entry: [{ resource: { gender: 'other' } }] });
  });

  it('finds what an earlier one made, and lets references point to it', async () => {
    const first = await running.transact(...opening('c1'));
    const again = await running.transact(...opening('c1').slice(0, 2));

    expect(again.body.entry?.map(({ response }) => response?.status)).toEqual(['200', '200']);
    expect(again.body.entry?.[0]?.resource?.id).toBe(first.body.entry?.[0]?.resource?.id);
    expect(again.body.entry?.[1]?.resource?.id).toBe(first.body.entry?.[1]?.resource?.id);
  });

  it('makes one update when the same is asked for many times at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => running.transact(...opening('c1').slice(0, 2))));

    const [made, ...others] = await running.ehr.search<{ id: string }>('Encounter?identifier=urn:cycle|c1');
    expect(others).toEqual([]);
    expect(await running.ehr.search(`DocumentReference?encounter=Encounter/${made?.id}`)).toHaveLength(1);
  });

  it('that fails takes back nothing of what others write meanwhile', async () => {
    const { staff } = running.ehr;
    const failing = staff.write(patient('p1', { bogus: true }) as Patient & { id: string });
    const writing = staff.write({ resourceType: 'Patient', id: 'p2', gender: 'female' });

    await expect(failing).rejects.toThrow('bogus');
    await writing;
    expect(await running.ehr.read('Patient', 'p2')).toHaveProperty('gender', 'female');
  });

  it('refuses an If-Match that is no ETag instead of ignoring it', async () => {
    const entry = put(patient('p1', { gender: 'male' }));
    const reply = await running.transact({ ...entry, request: { method: 'PUT', url: 'Patient/p1', ifMatch: '1' } });

    expect(reply.status).toBe(400);
    expect(await running.ehr.read('Patient', 'p1')).not.toHaveProperty('gender');
  });

  it('patches with If-Match', async () => {
    const data = Buffer.from(JSON.stringify([{ op: 'add', path: '/gender', value: 'male' }])).toString('base64');
    const resource = { resourceType: 'Binary' as const, contentType: 'application/json-patch+json', data };
    const request = { method: 'PATCH' as const, url: 'Patient/p1' };

    expect((await running.transact({ resource, request: { ...request, ifMatch: 'W/"2"' } })).status).toBe(412);
    expect((await running.transact({ resource, request: { ...request, ifMatch: 'W/"1"' } })).status).toBe(200);
    expect(await running.ehr.read('Patient', 'p1')).toMatchObject({ gender: 'male', meta: { versionId: '2' } });
  });
});

describe('a batch', () => {
  it('lets entries fail for themselves', async () => {
    const reply = await running.call('POST', '', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [get('Patient/p1'), get('Patient/none'), get('Patient?_id=p1,p2'), put(patient('p2', { gender: 'male' }))],
    });

    expect(reply.body.entry?.map(({ response }) => response?.status)).toEqual(['200', '404', '200', '200']);
    expect(reply.body.entry?.[2]?.resource).toMatchObject({ total: 2 });
    expect(await running.ehr.read('Patient', 'p2')).toHaveProperty('gender', 'male');
  });
});
