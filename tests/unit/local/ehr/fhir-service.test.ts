import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEhrSimulator } from '../../../../local/ehr/simulator.ts';
import { collection, ids, patient, type RunningEhr, runEhr } from '../../../support/local/running-ehr.ts';

let running: RunningEhr;
afterEach(() => running.close());
beforeEach(async () => {
  running = await runEhr();
  await running.ehr.load([collection(patient('p1'))]);
});

describe('one resource', () => {
  it('is made with an id of the server, a version and an address', async () => {
    const { status, headers, body } = await running.call('POST', 'Patient', patient('mine'));
    expect({ status, etag: headers.get('etag') }).toEqual({ status: 201, etag: 'W/"1"' });
    expect(body.id).not.toBe('mine');
    expect(headers.get('location')).toBe(`${running.url}/Patient/${body.id}/_history/1`);
  });

  it("is dated by the practice's clock", async () => {
    running.clock.now = Date.parse('2031-05-05T05:05:05.500Z');
    const { body } = await running.call('PUT', 'Patient/p1', patient('p1'));
    expect(body.meta).toEqual({ versionId: '2', lastUpdated: '2031-05-05T05:05:05.500Z' });
  });

  it('is not overwritten by a writer with an older version', async () => {
    const stale = await running.call('PUT', 'Patient/p1', patient('p1'), { 'if-match': 'W/"9"' });
    const missing = await running.call('PUT', 'Patient/new', patient('new'), { 'if-match': 'W/"1"' });
    const patched = await running.call('PATCH', 'Patient/p1', [{ op: 'remove', path: '/active' }], {
      'if-match': '"9"',
    });
    const garbled = await running.call('PUT', 'Patient/p1', patient('p1'), { 'if-match': '1' });
    expect([stale.status, missing.status, patched.status, garbled.status]).toEqual([412, 412, 412, 400]);
    expect(await running.ehr.read('Patient', 'p1')).toMatchObject({ active: true, meta: { versionId: '1' } });
  });

  it('is made once by a conditional create', async () => {
    const made = patient('x', { identifier: [{ system: 'urn:mrn', value: '7' }] });
    const headers = { 'if-none-exist': 'identifier=urn:mrn|7' };
    const first = await running.call('POST', 'Patient', { ...made, id: undefined }, headers);
    const second = await running.call('POST', 'Patient', { ...made, id: undefined }, headers);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
  });

  it('keeps its versions', async () => {
    await running.call('PUT', 'Patient/p1', patient('p1', { gender: 'male' }));
    expect((await running.call('GET', 'Patient/p1/_history/1')).body).not.toHaveProperty('gender');
    expect((await running.call('GET', 'Patient/p1/_history')).body.entry).toHaveLength(2);
  });

  it('is validated with what it contains, of whatever type', async () => {
    const containing = (slot: object) => patient('p1', { contained: [{ resourceType: 'Slot', id: 's', ...slot }] });
    const times = { start: '2026-03-01T09:00:00Z', end: '2026-03-01T10:00:00Z', schedule: { display: 'Desk' } };
    const good = await running.call('PUT', 'Patient/p1', containing({ status: 'free', ...times }));
    const bad = await running.call('PUT', 'Patient/p1', containing({ status: 'free' }));
    expect([good.status, bad.status]).toEqual([200, 400]);
  });

  it('is patched as the patch says, or not at all', async () => {
    const good = await running.call('PATCH', 'Patient/p1', [{ op: 'add', path: '/gender', value: 'male' }]);
    const bad = await running.call('PATCH', 'Patient/p1', [{ op: 'test', path: '/gender', value: 'female' }]);
    const renamed = await running.call('PATCH', 'Patient/p1', [{ op: 'replace', path: '/id', value: 'p2' }]);
    expect([good.status, bad.status, renamed.status]).toEqual([200, 400, 400]);
    expect(await running.ehr.read('Patient', 'p1')).toMatchObject({ gender: 'male', meta: { versionId: '2' } });
  });
});

describe('errors are OperationOutcomes', () => {
  const big = `{"resourceType":"Patient","language":"${'x'.repeat(5 * 1024 * 1024)}"}`;
  it.each([
    ['an unknown route', 'GET', 'Nothing/1', undefined, 404],
    ['an operation', 'POST', '$graphql', {}, 404],
    ['a missing resource', 'GET', 'Patient/none', undefined, 404],
    ['no JSON', 'POST', 'Patient', '{"resourceType":', 400],
    ['no body', 'POST', 'Patient', undefined, 400],
    ['no resource', 'POST', 'Patient', 'null', 400],
    ['a wrong type', 'POST', 'Patient', { resourceType: 'Task' }, 400],
    ['what does not validate', 'POST', 'Patient', { resourceType: 'Patient', active: 'yes' }, 400],
    ['a wrong id', 'PUT', 'Patient/p1', { resourceType: 'Patient', id: 'p2' }, 400],
    ['a Bundle without entries', 'POST', '', { resourceType: 'Bundle', type: 'transaction' }, 400],
    ['an entry without request', 'POST', '', { resourceType: 'Bundle', type: 'batch', entry: [{}] }, 400],
    ['a body over 5 MB', 'POST', 'Patient', big, 413],
  ])('for %s', async (_, method, path, body, expected) => {
    const reply = await running.call(method, path, body);
    expect(reply.status).toBe(expected);
    expect(reply.headers.get('content-type')).toBe('application/fhir+json');
    expect(reply.body.resourceType).toBe('OperationOutcome');
  });

  it('for another content type', async () => {
    const reply = await running.call('POST', 'Patient', '{}', { 'content-type': 'text/plain' });
    expect(reply.status).toBe(415);
  });

  it('quotes nothing of a body that is no JSON', async () => {
    const reply = await running.call('POST', 'Patient', '{"pin":"B122900125"');
    expect(JSON.stringify(reply.body)).not.toContain('B122900125');
  });
});

it('says what it serves', async () => {
  const { status, body } = await running.call('GET', 'metadata');
  expect(status).toBe(200);
  expect(body).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
});

it('answers a search by POST', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(ids(await running.call('POST', 'Patient/_search', '_id=p1', headers))).toEqual(['p1']);
});

it('pages through the address it is reached under', async () => {
  const elsewhere = await runEhr({ baseUrl: 'http://127.0.0.1:4600/fhir/' });
  await elsewhere.ehr.load([collection(patient('a'), patient('b'))]);
  const { body } = await elsewhere.call('GET', 'Patient?_count=1');
  await elsewhere.close();
  expect(body.link).toContainEqual({
    relation: 'next',
    url: expect.stringMatching(/^http:\/\/127.0.0.1:4600\/fhir\/Patient\?/),
  });
});

it('has the Device that signs', async () => {
  const ehr = await createEhrSimulator({ now: () => 0 });
  expect(await ehr.search('Device?identifier=portal-pin')).toMatchObject([{ id: 'portal-pin', status: 'active' }]);
});
