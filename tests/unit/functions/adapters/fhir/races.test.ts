/** What a race leaves, on servers that do not make a conditional create atomic. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CYCLE_IDENTIFIER, DOCUMENT_TYPE } from '../../../../../functions/adapters/fhir/codes.ts';
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

type Chart = Record<
  string,
  { resourceType: string; id: string; meta: { versionId: string } } & Record<string, unknown>
>;

let ehr: ScriptedEhr;
/** What the server holds, by `Type/id`. */
let chart: Chart;
beforeAll(async () => {
  ehr = await scriptedEhr();
});
afterAll(() => ehr.close());
beforeEach(() => {
  chart = {};
});

const outcome = (code: string) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });
const put = (resource: { resourceType: string; id: string } & Record<string, unknown>) => {
  chart[`${resource.resourceType}/${resource.id}`] = { ...resource, meta: { versionId: '1' } };
};
const transactionOf = (
  body: string,
): { type: string; entry: { request: { method: string; url: string }; resource?: never }[] } => JSON.parse(body);

/** A server that searches by type alone, puts what it is told, and answers transactions by `transaction`. */
const serving =
  (transaction: Script): Script =>
  (request, res) => {
    const path = request.url.replace('/fhir/', '').replace(/\?.*/, '');
    const found = (type: string) => searchset(Object.values(chart).filter((each) => each.resourceType === type));
    if (request.method === 'PUT') put(JSON.parse(request.body));
    if (request.method !== 'POST') return json(200, chart[path] ?? found(path))(request, res);
    const { type, entry } = transactionOf(request.body);
    if (type === 'transaction' && entry.every(({ request: asked }) => asked.method === 'PUT')) {
      for (const { resource } of entry) if (resource !== undefined) put(resource);
      return json(200, { resourceType: 'Bundle', type: 'transaction-response', entry: entry.map(() => ({})) })(
        request,
        res,
      );
    }
    if (type === 'transaction') return transaction(request, res);
    const answers = entry.map(({ request: { url } }) => ({
      response: { status: '200' },
      resource: found(url.replace(/\?.*/, '')),
    }));
    json(200, { resourceType: 'Bundle', type: 'batch-response', entry: answers })(request, res);
  };
const statuses = (type: string) =>
  Object.values(chart)
    .filter((each) => each.resourceType === type)
    .map(({ id, status }) => `${id} ${status}`);

/** The resource that the call creates, as its transaction would. */
async function createdBy(call: 'openStaffTask' | 'fileMessage'): Promise<Record<string, unknown>> {
  ehr.answer(json(200, { resourceType: 'Bundle', entry: [{}] }));
  await CALLS[call](ehrAt(ehr.url));
  return transactionOf(ehr.requests[0]?.body ?? '').entry[0]?.resource ?? {};
}

const SEVERAL: [string, Script][] = [
  ['412', json(412, outcome('multiple-matches'))],
  ['400 of the whole transaction', json(400, outcome('processing'))],
];

describe.each(SEVERAL)('several were created, and the condition is answered %s', (_case, refused) => {
  it.each([
    ['openStaffTask', 'Task', 'requested'],
    ['fileMessage', 'Communication', 'completed'],
  ] as const)('%s keeps one', async (call, type, status) => {
    const created = await createdBy(call);
    for (const id of ['c', 'a', 'b']) put({ ...created, resourceType: type, id });
    ehr.answer(serving(refused));
    await expect(CALLS[call](ehrAt(ehr.url))).resolves.toBeUndefined();
    expect(statuses(type).toSorted()).toEqual([`a ${status}`, 'b entered-in-error', 'c entered-in-error']);
    // And again: the one that is kept stays.
    await CALLS[call](ehrAt(ehr.url));
    expect(statuses(type)).toContain(`a ${status}`);
  });

  it.each(['openStaffTask', 'fileMessage'] as const)('%s fails by name where nothing of ours matched', async (call) => {
    ehr.answer(serving(refused));
    const thrown = await thrownBy(CALLS[call](ehrAt(ehr.url)));
    expect(thrown.name).toBe('EhrRejectedError');
  });
});

it('openUpdate discards several drafts of one cycle, and is retried', async () => {
  const identifier = [{ system: CYCLE_IDENTIFIER, value: 'cycle' }];
  for (const id of ['d1', 'd2']) {
    put({
      ...{ resourceType: 'DocumentReference', id, identifier, status: 'current', docStatus: 'preliminary' },
      type: { coding: [DOCUMENT_TYPE] },
    });
  }
  ehr.answer(serving(json(412, outcome('multiple-matches'))));
  const opened = CALLS.openUpdate(ehrAt(ehr.url));
  expect(await thrownBy(opened)).toMatchObject({ name: 'EhrConflictError', code: 'SEVERAL_DRAFTS' });
  expect(statuses('DocumentReference')).toEqual(['d1 entered-in-error', 'd2 entered-in-error']);
});

describe('a bounce', () => {
  it('is not lost where the message was filed between our search and our create', async () => {
    const filed = await createdBy('fileMessage');
    ehr.answer(
      serving((request, res) => {
        put({ ...filed, resourceType: 'Communication', id: 'm1' });
        // It exists: 200 instead of 201.
        const entry = [{ response: { status: '200' }, resource: chart['Communication/m1'] }];
        json(200, { resourceType: 'Bundle', type: 'transaction-response', entry })(request, res);
      }),
    );
    await CALLS.noteFate(ehrAt(ehr.url));
    expect(chart['Communication/m1']).toMatchObject({ status: 'stopped', statusReason: { text: 'BOUNCED' } });
  });

  it('is noted on one of two that a race filed', async () => {
    const filed = await createdBy('fileMessage');
    for (const id of ['m2', 'm1']) put({ ...filed, resourceType: 'Communication', id });
    ehr.answer(serving(json(500, {})));
    await CALLS.noteFate(ehrAt(ehr.url));
    expect(statuses('Communication').toSorted()).toEqual(['m1 stopped', 'm2 entered-in-error']);
  });
});

describe('closeStaffTask, while the front desk changes the Task', () => {
  it.each([
    ['closes it', 'completed', undefined],
    ['moves it on', 'in-progress', 'EhrConflictError'],
  ])('the desk %s', async (_case, status, error) => {
    const task = { ...(await createdBy('openStaffTask')), resourceType: 'Task', id: 't1' };
    put(task);
    const script = serving(json(500, {}));
    ehr.answer((request, res) => {
      if (request.method !== 'PUT') return script(request, res);
      put({ ...task, status });
      // HAPI answers 409 where FHIR says 412.
      json(409, outcome('processing'))(request, res);
    });
    const closing = CALLS.closeStaffTask(ehrAt(ehr.url));
    if (error === undefined) await expect(closing).resolves.toBeUndefined();
    else expect(await thrownBy(closing)).toMatchObject({ name: error });
    expect(chart['Task/t1']).toMatchObject({ status });
  });
});
