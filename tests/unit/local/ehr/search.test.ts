import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collection,
  document,
  encounter,
  form,
  ids,
  patient,
  put,
  type RunningEhr,
  runEhr,
} from '../../../support/local/running-ehr.ts';

let running: RunningEhr;
const found = async (query: string) => ids(await running.call('GET', query));
const DOCUMENT_TOKEN = 'https://portal-pin.example/fhir/CodeSystem/document-type|portal-pin-generator';
const on = (date: string, more: object = {}) => ({ date, docStatus: 'final', ...more });

beforeAll(async () => {
  running = await runEhr();
  const focus = { reference: 'DocumentReference/d1' };
  await running.ehr.load([
    collection(
      patient('p1', { generalPractitioner: [{ reference: 'PractitionerRole/r1' }] }),
      patient('p2'),
      { resourceType: 'Practitioner', id: 'pcp' },
      { resourceType: 'PractitionerRole', id: 'r1', practitioner: { reference: 'Practitioner/pcp' } },
      encounter('e1', 'p1', { identifier: [{ system: 'urn:cycle', value: 'C1' }] }),
      document(
        'd1',
        'p1',
        on('2026-01-01T00:30:00+02:00', { context: { encounter: [{ reference: 'Encounter/e1' }] } }),
      ),
      document('d2', 'p1', on('2025-12-31T23:00:00Z', { identifier: [{ system: 'urn:cycle', value: 'C1' }] })),
      document('d3', 'p1', on('2026-02-01T00:00:00Z', { status: 'superseded' })),
      document('d4', 'p1', { type: { coding: [{ system: 'urn:other', code: 'letter' }] } }),
      document('d5', 'p2', on('2026-02-02T00:00:00Z')),
      form('q1', 'p1', 'e1', { identifier: { system: 'urn:cycle', value: 'C1' } }),
      { resourceType: 'Task', id: 't1', status: 'requested', intent: 'order', focus },
      { resourceType: 'Task', id: 't2', status: 'cancelled', intent: 'order', focus, for: { reference: 'Patient/p1' } },
      { resourceType: 'Task', id: 't3', status: 'requested', intent: 'order', basedOn: [focus] },
      { resourceType: 'CareTeam', id: 'c1', status: 'active', subject: { reference: 'Patient/p1' } },
      {
        resourceType: 'Communication',
        id: 'm1',
        status: 'completed',
        identifier: [{ system: 'urn:ses', value: 's1' }],
      },
    ),
  ]);
});
afterAll(() => running.close());

describe('searches the adapter relies on', () => {
  it.each([
    [`DocumentReference?patient=Patient/p1&type=${encodeURIComponent(DOCUMENT_TOKEN)}&status=current`, ['d1', 'd2']],
    ['DocumentReference?patient=p1&status=superseded', ['d3']],
    ['DocumentReference?subject=Patient/p2', ['d5']],
    ['DocumentReference?identifier=urn:cycle|C1', ['d2']],
    ['DocumentReference?identifier=urn:other|C1', []],
    ['DocumentReference?encounter=Encounter/e1', ['d1']],
    ['DocumentReference?_id=d5,d1', ['d1', 'd5']],
    ['DocumentReference?type=letter', ['d4']],
    ['QuestionnaireResponse?identifier=urn:cycle|C1', ['q1']],
    ['QuestionnaireResponse?encounter=Encounter/e1&status=in-progress', ['q1']],
    ['QuestionnaireResponse?subject=Patient/p2', []],
    ['Encounter?identifier=urn:cycle|c1&status=in-progress', ['e1']],
    ['Encounter?subject=Patient/p1&type=portal-pin-generator', ['e1']],
    ['Task?focus=DocumentReference/d1&status=requested', ['t1']],
    ['Task?focus=DocumentReference/d1&status:not=cancelled', ['t1']],
    ['Task?patient=Patient/p1', ['t2']],
    ['CareTeam?patient=Patient/p1&status=active', ['c1']],
    ['Communication?identifier=urn:ses|s1', ['m1']],
    ['AuditEvent?patient=Patient/p1', []],
    ['MedicationRequest?patient=Patient/p1&status=draft&intent=order', []],
    ['Provenance?target=DocumentReference/d1', []],
  ])('%s', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('sorts by instants, not by letters', async () => {
    expect(await found('DocumentReference?patient=p1&_sort=-date')).toEqual(['d3', 'd2', 'd1', 'd4']);
  });

  it('includes what matches refer to, step by step', async () => {
    expect(await found('DocumentReference?_id=d1&_include=DocumentReference:encounter')).toEqual(['d1', 'e1']);
    const query = 'Patient?_id=p1&_include=Patient:general-practitioner&_include:iterate=PractitionerRole:practitioner';
    expect(await found(query)).toEqual(['p1', 'r1', 'pcp']);
  });
});

describe('paging', () => {
  it.each(['', '&_sort=date'])('follows next to the end, each resource once%s', async (sort) => {
    const seen: unknown[] = [];
    let url: string | undefined = `DocumentReference?_count=2${sort}`;
    while (url) {
      const reply = await running.call('GET', url);
      expect(ids(reply).length).toBeLessThanOrEqual(2);
      seen.push(...ids(reply));
      url = reply.body.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(seen.toSorted()).toEqual(['d1', 'd2', 'd3', 'd4', 'd5']);
  });

  it('starts where it is told', async () => {
    expect(await found('DocumentReference?_offset=3')).toEqual(['d4', 'd5']);
  });

  it('counts without resources', async () => {
    expect((await running.call('GET', 'DocumentReference?_summary=count')).body).toMatchObject({ total: 5 });
  });
});

describe('what it will not guess', () => {
  it.each([
    'DocumentReference?docStatus=final',
    'DocumentReference?author=pcp',
    'DocumentReference?subject:Patient=Patient/p1',
    'DocumentReference?type:text=letter',
    'DocumentReference?_count=many',
    'Patient?general-practitioner.name=Miller',
  ])('%s is refused', async (query) => {
    const { status, body } = await running.call('GET', query);
    expect({ status, type: body.resourceType }).toEqual({ status: 400, type: 'OperationOutcome' });
  });
});

it('keeps the index in step with updates and deletions', async () => {
  await running.transact(put(document('moved', 'p1', { identifier: [{ value: 'old' }] })));
  await running.transact(put(document('moved', 'p2', { identifier: [{ value: 'new' }] })));
  expect(await found('DocumentReference?identifier=old')).toEqual([]);
  expect(await found('DocumentReference?patient=p2&identifier=new')).toEqual(['moved']);
  await running.call('DELETE', 'DocumentReference/moved');
  expect(await found('DocumentReference?patient=p2')).toEqual(['d5']);
  expect((await running.call('GET', 'DocumentReference/moved')).status).toBe(410);
});
