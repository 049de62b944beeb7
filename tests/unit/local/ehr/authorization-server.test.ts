import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFhirEhr } from '../../../../functions/adapters/fhir/ehr.ts';
import { SCOPES } from '../../../../functions/adapters/fhir/scopes.ts';
import { createSmartAuthorization } from '../../../../functions/adapters/smart/smart-authorization.ts';
import { type AuthorizationServer, createAuthorizationServer } from '../../../../local/ehr/authorization-server.ts';
import { type ClientKey, createClientKey } from '../../../../local/ehr/client-key.ts';
import type { EhrRequest } from '../../../../local/ehr/request.ts';
import { createEhrSimulator, type EhrSimulator } from '../../../../local/ehr/simulator.ts';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';
import { collection, document, get, patient, post, put } from '../../../support/local/running-ehr.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
let gateway: Gateway;
let ehr: EhrSimulator;
let key: ClientKey;
let server: AuthorizationServer;
let tokenUrl: string;
/** Of the server, milliseconds. */
let now = 0;
let ids = 0;
const seconds = () => Math.floor(now / 1000);

beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  key = await createClientKey();
  tokenUrl = `${gateway.url}/oauth/token`;
  restart();
  const gate = (request: EhrRequest) => server.gate(request);
  ehr = await createEhrSimulator({ now: () => now, baseUrl: `${gateway.url}/fhir`, gate });
  await ehr.load([collection(patient('p1'), document('d1', 'p1'))]);
  gateway.mount('/oauth', (req, res) => server.handle(req, res));
  gateway.mount('/fhir', (req, res) => ehr.handle(req, res));
});
beforeEach(() => {
  now = Date.parse('2026-11-22T12:00:00Z');
});
afterAll(() => gateway.close());

/** The authorization server is another one, which knows no token. */
function restart(): void {
  const client = { id: 'portal-pin', jwks: key.publicJwks, scopes: SCOPES };
  server = createAuthorizationServer({ tokenUrl, client, now: () => now });
}

interface Signing {
  jwk?: object;
  header?: object;
  claims?: Record<string, unknown>;
}

async function assertion({ jwk, header, claims }: Signing = {}): Promise<string> {
  const own = jwk ?? JSON.parse(key.privateJwks).keys[0];
  const { kid } = JSON.parse(key.privateJwks).keys[0];
  const identity = { iss: 'portal-pin', sub: 'portal-pin', aud: tokenUrl };
  return new SignJWT({ ...identity, jti: `id-${++ids}`, iat: seconds(), exp: seconds() + 240, ...claims })
    .setProtectedHeader({ alg: 'ES384', kid, typ: 'JWT', ...header })
    .sign(await importJWK(own, 'ES384'));
}

/** Asks for a token as it should be asked for, but for what differs; undefined leaves a field out. */
async function ask(differing: Record<string, string | undefined> = {}, headers = {}) {
  const form = new URLSearchParams();
  const fields = {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: differing.client_assertion ?? (await assertion()),
    scope: 'system/Patient.rs',
    ...differing,
  };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  return answered(await fetch(tokenUrl, { method: 'POST', body: form, headers }));
}

async function answered(response: Response) {
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as Record<string, string> };
}

async function tokenFor(...scopes: string[]): Promise<{ authorization: string }> {
  const { body } = await ask({ scope: scopes.join(' ') });
  return { authorization: `Bearer ${body.access_token}` };
}

const fhir = async (path: string, init: RequestInit = {}) => answered(await fetch(`${gateway.url}/fhir/${path}`, init));
const transact = (headers: Record<string, string>, type: string, ...entry: object[]) => {
  const body = JSON.stringify({ resourceType: 'Bundle', type, entry });
  return fhir('', { method: 'POST', headers: { ...headers, 'content-type': 'application/fhir+json' }, body });
};

