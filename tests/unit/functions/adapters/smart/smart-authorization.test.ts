import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CANARY,
  drop,
  hang,
  json,
  jwks,
  PRIVATE,
  refused,
  type ScriptedAuthorization,
  scriptedAuthorization,
  token,
} from '../../../../support/scripted/scripted-authorization.ts';
import { thrownBy } from '../../../../support/scripted/scripted-ehr.ts';

let ehr: ScriptedAuthorization;
beforeAll(async () => {
  ehr = await scriptedAuthorization();
});
beforeEach(() => {
  ehr.secret = jwks('key-1');
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => ehr.server.close());

const { signal } = new AbortController();

describe('what is asked', () => {
  it.each(['ES384', 'RS384'] as const)(
    'a token for an assertion signed by %s, made out to the endpoint',
    async (alg) => {
      ehr.secret = jwks('kid-of-the-first', alg);
      ehr.answer([token('t1')]);
      expect(await ehr.client()(signal, null)).toBe('Bearer t1');

      const [discovery, request] = ehr.server.requests;
      expect([discovery?.method, discovery?.url]).toEqual(['GET', '/fhir/.well-known/smart-configuration']);
      expect(request?.url).toBe('/token');
      expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
      const { client_assertion: assertion = '', ...form } = Object.fromEntries(new URLSearchParams(request?.body));
      expect(form).toEqual({
        grant_type: 'client_credentials',
        scope: 'system/Patient.rs system/Task.cus',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      const { keys } = JSON.parse(ehr.secret);
      const publicKeys = keys.map(
        ({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk }: Record<string, string>) => jwk,
      );
      const currentDate = new Date(ehr.now);
      const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet({ keys: publicKeys }), {
        currentDate,
      });
      expect(protectedHeader).toEqual({ alg, kid: 'kid-of-the-first', typ: 'JWT' });
      expect(payload).toEqual({
        iss: 'portal-pin at work',
        sub: 'portal-pin at work',
        aud: ehr.server.url.replace('/fhir', '/token'),
        jti: expect.stringMatching(/^id-\d+$/),
        iat: Math.floor(ehr.now / 1000),
        exp: expect.any(Number),
      });
      const life = Number(payload.exp) - ehr.now / 1000;
      expect(life).toBeGreaterThan(60);
      expect(life).toBeLessThanOrEqual(300);
    },
  );

  it('an assertion of its own each time, and a base with a final slash', async () => {
    ehr.answer([token('t1')]);
    for (let n = 0; n < 2; n++) await ehr.client({ baseUrl: `${ehr.server.url}/` })(signal, null);
    const assertions = ehr.forms().map((form) => form.get('client_assertion') ?? '');
    const claims = assertions.map((each) => JSON.parse(Buffer.from(each.split('.')[1] ?? '', 'base64url').toString()));
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
  });

  it('the first key of several signs', async () => {
    const sets = [jwks('new', 'RS384'), jwks('old')].map((each) => JSON.parse(each).keys[0]);
    ehr.secret = JSON.stringify({ keys: sets });
    ehr.answer([token('t1')]);
    await ehr.client()(signal, null);
    const [header = ''] = (ehr.forms()[0]?.get('client_assertion') ?? '').split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'new', alg: 'RS384' });
  });
});

describe('how long a token is used', () => {
  it.each([
    ['300 s: until 30 s before its end', { expires_in: 300 }, 270],
    ['an hour, told as text', { expires_in: '3600' }, 3570],
    ['20 s: half of them', { expires_in: 20 }, 10],
    ['untold: as SMART recommends', {}, 270],
    ['told as nonsense', { expires_in: -1 }, 270],
  ])('%s', async (_what, more, seconds) => {
    const begun = ehr.now;
    ehr.answer([token('t1', more), token('t2', more)]);
    const authorize = ehr.client();
    await authorize(signal, null);
    ehr.now = begun + seconds * 1000 - 1;
    expect(await authorize(signal, null)).toBe('Bearer t1');
    expect(ehr.forms()).toHaveLength(1);
    ehr.now = begun + seconds * 1000;
    expect(await authorize(signal, null)).toBe('Bearer t2');
    // The key is not read again for it.
    expect(ehr.reads).toBe(1);
  });

  it('until the EHR refuses it; a later call with a refused token gets the newer one', async () => {
    ehr.answer([token('t1'), token('t2')]);
    const authorize = ehr.client();
    const first = await authorize(signal, null);
    const answers = await Promise.all(Array.from({ length: 5 }, () => authorize(signal, first)));
    expect(new Set(answers)).toEqual(new Set(['Bearer t2']));
    expect(await authorize(signal, first)).toBe('Bearer t2');
    expect(ehr.forms()).toHaveLength(2);
  });
});

