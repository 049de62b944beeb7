import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CYCLE_IDENTIFIER, DOCUMENT_TYPE, EXTENSION } from '../../../../../../functions/adapters/fhir/codes.ts';
import {
  CALLS,
  ehrAt,
  json,
  routedTask,
  type Script,
  type ScriptedEhr,
  scriptedEhr,
  searchset,
  thrownBy,
} from '../../../../../support/scripted/scripted-ehr.ts';

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
  type: { coding: [DOCUMENT_TYPE] },
  subject: { reference: 'Patient/p1' },
  ...more,
});
const thrown = async (call: keyof typeof CALLS, script: Script) => {
  ehr.answer(script);
  const { name, code, shown } = await thrownBy(CALLS[call](ehrAt(ehr.url)));
  expect(shown).not.toContain(CANARY);
  return `${name} ${code}`;
};
/** Answers a batch: nothing found by each search and each read, except for those given by index. */
const batch =
  (entries: Record<number, object>): Script =>
  (request, res) => {
    const asked: { entry: { request: { url: string } }[] } = JSON.parse(request.body);
    const nothing = (url: string) =>
      url.includes('?') ? { response: { status: '200' }, resource: searchset([]) } : { response: { status: '404' } };
    const entry = asked.entry.map(({ request: { url } }, index) => entries[index] ?? nothing(url));
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

  it.each<[keyof typeof CALLS, string, Script]>([
    ['reviewDraft', 'another patient', batch({ 6: ok({ ...patient, id: CANARY }) })],
    ['reviewDraft', 'another document', batch({ 0: ok(document(CANARY)), 6: ok(patient) })],
    ['readSigned', 'another patient', batch({ 4: ok({ ...patient, id: CANARY }) })],
    ['readUpdateFacts', 'another document', batch({ 0: ok(document(CANARY)), 1: ok(searchset([patient])) })],
    ['readPickupFacts', 'another document', batch({ 0: ok(patient), 1: ok(document(CANARY)) })],
    [
      'readPickupFacts',
      "another patient's document",
      batch({ 0: ok(patient), 1: ok(document('d1', { subject: { reference: `Patient/${CANARY}` } })) }),
    ],
  ])('%s: %s, asked for by id, is refused', async (call, _case, script) => {
    expect(await thrown(call, script)).toBe('EhrRejectedError ANSWER_IS_NOT_WHAT_WAS_ASKED_FOR');
  });

  const foreign = document(CANARY, { subject: { reference: `Patient/${CANARY}` }, description: CANARY });
  const letter = document(CANARY, { type: { coding: [{ system: DOCUMENT_TYPE.system, code: 'letter' }] } });
  const nobodys = document(CANARY, { subject: undefined });
  const elsewheres = document(CANARY, { subject: { reference: `https://other.example/fhir/Patient/p1` } });
  const superseded = document(CANARY, { status: 'superseded' });
  const foreignTask = {
    ...{ resourceType: 'Task', id: CANARY, status: 'requested', meta: { versionId: '1' } },
    focus: { reference: `DocumentReference/${CANARY}` },
  };
  const foreignProvenance = {
    ...{ resourceType: 'Provenance', id: CANARY, target: [{ reference: `DocumentReference/${CANARY}` }] },
    extension: [{ url: EXTENSION.becomeResponsibleProvider, valueBoolean: false }],
  };
  const cancelledTask = { ...foreignTask, status: 'cancelled', focus: { reference: 'DocumentReference/d1' } };
  const foreignForm = {
    ...{ resourceType: 'QuestionnaireResponse', id: CANARY, status: 'completed' },
    encounter: { reference: `Encounter/${CANARY}` },
    item: [{ linkId: 'pin', answer: [{ valueString: CANARY }] }],
  };
  const draftForm = { ...foreignForm, status: 'in-progress', encounter: { reference: 'Encounter/e1' } };
  it.each<[keyof typeof CALLS, string, Script, unknown]>([
    ...[foreign, letter, nobodys, elsewheres, superseded].map(
      (each, n): [keyof typeof CALLS, string, Script, unknown] => [
        'readPinDocuments',
        ['of another patient', 'of another type', 'of no patient', 'of another server', 'superseded'][n] ?? '',
        json(200, searchset([document('d1'), each])),
        [expect.objectContaining({ id: 'd1' })],
      ],
    ),
    ['countOurSigned', 'of another patient', json(200, searchset([foreign])), 0],
    ['listSignedPins', 'of another type', json(200, searchset([letter])), expect.objectContaining({ documents: 0 })],
    ['readPin', "another encounter's form", json(200, searchset([foreignForm])), null],
    ['readPin', 'a form that is not completed', json(200, searchset([draftForm])), null],
    ['readRouting', "another document's Task", json(200, searchset([foreignTask])), { open: 0, tasks: [] }],
    ['readRouting', 'a cancelled Task', json(200, searchset([cancelledTask])), { open: 0, tasks: [] }],
    ['closeStaffTask', 'another Task', json(200, searchset([foreignTask])), undefined],
    [
      'reviewDraft',
      "another patient's document",
      batch({ 3: ok(searchset([foreign])), 6: ok(patient) }),
      expect.objectContaining({ documents: [] }),
    ],
    [
      'reviewDraft',
      "another document's Task",
      batch({ 2: ok(searchset([foreignTask])), 6: ok(patient) }),
      expect.objectContaining({ routing: { open: 0, tasks: [] } }),
    ],
    [
      'readSigned',
      "another cycle's form",
      batch({ 1: ok(searchset([foreignForm])), 4: ok(patient) }),
      expect.objectContaining({ formCompleted: false, pin: null }),
    ],
    [
      'readSigned',
      "another document's Provenance",
      batch({ 4: ok(patient), 7: ok(searchset([foreignProvenance])) }),
      expect.objectContaining({ declinedResponsibility: false }),
    ],
    ['discardDrafts', "another cycle's document", batch({ 0: ok(searchset([foreign])) }), undefined],
    ['discardDrafts', "another cycle's form", batch({ 1: ok(searchset([foreignForm])) }), undefined],
    [
      'discardDrafts',
      'an ordinary visit',
      batch({ 2: ok(searchset([{ resourceType: 'Encounter', id: 'e' }])) }),
      undefined,
    ],
    [
      'readUpdateFacts',
      "another cycle's draft",
      batch({ 1: ok(searchset([patient])), 5: ok(searchset([document('d1', { docStatus: 'preliminary' })])) }),
      expect.objectContaining({ draft: null }),
    ],
  ])('%s: what is %s is left out, and nothing is written', async (call, _case, script, result) => {
    ehr.answer(script);
    expect(await CALLS[call](ehrAt(ehr.url))).toEqual(result);
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
  it('a remark that the search failed is no empty answer', async () => {
    const failed = (issue: object) => searchset([{ resourceType: 'OperationOutcome', issue: [issue] }]);
    for (const [issue, code] of [
      [{ severity: 'error', code: 'processing', diagnostics: CANARY }, 'processing'],
      [{ severity: 'warning', code: 'incomplete', diagnostics: CANARY }, 'incomplete'],
    ] as const) {
      const error = `EhrUnavailableError ANSWER_IS_AN_ERROR_${code}`;
      expect(await thrown('readPinDocuments', json(200, failed(issue)))).toBe(error);
      expect(await thrown('listSignedPins', json(200, failed(issue)))).toBe(error);
      expect(await thrown('reviewDraft', batch({ 3: ok(failed(issue)), 6: ok(patient) }))).toBe(error);
      expect(await thrown('readPatient', json(200, { resourceType: 'OperationOutcome', issue: [issue] }))).toBe(error);
    }
  });
  it('a warning about a parameter is one, and the filter makes up for it', async () => {
    const issue = [{ severity: 'warning', code: 'not-supported', diagnostics: 'status' }];
    const superseded = document('d2', { status: 'superseded' });
    ehr.answer(json(200, searchset([document('d1'), superseded, { resourceType: 'OperationOutcome', issue }])));
    expect((await ehrAt(ehr.url).readPinDocuments('p1')).map((each) => each.id)).toEqual(['d1']);
  });
  it('a Bundle with entries that are no list', async () => {
    const code = await thrown('readPinDocuments', json(200, { ...searchset([]), entry: { resource: document('d1') } }));
    expect(code).toBe('EhrUnavailableError BUNDLE_IS_NO_FHIR');
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
  it.each(calls)('%s: an entry of 200 that holds an outcome failed', async (call) => {
    const issue = [{ severity: 'error', code: 'timeout', diagnostics: CANARY }];
    const outcome = { resourceType: 'OperationOutcome', issue };
    const error = 'EhrUnavailableError ANSWER_IS_AN_ERROR_timeout';
    expect(await thrown(call, batch({ 1: ok(outcome) }))).toBe(error);
    expect(await thrown(call, batch({ 1: { response: { status: '200', outcome } } }))).toBe(error);
  });
  describe('the latest encounters, of which the first page alone is read', () => {
    const visit = { resourceType: 'Encounter', id: 'v1', status: 'finished', subject: { reference: 'Patient/p1' } };
    const encounters = (self: string, next: string | undefined, more: object[] = []) => {
      const found = searchset([visit, ...more], next);
      const link = [{ relation: 'self', url: self }, ...('link' in found && found.link ? found.link : [])];
      return batch({ 1: ok(searchset([patient])), 3: ok({ ...found, link }) });
    };
    const ALL = 'Encounter?patient=Patient/p1&status=in-progress,finished&_sort=-date&_count=50&_include=x';
    const facts = async (script: Script) => {
      ehr.answer(script);
      return CALLS.readUpdateFacts(ehrAt(ehr.url));
    };
    it.each([
      ['all parameters used, more pages', encounters(ALL, 'Encounter?page=2')],
      ['no order, one page', encounters('Encounter?patient=Patient/p1&status=finished', undefined)],
      [
        'no _count and no _include, more pages',
        encounters(ALL.replace(/&_(count|include)=\w+/g, ''), 'Encounter?page=2'),
      ],
    ])('%s: taken', async (_case, script) => {
      await expect(facts(script)).resolves.toMatchObject({ draft: null });
      expect(ehr.requests).toHaveLength(1);
    });
    it.each([
      ['_sort', ALL.replace('&_sort=-date', '')],
      ['patient', ALL.replace('patient=Patient/p1&', '')],
      ['patient_status', 'Encounter?_sort=-date'],
    ])('%s left out and more pages: no filter finds the latest', async (names, self) => {
      const code = `EhrRejectedError SEARCH_PARAMETER_IGNORED_${names}`;
      expect(await thrown('readUpdateFacts', encounters(self, 'Encounter?page=2'))).toBe(code);
    });
    it("another patient's visit among them and more pages: the same, though the server does not say so", async () => {
      const foreign = { ...visit, id: 'v2', subject: { reference: `Patient/${CANARY}` } };
      const script = encounters(ALL, 'Encounter?page=2', [foreign]);
      expect(await thrown('readUpdateFacts', script)).toBe('EhrRejectedError SEARCH_PARAMETER_IGNORED');
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
    const identifier = { system: CYCLE_IDENTIFIER, value: 'cycle' };
    ehr.answer(
      answer([
        { response: { location: `${ehr.url}/Encounter/e9/_history/1` } },
        { response: { location: 'DocumentReference/d9' } },
        { resource: { resourceType: 'QuestionnaireResponse', id: 'f9', status: 'in-progress', identifier } },
      ]),
    );
    const opened = await CALLS.openUpdate(ehrAt(ehr.url));
    expect(opened).toEqual({ encounter: 'e9', document: 'd9', form: 'f9' });
  });
  it('an entry that failed although the answer is 200, as of a server that runs a batch instead', async () => {
    const failed = { response: { status: '412 Precondition Failed' } };
    expect(await thrown('sign', answer([{}, failed, {}]))).toBe('EhrConflictError HTTP_412');
    expect(await thrown('openUpdate', answer([{}, {}, { response: { status: '422' } }]))).toBe(
      'EhrRejectedError HTTP_422',
    );
  });
  it('cancelRouting: the names that are left are not told', async () => {
    const code = await thrown('cancelRouting', answer([{}, {}]));
    expect(code).toBe('EhrUnavailableError TRANSACTION_ANSWER_INCOMPLETE');
  });
  it('writes nothing without If-Match: a resource without a known version is refused', async () => {
    ehr.answer(answer([]));
    const tasks = [{ ...routedTask, version: null }];
    const call = ehrAt(ehr.url).cancelRouting('d1', { open: 1, tasks });
    await expect(call).rejects.toMatchObject({ name: 'EhrRejectedError', message: 'RESOURCE_WITHOUT_VERSION' });
    expect(ehr.requests).toEqual([]);
  });
});

describe('a write that the server answers with nothing', () => {
  const identifier = [{ system: CYCLE_IDENTIFIER, value: 'cycle' }];
  const open = { resourceType: 'Encounter', id: 'e1', status: 'in-progress', identifier, meta: { versionId: '3' } };
  it('endUpdate: 204, or 200 without a body, is done', async () => {
    for (const status of [200, 204]) {
      ehr.answer((request, res) =>
        request.method === 'GET' ? json(200, open)(request, res) : void res.writeHead(status).end(),
      );
      await expect(CALLS.endUpdate(ehrAt(ehr.url))).resolves.toBeUndefined();
      const [, write, ...more] = ehr.requests;
      expect(write).toMatchObject({ method: 'PUT', url: '/fhir/Encounter/e1' });
      expect(write?.headers).toMatchObject({ 'if-match': 'W/"3"', prefer: 'return=representation' });
      expect(JSON.parse(write?.body ?? '')).toMatchObject({ ...open, status: 'finished' });
      expect(more).toEqual([]);
    }
  });
  it('endUpdate: after a conflict it reads whether the update is ended already', async () => {
    const refused =
      (now: string, status: number): Script =>
      (request, res) =>
        request.method === 'PUT'
          ? json(status, {})(request, res)
          : json(200, { ...open, ...(ehr.requests.length > 1 && { status: now, meta: { versionId: '4' } }) })(
              request,
              res,
            );
    // HAPI's 409, FHIR's 412, and servers that know no better.
    for (const status of [409, 412]) {
      ehr.answer(refused('finished', status));
      await expect(CALLS.endUpdate(ehrAt(ehr.url))).resolves.toBeUndefined();
      expect(await thrown('endUpdate', refused('in-progress', status))).toBe(`EhrConflictError HTTP_${status}`);
      expect(await thrown('endUpdate', refused('entered-in-error', status))).toBe('DraftGoneError UPDATE_NOT_OPEN');
    }
  });
  it('endUpdate: an encounter that is not ours is not ended', async () => {
    expect(await thrown('endUpdate', json(200, { ...open, identifier: [] }))).toBe(
      'EhrRejectedError RESOURCE_IS_NOT_OURS',
    );
    expect(ehr.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('a refused write with an outdated version', () => {
  const moved = (versionId: string) => ({ resourceType: 'Task', id: 't1', meta: { versionId } });
  const refusing =
    (status: number, entry: object): Script =>
    (request, res) =>
      request.body.includes('"transaction"') ? json(status, {})(request, res) : batch({ 0: entry })(request, res);
  it.each([400, 422])(
    '%i of a transaction is a conflict where a bound version is not the chart’s any more',
    async (status) => {
      const conflict = 'EhrConflictError VERSION_MOVED';
      expect(await thrown('cancelRouting', refusing(status, ok(moved('8'))))).toBe(conflict);
      expect(await thrown('cancelRouting', refusing(status, { response: { status: '410' } }))).toBe(conflict);
      expect(await thrown('cancelRouting', refusing(status, ok(moved('7'))))).toBe(`EhrRejectedError HTTP_${status}`);
    },
  );
});

describe('a conditional create', () => {
  it('stands in a transaction, with its condition encoded', async () => {
    ehr.answer(json(200, { resourceType: 'Bundle', type: 'transaction-response', entry: [{}] }));
    await CALLS.fileMessage(ehrAt(ehr.url));
    await CALLS.openStaffTask(ehrAt(ehr.url));
    const conditions = ehr.requests.map(({ body }) => {
      const { type, entry }: { type: string; entry: { request: { ifNoneExist: string } }[] } = JSON.parse(body);
      return `${type} ${entry.map(({ request }) => request.ifNoneExist).join()}`;
    });
    expect(conditions).toEqual([
      expect.stringMatching(/^transaction identifier=https%3A%2F%2F[^|]+%7Cs1&status=preparation,/),
      expect.stringMatching(/^transaction identifier=https%3A%2F%2F[^|]+%7C[0-9a-f]{40}&status=draft,requested,/),
    ]);
  });
  it.each(['openUpdate', 'openStaffTask', 'fileMessage'] as const)(
    '%s: what the server took for a match and is none is refused',
    async (call) => {
      const another = { response: { status: '200' }, resource: { resourceType: 'Basic', id: CANARY } };
      const count = call === 'openUpdate' ? 3 : 1;
      const answer = { resourceType: 'Bundle', type: 'transaction-response', entry: Array(count).fill(another) };
      expect(await thrown(call, json(200, answer))).toBe('EhrRejectedError CONDITIONAL_CREATE_MATCHED_ANOTHER');
    },
  );
});