describe('the token endpoint', () => {
  it('gives a five-minute token for a valid request', async () => {
    const { status, headers, body } = await ask({ scope: 'system/Patient.rs system/Task.s' });
    const scope = 'system/Patient.rs system/Task.s';
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token: expect.stringMatching(/^[\w-]{43}$/), token_type: 'bearer', expires_in: 300, scope },
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const CLAIMS = () => ({
    iss: 'portal-pin',
    sub: 'portal-pin',
    aud: tokenUrl,
    jti: 'x',
    iat: seconds(),
    exp: seconds() + 9,
  });
  const kid = () => String(key.publicJwks.keys[0]?.kid);
  const ASSERTIONS: [what: string, made: () => Promise<string> | string, says: RegExp][] = [
    ['for another audience', () => assertion({ claims: { aud: 'https://ehr.example/token' } }), /"aud"/],
    ['of another issuer', () => assertion({ claims: { iss: 'someone' } }), /"iss"/],
    ['about another subject', () => assertion({ claims: { sub: 'someone' } }), /"sub"/],
    ['that has expired', () => assertion({ claims: { exp: seconds() } }), /"exp"/],
    ['that lives for more than five minutes', () => assertion({ claims: { exp: seconds() + 301 } }), /five minutes/],
    ['that never expires', () => assertion({ claims: { exp: undefined } }), /"exp"/],
    ['without iat, as Keycloak demands it', () => assertion({ claims: { iat: undefined } }), /"iat"/],
    ['issued more than ten seconds ahead', () => assertion({ claims: { iat: seconds() + 11 } }), /ten seconds/],
    ['issued more than a minute ago', () => assertion({ claims: { iat: seconds() - 61 } }), /a minute ago/],
    ['without jti', () => assertion({ claims: { jti: undefined } }), /"jti"/],
    ['by an unknown kid', () => assertion({ header: { kid: 'another' } }), /"kid"/],
    ['without kid', () => assertion({ header: { kid: undefined } }), /"kid"/],
    ['of another type', () => assertion({ header: { typ: 'at+jwt' } }), /"typ"/],
    [
      'signed by another key under our kid',
      async () => assertion({ jwk: JSON.parse((await createClientKey()).privateJwks).keys[0] }),
      /signature/,
    ],
    [
      'with changed claims',
      async () => {
        const [header, , signature] = (await assertion()).split('.');
        return `${header}.${encoded(CLAIMS())}.${signature}`;
      },
      /signature/,
    ],
    ['with alg none', () => `${encoded({ alg: 'none', typ: 'JWT', kid: kid() })}.${encoded(CLAIMS())}.`, /"alg"/],
    [
      'with HS384 by the public key',
      () =>
        new SignJWT(CLAIMS())
          .setProtectedHeader({ alg: 'HS384', typ: 'JWT', kid: kid() })
          .sign(Buffer.from(JSON.stringify(key.publicJwks.keys[0]))),
      /"alg"/,
    ],
    ['that is none', () => 'not.a.jwt', /Header is invalid/],
    ['that is empty', () => '', /Invalid/],
  ];
  it.each(ASSERTIONS)('refuses an assertion %s', async (_what, made, says) => {
    const { status, body } = await ask({ client_assertion: await made() });
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description: expect.stringMatching(says) },
    });
  });

  it('takes an assertion once, and remembers it as long as it counts', async () => {
    const client_assertion = await assertion();
    expect((await ask({ client_assertion })).status).toBe(200);
    now += 59_000;
    const replayed = await ask({ client_assertion });
    expect(replayed.body).toMatchObject({ error: 'invalid_client', error_description: expect.stringMatching(/"jti"/) });
  });

  it.each([
    ['another grant type', { grant_type: 'authorization_code' }, 'unsupported_grant_type'],
    ['no grant type', { grant_type: undefined }, 'unsupported_grant_type'],
    [
      'another assertion type',
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      'invalid_client',
    ],
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['an unknown scope', { scope: 'system/Patient.rs system/Slot.r' }, 'invalid_scope'],
    ['more than it may', { scope: 'system/Patient.cruds' }, 'invalid_scope'],
    ['everything', { scope: 'system/*.cruds' }, 'invalid_scope'],
    ['nothing of a type', { scope: 'system/Patient.' }, 'invalid_scope'],
    ['a scope of a user', { scope: 'user/Patient.rs' }, 'invalid_scope'],
  ])('refuses %s', async (_what, differing, error) => {
    expect(await ask(differing)).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses what is no form, no POST, or says a thing twice', async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const twice = new URLSearchParams([...body, ...body]);
    const requests: RequestInit[] = [
      { method: 'GET' },
      { method: 'POST', body: '{}' },
      { method: 'POST', body: twice },
    ];
    for (const request of requests) {
      const answer = await answered(await fetch(tokenUrl, request));
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
  });
});