describe('many at once', () => {
  it('share one request', async () => {
    ehr.answer([token('t1'), token('t2')]);
    const authorize = ehr.client();
    const answers = await Promise.all(Array.from({ length: 20 }, () => authorize(signal, null)));
    expect(new Set(answers)).toEqual(new Set(['Bearer t1']));
    expect([ehr.server.requests.length, ehr.reads]).toEqual([2, 1]);
  });

  it('and no caller ends it for the others', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    ehr.answer([async (request, res) => promise.then(() => token('t1')(request, res))]);
    const authorize = ehr.client();
    const hasty = new AbortController();
    const waiting = [authorize(hasty.signal, null), authorize(signal, null)];
    await expect.poll(() => ehr.forms().length).toBe(1);
    hasty.abort();
    await expect(waiting[0]).rejects.toMatchObject({ name: 'EhrUnavailableError', message: 'TOKEN_NO_ANSWER_IN_TIME' });
    resolve();
    expect(await waiting[1]).toBe('Bearer t1');
    expect(await authorize(signal, null)).toBe('Bearer t1');
    // A late caller starts none.
    await expect(authorize(hasty.signal, 'Bearer t1')).rejects.toThrow('TOKEN_NO_ANSWER_IN_TIME');
    expect(ehr.forms()).toHaveLength(1);
  });

  it('wait for no request that was frozen with its Lambda', async () => {
    ehr.answer([hang, token('t2')]);
    const authorize = ehr.client();
    const gaveUp = new AbortController();
    const frozen = authorize(gaveUp.signal, null).catch(() => undefined);
    await expect.poll(() => ehr.forms().length).toBe(1);
    gaveUp.abort();
    await frozen;
    ehr.now += 8_000;
    expect(await authorize(signal, null)).toBe('Bearer t2');
  });

  it('are told of its failure, and the next one asks again', async () => {
    ehr.answer([drop, token('t1')]);
    const authorize = ehr.client();
    const answers = await Promise.allSettled([authorize(signal, null), authorize(signal, null)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await authorize(signal, null)).toBe('Bearer t1');
  });
});

describe('a key that was rotated', () => {
  const kids = () =>
    ehr.forms().map((form) => {
      const [header = ''] = (form.get('client_assertion') ?? '').split('.');
      return JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
    });
  /** A client that has read key-1 and used it. */
  const client = async (...then: Parameters<ScriptedAuthorization['answer']>[0]) => {
    ehr.answer([token('t1'), ...then]);
    const authorize = ehr.client();
    await authorize(signal, null);
    return authorize;
  };

  it('is read when the old one is refused', async () => {
    const authorize = await client(refused('invalid_client'), token('t2'));
    ehr.secret = jwks('key-2', 'RS384');
    expect(await authorize(signal, 'Bearer t1')).toBe('Bearer t2');
    expect([kids(), ehr.reads]).toEqual([['key-1', 'key-1', 'key-2'], 2]);
  });

  it('is read by the invalid_client of a 401, too', async () => {
    const authorize = await client(json(401, { error: 'invalid_client' }), token('t2'));
    ehr.secret = jwks('key-2');
    expect(await authorize(signal, 'Bearer t1')).toBe('Bearer t2');
  });

  it('and refused as well: once and no more', async () => {
    const authorize = await client(refused('invalid_client'));
    ehr.secret = jwks('key-2');
    await expect(authorize(signal, 'Bearer t1')).rejects.toThrow('TOKEN_HTTP_400_invalid_client');
    expect([kids(), ehr.reads]).toEqual([['key-1', 'key-1', 'key-2'], 2]);
  });

  it('is not: the same key is not tried again, but read when next asked', async () => {
    const authorize = await client(refused('invalid_client'), token('t2'));
    await expect(authorize(signal, 'Bearer t1')).rejects.toThrow('TOKEN_HTTP_400_invalid_client');
    expect([kids(), ehr.reads]).toEqual([['key-1', 'key-1'], 2]);
    ehr.secret = jwks('key-2');
    expect(await authorize(signal, 'Bearer t1')).toBe('Bearer t2');
    expect([kids().at(-1), ehr.reads]).toEqual(['key-2', 3]);
  });

  it('is not looked for after any other refusal', async () => {
    const authorize = await client(refused('invalid_scope'));
    await expect(authorize(signal, 'Bearer t1')).rejects.toThrow('TOKEN_HTTP_400_invalid_scope');
    expect(ehr.reads).toBe(1);
  });
});

