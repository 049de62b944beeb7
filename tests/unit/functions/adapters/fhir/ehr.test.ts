import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CALLS,
  ehrAt,
  json,
  type Script,
  type ScriptedEhr,
  scriptedEhr,
  thrownBy,
} from '../../../../support/scripted/scripted-ehr.ts';

const CANARY = 'Q987654321';
const outcome = (code: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics: `PIN ${CANARY}`, details: { text: CANARY } }],
});
const text =
  (status: number, body: string): Script =>
  (_request, res) =>
    void res.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** What the server does to every request, and what the call must throw. */
const FAULTS: [fault: string, script: Script, error: string, code: string][] = [
  ['500', json(500, outcome('exception')), 'EhrUnavailableError', 'HTTP_500_exception'],
  ['502 of a proxy', text(502, `<h1>${CANARY}</h1>`), 'EhrUnavailableError', 'HTTP_502'],
  ['503', json(503, outcome('transient')), 'EhrUnavailableError', 'HTTP_503_transient'],
  ['503 without a body', text(503, ''), 'EhrUnavailableError', 'HTTP_503'],
  ['408', json(408, outcome('timeout')), 'EhrUnavailableError', 'HTTP_408_timeout'],
  ['429 without Retry-After', json(429, outcome('throttled')), 'EhrThrottledError', 'HTTP_429_throttled'],
  ['429, Retry-After 6 s', json(429, {}, { 'retry-after': '6' }), 'EhrThrottledError', 'HTTP_429'],
  ['429, Retry-After an hour', json(429, {}, { 'retry-after': '3600' }), 'EhrThrottledError', 'HTTP_429'],
  [
    '429, Retry-After a date',
    json(429, {}, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
    'EhrThrottledError',
    'HTTP_429',
  ],
  ['409', json(409, outcome('conflict')), 'EhrConflictError', 'HTTP_409_conflict'],
  ['412', json(412, outcome('conflict')), 'EhrConflictError', 'HTTP_412_conflict'],
  ['400 of a lock', json(400, outcome('lock-error')), 'EhrUnavailableError', 'HTTP_400_lock-error'],
  ['400', json(400, outcome('invalid')), 'EhrRejectedError', 'HTTP_400_invalid'],
  ['401', json(401, outcome('login')), 'EhrRejectedError', 'HTTP_401_login'],
  ['403', text(403, CANARY), 'EhrRejectedError', 'HTTP_403'],
  ['422', json(422, outcome('business-rule')), 'EhrRejectedError', 'HTTP_422_business-rule'],
  ['422 with free text as code', json(422, outcome(`Pat ${CANARY}`)), 'EhrRejectedError', 'HTTP_422'],
  ['garbage', text(200, `{"resourceType":"Bun\u0000${CANARY}`), 'EhrUnavailableError', 'ANSWER_IS_NO_JSON'],
  ['a web page', text(200, `<!doctype html>${CANARY}`), 'EhrUnavailableError', 'ANSWER_IS_NO_JSON'],
  ['JSON that is no FHIR', json(200, { pin: CANARY }), 'EhrUnavailableError', 'ANSWER_IS_NO_FHIR'],
  ['null', json(200, null), 'EhrUnavailableError', 'ANSWER_IS_NO_FHIR'],
  [
    'half a body',
    (_request, res) => {
      res.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': '9999' });
      res.write(`{"resourceType":"Bundle","id":"${CANARY}`, () => res.destroy());
    },
    'EhrUnavailableError',
    'CONNECTION_FAILED',
  ],
  ['a dropped connection', (_request, res) => void res.destroy(), 'EhrUnavailableError', 'CONNECTION_FAILED'],
];

let ehr: ScriptedEhr;
let elsewhere: ScriptedEhr;
beforeAll(async () => {
  ehr = await scriptedEhr();
  elsewhere = await scriptedEhr();
});
afterAll(() => Promise.all([ehr.close(), elsewhere.close()]));

const calls = Object.entries(CALLS) as [keyof typeof CALLS, (typeof CALLS)[keyof typeof CALLS]][];

describe.each(calls)('%s', (name, call) => {
  it.each(FAULTS)('%s', async (_fault, script, error, code) => {
    ehr.answer(script);
    const thrown = await thrownBy(call(ehrAt(ehr.url)));
    expect(thrown).toMatchObject({ name: error, code });
    expect(thrown.shown).not.toContain(CANARY);
  });

  // An EHR that keeps no AuditEvent says so with 404: pickup.test.ts.
  it.each(name === 'audit' ? [410] : [404, 410])('%i', async (status) => {
    ehr.answer(json(status, outcome('not-found')));
    const thrown = await thrownBy(call(ehrAt(ehr.url)));
    const known: Partial<Record<keyof typeof CALLS, string>> = {
      readPatient: 'PatientNotFoundError',
      endUpdate: 'DraftGoneError',
    };
    expect(thrown.name).toBe(known[name] ?? 'EhrRejectedError');
    expect(thrown.shown).not.toContain(CANARY);
  });

  it('follows no redirect', async () => {
    elsewhere.answer(json(200, {}));
    for (const status of [301, 302, 303, 307, 308]) {
      ehr.answer((_request, res) => void res.writeHead(status, { location: `${elsewhere.url}/${CANARY}` }).end());
      const thrown = await thrownBy(call(ehrAt(ehr.url)));
      expect(thrown).toMatchObject({ name: 'EhrRejectedError', code: `HTTP_${status}_REDIRECT` });
      expect(thrown.shown).not.toContain(CANARY);
    }
    expect(elsewhere.requests).toEqual([]);
  });

  it('waits no longer than the deadline', async () => {
    ehr.answer(() => undefined);
    const thrown = await thrownBy(call(ehrAt(ehr.url, AbortSignal.timeout(40))));
    expect(thrown).toMatchObject({ name: 'EhrUnavailableError', code: 'NO_ANSWER_IN_TIME' });
  });

  it('waits no longer than the deadline for the rest of a body', async () => {
    ehr.answer((_request, res) => void res.writeHead(200).write('{'));
    const thrown = await thrownBy(call(ehrAt(ehr.url, AbortSignal.timeout(40))));
    expect(thrown).toMatchObject({ name: 'EhrUnavailableError', code: 'NO_ANSWER_IN_TIME' });
  });

  it('finds no server listening', async () => {
    // Discard (RFC 863): nothing listens there.
    const thrown = await thrownBy(call(ehrAt('http://127.0.0.1:9/fhir')));
    expect(thrown).toMatchObject({ name: 'EhrUnavailableError', code: 'CONNECTION_FAILED' });
  });

  it('sends the token, and a body only with what it writes or batches', async () => {
    ehr.answer(json(500, {}));
    await thrownBy(call(ehrAt(ehr.url)));
    expect(ehr.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token',
      accept: 'application/fhir+json',
      'cache-control': 'no-cache',
    });
    expect(ehr.requests[0]?.body === '').toBe(ehr.requests[0]?.method === 'GET');
  });

  it('comes again with another token when the first one is refused', async () => {
    ehr.answer((request, res) => json(ehr.requests.length === 1 ? 401 : 500, {})(request, res));
    const authorization = async (refused: string | null) => (refused === 'Bearer old' ? 'Bearer new' : 'Bearer old');
    const thrown = await thrownBy(call(ehrAt(ehr.url, undefined, authorization)));
    expect(thrown).toMatchObject({ name: 'EhrUnavailableError', code: 'HTTP_500' });
    const [first, second, ...more] = ehr.requests.map(({ headers, ...request }) => ({ ...request, headers }));
    expect([first?.headers.authorization, second?.headers.authorization]).toEqual(['Bearer old', 'Bearer new']);
    expect({ ...second, headers: null }).toEqual({ ...first, headers: null });
    expect(more).toEqual([]);
  });
});

