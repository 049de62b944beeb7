import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENT_TYPE } from '../../../../../functions/adapters/fhir/codes.ts';
import {
  ehrAt,
  json,
  type Script,
  type ScriptedEhr,
  scriptedEhr,
  searchset,
  thrownBy,
} from '../../../../support/scripted/scripted-ehr.ts';

const CANARY = 'Q987654321';
let ehr: ScriptedEhr;
let elsewhere: ScriptedEhr;
beforeAll(async () => {
  ehr = await scriptedEhr();
  elsewhere = await scriptedEhr();
});
afterAll(() => Promise.all([ehr.close(), elsewhere.close()]));

const document = (id: string, more: object = {}) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  docStatus: 'final',
  type: { coding: [DOCUMENT_TYPE] },
  subject: { reference: `Patient/of-${id}` },
  ...more,
});
const list = (bookmark: string | null = null) => ehrAt(ehr.url).listSignedPins(bookmark);
const thrown = async (script: Script, bookmark: string | null = null) => {
  ehr.answer(script);
  const { name, code, shown } = await thrownBy(list(bookmark));
  expect(shown).not.toContain(CANARY);
  return `${name} ${code}`;
};

describe('what is asked', () => {
  it('is the type’s current documents, 50 to a page, of all patients', async () => {
    ehr.answer(json(200, searchset([])));
    expect(await list()).toEqual({ documents: 0, patientIds: [], withoutPatient: 0, next: null });
    const asked = new URL(ehr.requests[0]?.url ?? '', ehr.url).searchParams;
    const type = `${DOCUMENT_TYPE.system}|${DOCUMENT_TYPE.code}`;
    expect(Object.fromEntries(asked)).toEqual({ type, status: 'current', _count: '50' });
  });
});

describe('what a page tells', () => {
  it('lists the patients of the signed documents, each once', async () => {
    const signed = [
      document('a'),
      document('b', { docStatus: 'amended' }),
      document('c', { docStatus: undefined }),
      document('d', { subject: { reference: `${ehr.url}/Patient/of-a/_history/3` } }),
    ];
    ehr.answer(json(200, searchset([...signed, document('draft', { docStatus: 'preliminary' })])));
    expect(await list()).toEqual({
      documents: 4,
      patientIds: ['of-a', 'of-b', 'of-c'],
      withoutPatient: 0,
      next: null,
    });
  });
  it('counts documents that name no patient', async () => {
    const nobodys = [
      document('a', { subject: undefined }),
      document('b', { subject: { display: CANARY } }),
      document('c', { subject: { reference: 'Group/family' } }),
    ];
    ehr.answer(json(200, searchset([...nobodys, document('d')])));
    expect(await list()).toMatchObject({ documents: 4, patientIds: ['of-d'], withoutPatient: 3 });
  });
  it.each<[string, object]>([
    ['another type', document('x', { type: { coding: [{ system: DOCUMENT_TYPE.system, code: 'letter' }] } })],
    ['no type', document('x', { type: undefined })],
    ['a superseded one', document('x', { status: 'superseded' })],
  ])('is not that which the server gave for a question that it ignored: %s', async (_case, foreign) => {
    ehr.answer(json(200, searchset([document('d'), foreign])));
    expect(await list()).toEqual({ documents: 1, patientIds: ['of-d'], withoutPatient: 0, next: null });
  });
});

describe('the next page', () => {
  it('is asked for as the server wrote it, below the base', async () => {
    const link = `${ehr.url}/DocumentReference?ct=${CANARY}%2F%3D&_page=2`;
    ehr.answer(json(200, searchset([document('a')], link)));
    const first = await list();
    expect(first?.next).toBe(`DocumentReference?ct=${CANARY}%2F%3D&_page=2`);
    ehr.answer(json(200, searchset([document('b')])));
    expect(await list(first?.next ?? '')).toMatchObject({ patientIds: ['of-b'], next: null });
    expect(ehr.requests[0]?.url).toBe(`/fhir/DocumentReference?ct=${CANARY}%2F%3D&_page=2`);
  });
  it('may be an empty one', async () => {
    ehr.answer(json(200, searchset([], `${ehr.url}?_getpages=7`)));
    expect(await list()).toEqual({ documents: 0, patientIds: [], withoutPatient: 0, next: '?_getpages=7' });
  });
  it('is nowhere else, where our token would go', async () => {
    const link = `${elsewhere.url}/${CANARY}`;
    expect(await thrown(json(200, searchset([], link)))).toBe('EhrRejectedError PAGE_LINK_LEAVES_EHR');
    expect(elsewhere.requests).toEqual([]);
  });
  it('has no address that no server could take', async () => {
    const link = `${ehr.url}?_page=${'x'.repeat(20_000)}`;
    expect(await thrown(json(200, searchset([], link)))).toBe('EhrRejectedError PAGE_LINK_TOO_LONG');
  });
  it.each([400, 404, 410, 422])('is forgotten: %i', async (status) => {
    ehr.answer(json(status, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }));
    expect(await list('DocumentReference?_page=2')).toBeNull();
  });
  it.each([
    [401, 'EhrRejectedError HTTP_401'],
    [403, 'EhrRejectedError HTTP_403'],
    [404, 'EhrUnavailableError HTTP_404_IS_NO_FHIR'],
    [429, 'EhrThrottledError HTTP_429'],
    [503, 'EhrUnavailableError HTTP_503'],
  ])('is not forgotten for that: %i by a gateway', async (status, error) => {
    expect(await thrown(json(status, { remark: CANARY }), 'DocumentReference?_page=2')).toBe(error);
  });
});
