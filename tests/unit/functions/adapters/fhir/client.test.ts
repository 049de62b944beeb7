import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CALLS,
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

const patient = { resourceType: 'Patient', id: 'p1' };
const document = (id: string, more: object = {}) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  docStatus: 'final',
  subject: { reference: 'Patient/p1' },
  ...more,
});
const thrown = async (call: keyof typeof CALLS, script: Script) => {
  ehr.answer(script);
  const { name, code, shown } = await thrownBy(CALLS[call](ehrAt(ehr.url)));
  expect(shown).not.toContain(CANARY);
  return `${name} ${code}`;
};
/** Answers a batch of searches: an empty one each, except those given by index. */
const batch =
  (entries: Record<number, object>): Script =>
  (request, res) => {
    const asked: { entry: unknown[] } = JSON.parse(request.body);
    const entry = asked.entry.map(
      (_each, index) => entries[index] ?? { response: { status: '200' }, resource: searchset([]) },
    );
    json(200, { resourceType: 'Bundle', type: 'batch-response', entry })(request, res);
  };
const ok = (resource: unknown) => ({ response: { status: '200 OK' }, resource });

describe('Retry-After up to 5 s is waited out, once', () => {
  it('asks again after it', async () => {
    const replies = [json(429, {}, { 'retry-after': '1' }), json(200, patient)];
    ehr.answer((request, res) => replies.shift()?.(request, res));
    const begun = performance.now();
    await expect(ehrAt(ehr.url).readPatient('p1')).resolves.toMatchObject({ id: 'p1' });
    expect(performance.now() - begun).toBeGreaterThan(990);
    expect(ehr.requests).toHaveLength(2);
  });
  it('gives up when it is asked to wait again', async () => {
    expect(await thrown('readPatient', json(429, {}, { 'retry-after': '0' }))).toBe('EhrThrottledError HTTP_429');
    expect(ehr.requests).toHaveLength(2);
  });
  it('does not wait beyond the deadline', async () => {
    ehr.answer(json(429, {}, { 'retry-after': '5' }));
    const call = ehrAt(ehr.url, AbortSignal.timeout(40)).readPatient('p1');
    expect(await thrownBy(call)).toMatchObject({ name: 'EhrThrottledError', code: 'DEADLINE' });
    expect(ehr.requests).toHaveLength(1);
  });
  it.each(['6', '-1', '', 'soon', '1e9'])('does not wait for Retry-After %j', async (seconds) => {
    await thrown('readPatient', json(429, {}, { 'retry-after': seconds }));
    expect(ehr.requests).toHaveLength(1);
  });
});

