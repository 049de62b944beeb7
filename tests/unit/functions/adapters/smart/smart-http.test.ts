import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { discoverTokenEndpoint } from '../../../../../functions/adapters/smart/smart-http.ts';
import {
  CANARY,
  drop,
  hang,
  json,
  PRIVATE,
  refused,
  type ScriptedAuthorization,
  scriptedAuthorization,
  text,
  token,
} from '../../../../support/scripted/scripted-authorization.ts';
import { type Script, type ScriptedEhr, scriptedEhr, thrownBy } from '../../../../support/scripted/scripted-ehr.ts';

let ehr: ScriptedAuthorization;
let elsewhere: ScriptedEhr;
beforeAll(async () => {
  ehr = await scriptedAuthorization();
  elsewhere = await scriptedEhr();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
afterAll(() => Promise.all([ehr.server.close(), elsewhere.close()]));

const { signal } = new AbortController();
const halfBody: Script = (_request, res) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' });
  res.write(`{"access_token":"${CANARY}`, () => res.destroy());
};
const redirect =
  (status: number): Script =>
  (request, res) =>
    text(status, CANARY, { location: elsewhere.url })(request, res);

/** What either server answers, and what becomes of it; `_` stands for the server asked. */
const EITHER: [what: string, script: Script, name: string, code: string][] = [
  ['500', json(500, { error: CANARY }), 'EhrUnavailableError', '_HTTP_500'],
  ['502 of a proxy', text(502, `<h1>${CANARY}</h1>`), 'EhrUnavailableError', '_HTTP_502'],
  ['503 without a body', text(503, ''), 'EhrUnavailableError', '_HTTP_503'],
  ['408', json(408, {}), 'EhrUnavailableError', '_HTTP_408'],
  ['429', text(429, CANARY, { 'retry-after': '1' }), 'EhrThrottledError', '_HTTP_429'],
  ['404 of a gateway', text(404, CANARY), 'EhrUnavailableError', '_HTTP_404'],
  ['403 of a firewall', text(403, CANARY), 'EhrRejectedError', '_HTTP_403'],
  ['a redirect', redirect(302), 'EhrRejectedError', '_HTTP_302_REDIRECT'],
  ['a redirect that keeps the body', redirect(307), 'EhrRejectedError', '_HTTP_307_REDIRECT'],
  ['a sign-in page', text(200, `<title>${CANARY}</title>`), 'EhrUnavailableError', '_ANSWER_IS_NO_JSON'],
  ['a list', json(200, [CANARY]), 'EhrUnavailableError', '_ANSWER_IS_NO_JSON'],
  ['null', json(200, null), 'EhrUnavailableError', '_ANSWER_IS_NO_JSON'],
  ['nothing', text(200, ''), 'EhrUnavailableError', '_ANSWER_IS_NO_JSON'],
  ['half a body', halfBody, 'EhrUnavailableError', '_CONNECTION_FAILED'],
  ['a dropped connection', drop, 'EhrUnavailableError', '_CONNECTION_FAILED'],
];

const TOKEN: typeof EITHER = [
  ...[
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ].map((code): (typeof EITHER)[number] => [code, refused(code), 'EhrRejectedError', `_HTTP_400_${code}`]),
  ['invalid_client as 401', json(401, { error: 'invalid_client' }), 'EhrRejectedError', '_HTTP_401_invalid_client'],
  ['invalid_scope as 200', json(200, { error: 'invalid_scope' }), 'EhrRejectedError', '_HTTP_200_invalid_scope'],
  [
    'temporarily_unavailable',
    refused('temporarily_unavailable'),
    'EhrUnavailableError',
    '_HTTP_400_temporarily_unavailable',
  ],
  ['server_error', refused('server_error'), 'EhrUnavailableError', '_HTTP_400_server_error'],
  ['an error of its own words', refused(CANARY), 'EhrRejectedError', '_HTTP_400'],
  ['an error that is no text', json(400, { error: { CANARY } }), 'EhrRejectedError', '_HTTP_400'],
  ['404 in JSON', json(404, { message: CANARY }), 'EhrRejectedError', '_HTTP_404'],
  ['JSON without a token', json(200, { status: CANARY }), 'EhrUnavailableError', '_ANSWER_IS_NO_TOKEN'],
  ['an empty token', token(''), 'EhrUnavailableError', '_ANSWER_IS_NO_TOKEN'],
  ['a token that would end its header', token(`${CANARY}\r\nx: y`), 'EhrUnavailableError', '_ANSWER_IS_NO_TOKEN'],
  ['a token with a space', token(`${CANARY} x`), 'EhrUnavailableError', '_ANSWER_IS_NO_TOKEN'],
  ['a token of another type', token(CANARY, { token_type: 'DPoP' }), 'EhrUnavailableError', '_ANSWER_IS_NO_TOKEN'],
];

const DISCOVERY: typeof EITHER = [
  ['404 in FHIR', json(404, { resourceType: 'OperationOutcome', issue: [CANARY] }), 'EhrRejectedError', '_HTTP_404'],
  ['401', json(401, { error: CANARY }), 'EhrRejectedError', '_HTTP_401'],
  ['another JSON', json(200, { status: CANARY }), 'EhrUnavailableError', '_WITHOUT_TOKEN_ENDPOINT'],
  [
    'an endpoint that is no text',
    json(200, { token_endpoint: [CANARY] }),
    'EhrUnavailableError',
    '_WITHOUT_TOKEN_ENDPOINT',
  ],
];

async function failing(): Promise<{ name: string; code: string }> {
  const { shown, ...thrown } = await thrownBy(ehr.client()(signal, null));
  const assertions = ehr.forms().map((form) => form.get('client_assertion') ?? 'none');
  for (const hidden of [CANARY, ...PRIVATE, ...assertions]) expect(shown).not.toContain(hidden);
  return thrown;
}

describe('the token endpoint', () => {
  it.each([...EITHER, ...TOKEN])('%s', async (_what, script, name, code) => {
    elsewhere.answer(token('stolen'));
    ehr.answer([script]);
    expect(await failing()).toEqual({ name, code: `TOKEN${code}` });
    expect(ehr.forms()).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  it('does not answer within the limit', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    const { promise, resolve } = Promise.withResolvers<void>();
    const limit = new AbortController();
    timeout.mockReturnValueOnce(limit.signal);
    ehr.answer([() => resolve()]);
    const thrown = failing();
    await promise;
    limit.abort();
    expect(await thrown).toEqual({ name: 'EhrUnavailableError', code: 'TOKEN_NO_ANSWER_IN_TIME' });
    expect(timeout).toHaveBeenCalledWith(8_000);
  });
});

describe('the discovery', () => {
  it.each([...EITHER, ...DISCOVERY])('%s', async (_what, script, name, code) => {
    elsewhere.answer(json(200, { token_endpoint: elsewhere.url }));
    ehr.answer([token('t1')], script);
    expect(await failing()).toEqual({ name, code: `DISCOVERY${code}` });
    expect(ehr.forms()).toEqual([]);
    expect(elsewhere.requests).toEqual([]);
  });

  it('does not answer within the limit', async () => {
    const limit = AbortSignal.abort();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(limit);
    ehr.answer([token('t1')], hang);
    expect(await failing()).toEqual({ name: 'EhrUnavailableError', code: 'DISCOVERY_NO_ANSWER_IN_TIME' });
  });
});

describe('where an assertion may go', () => {
  const OUT_THERE = 'https://ehr.example/fhir';
  const HERE = 'http://127.0.0.1:4600/fhir';
  const discovered = (base: string, endpoint: unknown) => {
    vi.stubGlobal('fetch', async () => Response.json({ token_endpoint: endpoint }));
    return discoverTokenEndpoint(base, signal);
  };

  it.each([
    [OUT_THERE, 'https://ehr.example/oauth2/token'],
    // As at Oracle Health, or where a practice has an identity provider of its own.
    [OUT_THERE, 'https://login.vendor.example/TENANT/token?v=2'],
    [HERE, 'http://127.0.0.1:4600/oauth/token'],
    [HERE, 'http://localhost:9000/token'],
    [HERE, 'https://login.vendor.example/token'],
    ['http://localhost/fhir', 'http://[::1]:8080/token'],
  ])('of %s: %s', async (base, endpoint) => expect(await discovered(base, endpoint)).toBe(endpoint));

  it.each([
    [OUT_THERE, 'http://ehr.example/token'],
    [OUT_THERE, 'http://127.0.0.1:9001/2018-06-01/runtime'],
    [OUT_THERE, 'https://localhost/token'],
    [OUT_THERE, 'https://user:secret@ehr.example/token'],
    [OUT_THERE, 'https://ehr.example/token#'],
    [OUT_THERE, '/oauth2/token'],
    [OUT_THERE, 'ehr.example/token'],
    [OUT_THERE, 'file:///etc/passwd'],
    [OUT_THERE, ''],
    [HERE, 'http://ehr.example/token'],
    [HERE, 'http://127.0.0.1.ehr.example/token'],
  ])('not, of %s: %s', async (base, endpoint) => {
    const thrown = await thrownBy(discovered(base, endpoint));
    expect(thrown).toMatchObject({ name: 'EhrRejectedError', code: 'TOKEN_ENDPOINT_REFUSED' });
    if (endpoint !== '') expect(thrown.shown).not.toContain(endpoint);
  });

  it.each(['http://ehr.example/fhir', 'http://127.0.0.1.ehr.example/fhir'])(
    'nor from %s: it sends no request',
    async (base) => {
      const asked = vi.fn();
      vi.stubGlobal('fetch', asked);
      const found = discoverTokenEndpoint(base, signal);
      await expect(found).rejects.toMatchObject({ name: 'ConfigurationError', message: 'EHR_BASE_URL_WITHOUT_TLS' });
      expect(asked).not.toHaveBeenCalled();
    },
  );
});