describe('the chart', () => {
  const refused = (status: number, code: string) => ({
    status,
    body: { resourceType: 'OperationOutcome', issue: [{ code }] },
  });

  it('says to everybody what it can do and where to get a token', async () => {
    expect(await fhir('metadata')).toMatchObject({ status: 200, body: { resourceType: 'CapabilityStatement' } });
    const { status, headers, body } = await fhir('.well-known/smart-configuration');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body).toMatchObject({
      token_endpoint: tokenUrl,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      grant_types_supported: ['client_credentials'],
    });
  });

  it.each(['Patient/p1', 'Patient', 'Patient/p1/_history', 'metadata/x', ''])(
    'refuses GET %s without a token',
    async (path) => {
      for (const authorization of [
        '',
        'Bearer',
        'Bearer unknown',
        `Basic ${server.standingAuthorization.slice(7)}`,
        server.standingAuthorization.slice(7),
      ]) {
        const answer = await fhir(path, { headers: authorization === '' ? {} : { authorization } });
        expect(answer).toMatchObject(refused(401, 'login'));
        expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
      }
      expect(await fhir('Patient/p1', { method: 'DELETE' })).toMatchObject(refused(401, 'login'));
    },
  );

  it('may be read and written by hand as long as it runs', async () => {
    now += 365 * 24 * 60 * 60 * 1000;
    const headers = { authorization: server.standingAuthorization };
    expect((await fhir('Patient/p1', { headers })).status).toBe(200);
    expect((await transact(headers, 'transaction', put(patient('p2')))).status).toBe(200);
  });

  it('is closed to a token after five minutes', async () => {
    const headers = await tokenFor('system/Patient.rs');
    now += 299_000;
    expect((await fhir('Patient/p1', { headers })).status).toBe(200);
    now += 1_000;
    expect(await fhir('Patient/p1', { headers })).toMatchObject(refused(401, 'expired'));
    await ask();
    expect(await fhir('Patient/p1', { headers })).toMatchObject(refused(401, 'login'));
  });

  it.each<[scope: string, may: string, mayNot: string]>([
    ['system/Patient.r', 'GET Patient/p1', 'GET Patient?_id=p1'],
    ['system/Patient.s', 'GET Patient?_id=p1', 'GET Patient/p1'],
    ['system/Patient.s', 'POST Patient/_search', 'GET Patient/p1/_history'],
    ['system/DocumentReference.r', 'GET DocumentReference/d1/_history/1', 'GET Patient/p1'],
    ['system/DocumentReference.c', 'POST DocumentReference', 'PUT DocumentReference/d1'],
    ['system/DocumentReference.u', 'PUT DocumentReference/d1', 'POST DocumentReference'],
    ['system/DocumentReference.u', 'PATCH DocumentReference/d1', 'DELETE DocumentReference/d1'],
    ['system/DocumentReference.u', 'PATCH DocumentReference/d1', 'PATCH DocumentReference?identifier=x'],
  ])('lets %s do %s and not %s', async (scope, may, mayNot) => {
    const headers = { ...(await tokenFor(scope)), 'content-type': 'application/fhir+json' };
    const statusOf = async (request: string) => {
      const [method = '', path = ''] = request.split(' ');
      return (await fhir(path, { method, headers, ...(method !== 'GET' && { body: '{}' }) })).status;
    };
    expect([await statusOf(may), await statusOf(mayNot)]).toEqual([
      expect.not.toSatisfy((code) => code === 401 || code === 403),
      403,
    ]);
  });

  it.each([
    ['a batch', 'batch', [get('Patient/p1'), get('DocumentReference/d1')]],
    ['a transaction', 'transaction', [get('Patient/p1'), put(document('d1', 'p1'))]],
    [
      'a conditional create',
      'transaction',
      [post({ resourceType: 'Communication', status: 'completed' }, undefined, 'identifier=x')],
    ],
  ])('refuses %s of which a part is too much', async (_what, type, entries) => {
    const headers = await tokenFor('system/Patient.rs', 'system/Communication.c');
    expect(await transact(headers, type, ...entries)).toMatchObject(refused(403, 'forbidden'));
  });

  it('is open to our own client, also after a restart that forgot its token', async () => {
    let asked = 0;
    const authorize = createSmartAuthorization({
      baseUrl: `${gateway.url}/fhir`,
      clientId: 'portal-pin',
      scopes: SCOPES.join(' '),
      readKey: async () => key.privateJwks,
      now: () => now,
      newId: () => `own-${++asked}`,
    });
    const { signal } = new AbortController();
    const chart = createFhirEhr({
      baseUrl: `${gateway.url}/fhir`,
      authorization: (refusedValue) => authorize(signal, refusedValue),
      signal,
      clock: { now: () => now },
    });
    for (let n = 0; n < 2; n++) expect(await chart.readPatient('p1')).toMatchObject({ id: 'p1' });
    expect(asked).toBe(1);
    restart();
    for (let n = 0; n < 2; n++) expect(await chart.readPatient('p1')).toMatchObject({ id: 'p1' });
    expect(asked).toBe(2);
  });
});