describe('a token that is refused', () => {
  it('is replaced once', async () => {
    ehr.answer(json(401, outcome('login')));
    const asked: (string | null)[] = [];
    const authorization = async (refused: string | null) => `Bearer ${asked.push(refused)}`;
    const thrown = await thrownBy(ehrAt(ehr.url, undefined, authorization).readPatient('p1'));
    expect(thrown).toMatchObject({ name: 'EhrRejectedError', code: 'HTTP_401_login' });
    expect(asked).toEqual([null, 'Bearer 1']);
    expect(ehr.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('cannot be replaced: as the authorization says', async () => {
    ehr.answer(json(401, {}));
    const down = Object.assign(new Error('down'), { name: 'EhrUnavailableError' });
    const authorization = (refused: string | null) =>
      refused === null ? Promise.resolve('Bearer old') : Promise.reject(down);
    await expect(ehrAt(ehr.url, undefined, authorization).readPatient('p1')).rejects.toBe(down);
  });

  it('was never given: nothing is asked again', async () => {
    ehr.answer(json(401, {}));
    const thrown = await thrownBy(ehrAt(ehr.url, undefined, async () => null).readPatient('p1'));
    expect(thrown).toMatchObject({ name: 'EhrRejectedError', code: 'HTTP_401' });
    expect(ehr.requests).toHaveLength(1);
  });
});