describe('an answer that is not what was asked for', () => {
  it.each([
    ['a resource of another type', { resourceType: 'Practitioner', id: 'p1', name: CANARY }],
    ['another patient', { ...patient, id: CANARY }],
    ['a patient without an id', { resourceType: 'Patient', name: [{ family: CANARY }] }],
  ])('readPatient: %s', async (_case, resource) => {
    expect(await thrown('readPatient', json(200, resource))).toBe('EhrUnavailableError ANSWER_IS_ANOTHER_PATIENT');
  });

  it.each(['readPinDocuments', 'readPin', 'countOurSigned', 'readRouting', 'readSigned', 'openUpdate'] as const)(
    '%s: a resource that is no Bundle',
    async (call) => {
      const name = 'EhrUnavailableError ANSWER_IS_NO_BUNDLE';
      expect(await thrown(call, json(200, { resourceType: 'Basic', id: CANARY }))).toBe(name);
    },
  );

  const REFUSED = 'EhrRejectedError ANSWER_IS_NOT_WHAT_WAS_ASKED_FOR';
  const foreign = document(CANARY, { subject: { reference: `Patient/${CANARY}` }, description: CANARY });
  const foreignTask = { resourceType: 'Task', id: 't1', focus: { reference: `DocumentReference/${CANARY}` } };
  const foreignForm = {
    resourceType: 'QuestionnaireResponse',
    id: 'f',
    encounter: { reference: `Encounter/${CANARY}` },
  };
  it.each<[keyof typeof CALLS, string, Script]>([
    ['readPinDocuments', "another patient's document", json(200, searchset([document('d1'), foreign]))],
    ['readPinDocuments', "nobody's document", json(200, searchset([document('d1', { subject: undefined })]))],
    ['countOurSigned', "another patient's document", json(200, searchset([foreign]))],
    ['readPin', "another encounter's form", json(200, searchset([foreignForm]))],
    ['readRouting', "another document's Task", json(200, searchset([foreignTask]))],
    ['closeStaffTask', 'another Task', json(200, searchset([foreignTask]))],
    ['reviewDraft', "another patient's document", batch({ 3: ok(searchset([foreign])) })],
    ['reviewDraft', "another document's Task", batch({ 2: ok(searchset([foreignTask])), 6: ok(patient) })],
    ['reviewDraft', 'another patient', batch({ 6: ok({ ...patient, id: CANARY }) })],
    ['readSigned', "another cycle's form", batch({ 1: ok(searchset([foreignForm])) })],
    ['readSigned', 'another patient', batch({ 4: ok({ ...patient, id: CANARY }) })],
    ['discardDrafts', "another cycle's document", batch({ 0: ok(searchset([foreign])) })],
    ['discardDrafts', "another cycle's form", batch({ 1: ok(searchset([foreignForm])) })],
    ['discardDrafts', 'an ordinary visit', batch({ 2: ok(searchset([{ resourceType: 'Encounter', id: 'e' }])) })],
    [
      'readUpdateFacts',
      "another cycle's draft",
      batch({ 1: ok(searchset([patient])), 5: ok(searchset([document('d1', { docStatus: 'preliminary' })])) }),
    ],
  ])('%s: %s', async (call, _case, script) => {
    expect(await thrown(call, script)).toBe(REFUSED);
    // Refused before anything was written.
    expect(ehr.requests.map((request) => request.method)).not.toContain('PUT');
    expect(ehr.requests.filter((request) => request.body.includes('"transaction"'))).toEqual([]);
  });

  it('an entry without a resource', async () => {
    const answer = { resourceType: 'Bundle', type: 'searchset', entry: [{ fullUrl: CANARY }] };
    const code = await thrown('readPinDocuments', json(200, answer));
    expect(code).toBe('EhrUnavailableError BUNDLE_ENTRY_IS_NO_FHIR');
  });
  it('a document without an id', async () => {
    const answer = searchset([{ ...document('d1'), id: undefined }]);
    const code = await thrown('readPinDocuments', json(200, answer));
    expect(code).toBe('EhrUnavailableError DOCUMENTREFERENCE_WITHOUT_ID');
  });
  it("the server's remarks beside the matches are no match", async () => {
    const remark = { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } };
    ehr.answer(json(200, { ...searchset([]), entry: [{ resource: document('d1') }, remark] }));
    expect((await ehrAt(ehr.url).readPinDocuments('p1')).map((each) => each.id)).toEqual(['d1']);
  });
  it('a Bundle without entries finds nothing', async () => {
    ehr.answer(json(200, { resourceType: 'Bundle', type: 'searchset' }));
    expect(await ehrAt(ehr.url).readPinDocuments('p1')).toEqual([]);
  });
});