describe('the secret', () => {
  it.each([
    ['is no JSON', CANARY, 'EHR_KEY_SECRET_IS_NO_JSON'],
    ['is another JSON', JSON.stringify([CANARY]), 'EHR_KEY_SECRET_WITHOUT_KEY'],
    ['holds no key', '{"keys":[]}', 'EHR_KEY_SECRET_WITHOUT_KEY'],
    ['holds something else as a key', JSON.stringify({ keys: [CANARY] }), 'EHR_KEY_SECRET_WITHOUT_KEY'],
    [
      'holds a shared secret',
      JSON.stringify({ keys: [{ kty: 'oct', k: CANARY, kid: 'k' }] }),
      'EHR_KEY_IS_NEITHER_RS384_NOR_ES384',
    ],
    ['holds a key of P-256', jwks('k', 'ES384', { crv: 'P-256' }), 'EHR_KEY_IS_NEITHER_RS384_NOR_ES384'],
    ['holds a key for RS256', jwks('k', 'RS384', { alg: 'RS256' }), 'EHR_KEY_IS_NEITHER_RS384_NOR_ES384'],
    ['holds a key without kid', jwks('', 'ES384'), 'EHR_KEY_WITHOUT_KID'],
    ['holds a public key', jwks('k', 'ES384', { d: undefined }), 'EHR_KEY_IS_PUBLIC'],
    ['holds a broken key', jwks('k', 'ES384', { d: CANARY }), 'EHR_KEY_UNUSABLE'],
    ['holds a key for encryption', jwks('k', 'RS384', { use: 'enc' }), 'EHR_KEY_UNUSABLE'],
  ])('%s', async (_what, secret, code) => {
    ehr.secret = secret;
    ehr.answer([token('t1')]);
    const thrown = await thrownBy(ehr.client()(signal, null));
    expect(thrown).toMatchObject({ name: 'ConfigurationError', code });
    for (const hidden of [CANARY, ...PRIVATE]) expect(thrown.shown).not.toContain(hidden);
    expect(ehr.forms()).toEqual([]);
  });

  it('holds an RSA key of 1024 bits', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
    ehr.secret = JSON.stringify({ keys: [{ ...weak, kid: 'weak' }] });
    ehr.answer([token('t1')]);
    await expect(ehr.client()(signal, null)).rejects.toThrow('EHR_KEY_UNUSABLE');
  });

  it('recovers without a restart', async () => {
    ehr.secret = 'not yet';
    ehr.answer([token('t1')]);
    const authorize = ehr.client();
    await expect(authorize(signal, null)).rejects.toThrow('EHR_KEY_SECRET_IS_NO_JSON');
    ehr.secret = jwks('key-1');
    expect(await authorize(signal, null)).toBe('Bearer t1');
  });

  it('cannot be read: as its reader says', async () => {
    const gone = Object.assign(new Error('gone'), { name: 'AwsUnavailableError' });
    await expect(ehr.client({ readKey: () => Promise.reject(gone) })(signal, null)).rejects.toBe(gone);
  });
});