describe('paging', () => {
  const pages =
    (link: (base: string) => string): Script =>
    (request, res) => {
      const first = !request.url.includes('page=2');
      json(200, searchset([document(first ? 'd1' : 'd2')], first ? link(ehr.url) : undefined))(request, res);
    };
  it.each<[string, (base: string) => string]>([
    ['absolute', (base) => `${base}/DocumentReference?page=2`],
    ['relative', () => 'DocumentReference?page=2'],
    ['absolute path', () => '/fhir/DocumentReference?page=2'],
    ['to the base itself', (base) => `${base}?page=2`],
  ])('follows a link that is %s', async (_case, link) => {
    ehr.answer(pages(link));
    expect((await ehrAt(ehr.url).readPinDocuments('p1')).map((each) => each.id)).toEqual(['d1', 'd2']);
    expect(ehr.requests.every((request) => request.url.startsWith('/fhir'))).toBe(true);
  });

  it.each<[string, (base: string) => string, string]>([
    ['another origin', () => `${elsewhere.url}/${CANARY}?page=2`, 'EhrRejectedError PAGE_LINK_LEAVES_EHR'],
    ['another path of it', (base) => `${base}-of-others/${CANARY}?page=2`, 'EhrRejectedError PAGE_LINK_LEAVES_EHR'],
    ['above the base', () => `../${CANARY}?page=2`, 'EhrRejectedError PAGE_LINK_LEAVES_EHR'],
    ['another protocol', () => `file:///${CANARY}`, 'EhrRejectedError PAGE_LINK_LEAVES_EHR'],
    ['no URL', () => `http://${CANARY}:port`, 'EhrUnavailableError PAGE_LINK_IS_NO_URL'],
  ])('refuses a link to %s, where our token would go', async (_case, link, error) => {
    elsewhere.answer(json(200, searchset([])));
    expect(await thrown('readPinDocuments', pages(link))).toBe(error);
    expect(ehr.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  it('ends, although the pages do not', async () => {
    const endless: Script = (request, res) =>
      json(200, searchset([], `${ehr.url}/DocumentReference?page=${ehr.requests.length}`))(request, res);
    expect(await thrown('readPinDocuments', endless)).toBe('EhrRejectedError TOO_MANY_PAGES');
    expect(ehr.requests).toHaveLength(200);
  });
  it('fails as the page fails', async () => {
    const script: Script = (request, res) =>
      ehr.requests.length === 1
        ? json(200, searchset([document('d1')], 'DocumentReference?page=2'))(request, res)
        : json(503, {})(request, res);
    expect(await thrown('readPinDocuments', script)).toBe('EhrUnavailableError HTTP_503');
  });
});

describe('a batch', () => {
  const calls = ['readUpdateFacts', 'reviewDraft', 'readSigned', 'discardDrafts'] as const;
  it.each(calls)('%s: too few entries', async (call) => {
    const short = json(200, { resourceType: 'Bundle', type: 'batch-response', entry: [ok(searchset([]))] });
    expect(await thrown(call, short)).toBe('EhrUnavailableError BATCH_ANSWER_INCOMPLETE');
  });
  it.each(calls)('%s: an entry that failed', async (call) => {
    const failed = (status: string) =>
      batch({
        1: {
          response: {
            status,
            outcome: { resourceType: 'OperationOutcome', issue: [{ code: 'exception', diagnostics: CANARY }] },
          },
        },
      });
    expect(await thrown(call, failed('500 Internal'))).toBe('EhrUnavailableError HTTP_500_exception');
    expect(await thrown(call, failed('429'))).toBe('EhrThrottledError HTTP_429_exception');
    expect(await thrown(call, failed('403 Forbidden'))).toBe('EhrRejectedError HTTP_403_exception');
    expect(await thrown(call, failed(CANARY))).toBe('EhrUnavailableError HTTP_NONE_exception');
  });
  it.each(calls)('%s: an entry without status, and one without a resource', async (call) => {
    expect(await thrown(call, batch({ 0: { resource: patient } }))).toBe('EhrUnavailableError HTTP_NONE');
    const empty = batch({ 0: { response: { status: '200' } } });
    expect(await thrown(call, empty)).toBe('EhrUnavailableError BATCH_ENTRY_IS_NO_FHIR');
  });
  it('an entry of 404 is a resource that is not there', async () => {
    const missing = { response: { status: '404 Not Found' } };
    ehr.answer(batch({ 0: missing, 1: { response: { status: '410' } }, 6: ok(patient) }));
    const review = await ehrAt(ehr.url).reviewDraft('p1', { document: 'd1', form: 'f1', encounter: 'e1' });
    expect(review).toMatchObject({ draftIntact: false, pin: null, standing: 'ELIGIBLE' });
    expect(await thrown('reviewDraft', batch({ 6: missing }))).toBe('PatientNotFoundError GONE');
    ehr.answer(batch({ 4: missing }));
    await expect(ehrAt(ehr.url).readSigned('p1', 'd1', 'cycle')).rejects.toMatchObject({
      name: 'PatientNotFoundError',
    });
  });
  it('pages of a search inside it are read, too', async () => {
    const second = document('d2');
    const script: Script = (request, res) =>
      request.method === 'GET'
        ? json(200, searchset([second]))(request, res)
        : batch({ 3: ok(searchset([document('d1')], 'DocumentReference?page=2')), 6: ok(patient) })(request, res);
    ehr.answer(script);
    const { documents } = await ehrAt(ehr.url).reviewDraft('p1', { document: 'd1', form: 'f1', encounter: 'e1' });
    expect(documents.map((each) => each.id)).toEqual(['d1', 'd2']);
  });
});

describe('a transaction', () => {
  const answer = (entry: unknown[]) => json(200, { resourceType: 'Bundle', type: 'transaction-response', entry });
  it.each(['openUpdate', 'sign', 'cancelRouting'] as const)('%s: too few entries', async (call) => {
    expect(await thrown(call, answer([{}]))).toBe('EhrUnavailableError TRANSACTION_ANSWER_INCOMPLETE');
  });
  it('openUpdate: an entry without location and without resource', async () => {
    const code = await thrown('openUpdate', answer([{}, {}, {}]));
    expect(code).toBe('EhrUnavailableError TRANSACTION_ANSWER_WITHOUT_LOCATION');
  });
  it('openUpdate: reads the ids from locations, absolute, versioned, or from the resources', async () => {
    ehr.answer(
      answer([
        { response: { location: `${ehr.url}/Encounter/e9/_history/1` } },
        { response: { location: 'DocumentReference/d9' } },
        { resource: { resourceType: 'QuestionnaireResponse', id: 'f9' } },
      ]),
    );
    const opened = await CALLS.openUpdate(ehrAt(ehr.url));
    expect(opened).toEqual({ encounter: 'e9', document: 'd9', form: 'f9' });
  });
  it('cancelRouting: the names that are left are not told', async () => {
    const code = await thrown('cancelRouting', answer([{}, {}]));
    expect(code).toBe('EhrUnavailableError TRANSACTION_ANSWER_INCOMPLETE');
  });
  it('writes nothing without If-Match: a resource whose version nobody told is refused', async () => {
    ehr.answer(answer([]));
    const asRead = { tasks: [{ resourceType: 'Task', id: 't1' }] };
    const call = ehrAt(ehr.url).cancelRouting('d1', { open: 1, asRead });
    await expect(call).rejects.toMatchObject({ name: 'EhrRejectedError', message: 'RESOURCE_WITHOUT_VERSION' });
    expect(ehr.requests).toEqual([]);
  });
});

describe('a write that the server answers with nothing', () => {
  it.each(['endUpdate', 'fileMessage', 'openStaffTask'] as const)(
    '%s: 204, or 201 without a body, is done',
    async (call) => {
      for (const status of [200, 201, 204]) {
        ehr.answer((_request, res) => void res.writeHead(status).end());
        await expect(CALLS[call](ehrAt(ehr.url))).resolves.toBeUndefined();
        expect(ehr.requests).toHaveLength(1);
        expect(ehr.requests[0]?.headers.prefer).toBe('return=representation');
      }
    },
  );
  it('fileMessage and openStaffTask are conditional creates', async () => {
    ehr.answer((_request, res) => void res.writeHead(201).end());
    await CALLS.fileMessage(ehrAt(ehr.url));
    await CALLS.openStaffTask(ehrAt(ehr.url));
    expect(ehr.requests.map((request) => request.headers['if-none-exist'])).toEqual([
      expect.stringMatching(/^identifier=\S+\|s1$/),
      expect.stringMatching(/^identifier=\S+\|[0-9a-f]{40}&status=draft,requested,/),
    ]);
  });
  it('endUpdate: of a failed "test" it asks whether the update is ended already', async () => {
    const status =
      (now: string): Script =>
      (request, res) =>
        request.method === 'PATCH'
          ? json(422, {})(request, res)
          : json(200, { resourceType: 'Encounter', id: 'e1', status: now })(request, res);
    ehr.answer(status('finished'));
    await expect(CALLS.endUpdate(ehrAt(ehr.url))).resolves.toBeUndefined();
    expect(await thrown('endUpdate', status('in-progress'))).toBe('EhrRejectedError HTTP_422');
    expect(await thrown('endUpdate', status('entered-in-error'))).toBe('DraftGoneError UPDATE_NOT_OPEN');
  });
});
