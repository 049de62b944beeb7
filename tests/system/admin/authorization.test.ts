/** Permissions: from the authorizer's verified claims alone, and only for the console's own pages. */
import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OPERATIONS, type OperationName } from '../../../functions/admin/contract.ts';
import { readBody } from '../../../local/http/http-messages.ts';
import { CLAIMS, type Claims, handling, NOW, ORIGIN, requestOf, untouchable } from '../../support/admin/http-events.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const READING = NAMES.filter((name) => OPERATIONS[name].method === 'GET');
const ACTING = NAMES.filter((name) => OPERATIONS[name].method === 'POST');
const ask = handling(untouchable());
const claiming = (more: Record<string, unknown>): Claims => ({ ...CLAIMS, ...more });
const without = (name: keyof typeof CLAIMS): Claims => {
  const { [name]: _left, ...rest } = CLAIMS;
  return rest;
};

// Powertools writes a line for each of hundreds of refusals.
beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(() => true);
});
afterAll(() => vi.restoreAllMocks());

describe('without a token that counts', () => {
  it.each(NAMES)('%s is refused', async (name) => {
    expect(await ask(requestOf(name, { claims: null }))).toMatchObject({ status: 401, problem: 'not-signed-in' });
  });

  it.each<[string, Claims]>([
    ['no claims at all', {}],
    ['an ID token', claiming({ token_use: 'id' })],
    ['a token of another use', claiming({ token_use: 'access ' })],
    ['one that says no use', without('token_use')],
    ['no user name', without('username')],
    ['an empty name', claiming({ username: '' })],
    ['a name with a space', claiming({ username: 'ann operator' })],
    ['a name over two lines', claiming({ username: 'ann\nmiller' })],
    ['a name that is no text', claiming({ username: { toString: 'ann' } })],
    ['a name that fills the record', claiming({ username: 'x'.repeat(129) })],
    ['no end', without('exp')],
    ['an end that is no number', claiming({ exp: 'never' })],
    ['an end that is now', claiming({ exp: String(NOW / 1000) })],
    ['an end long past', claiming({ exp: '1' })],
  ])('%s', async (_what, claims) => {
    expect(await ask(requestOf('readMe', { claims }))).toMatchObject({
      ...{ status: 401, problem: 'not-signed-in' },
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  it('whatever the headers say', async () => {
    const headers = {
      authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6ImFubiJ9.',
      'x-amzn-oidc-identity': 'ann.miller',
      'cognito:groups': '[operator]',
    };
    expect(await ask(requestOf('readMe', { claims: null, headers }))).toMatchObject({ status: 401 });
  });
});

describe('a group that counts', () => {
  const NONE: unknown[] = [
    '',
    '[]',
    '[operators]',
    '[viewers x]',
    '[x-operator]',
    '[Operator]',
    '[operator,viewer]',
    [''],
  ];
  it.each(NAMES.flatMap((name) => NONE.map((groups) => [name, groups] as const)))(
    '%s is refused to %j',
    async (name, groups) => {
      const claims = claiming({ 'cognito:groups': groups });
      expect(await ask(requestOf(name, { claims }))).toMatchObject({ status: 403, problem: 'not-allowed' });
    },
  );
  it.each(NAMES)('%s is refused without a group', async (name) => {
    expect(await ask(requestOf(name, { claims: without('cognito:groups') }))).toMatchObject({ status: 403 });
  });

  const VIEWERS: unknown[] = ['[viewer]', '[x viewer]', ['viewer']];
  it.each(ACTING.flatMap((name) => VIEWERS.map((groups) => [name, groups] as const)))(
    '%s is refused to a viewer, %j',
    async (name, groups) => {
      const claims = claiming({ 'cognito:groups': groups });
      expect(await ask(requestOf(name, { claims }))).toMatchObject({ status: 403, problem: 'not-allowed' });
    },
  );
  it.each(READING.filter((name) => name !== 'readMe'))('%s is read by a viewer', async (name) => {
    const answer = await ask(requestOf(name, { claims: claiming({ 'cognito:groups': '[viewer]' }) }));
    // It reached the ports, which must not be touched here.
    expect(answer).toMatchObject({ status: 500, problem: 'internal' });
  });
  it.each([['[operator]'], ['[viewer operator]'], [['operator']]])('an operator, %j, may both', async (groups) => {
    const claims = claiming({ 'cognito:groups': groups });
    const me = await ask(requestOf('readMe', { claims }));
    expect(JSON.parse(me.text)).toMatchObject({ name: 'ann.miller', canAct: true });
    for (const name of ACTING) expect((await ask(requestOf(name, { claims }))).problem).toBe('internal');
  });

  it('no other group grants access', async () => {
    const group = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => !/(^|\s)(viewer|operator)(\s|$)/.test(text.replace(/^\[|\]$/g, '')));
    await fc.assert(
      fc.asyncProperty(fc.array(group, { maxLength: 4 }), async (groups) => {
        const claims = claiming({ 'cognito:groups': `[${groups.join('\u00a0')}]` });
        expect((await ask(requestOf('readMe', { claims }))).status).toBe(403);
      }),
    );
  });
});

describe('another site’s page', () => {
  it.each([
    'https://evil.example',
    'null',
    `${ORIGIN}.evil.example`,
    ORIGIN.replace('https', 'http'),
    '',
    `${ORIGIN}/`,
  ])('of the Origin %j is refused, whatever it may', async (origin) => {
    for (const name of NAMES) {
      expect(await ask(requestOf(name, { headers: { origin } }))).toMatchObject({
        status: 403,
        problem: 'foreign-origin',
      });
    }
  });
  it.each(['cross-site', 'same-site'])('that the browser calls %s is refused', async (site) => {
    expect(await ask(requestOf('readMe', { headers: { 'sec-fetch-site': site } }))).toMatchObject({ status: 403 });
  });
  it('the console’s own is not', async () => {
    const headers = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
    expect((await ask(requestOf('readMe', { headers }))).status).toBe(200);
  });
  it('no answer lets a browser share it', async () => {
    const { headers } = await ask(requestOf('readMe', { headers: { origin: ORIGIN } }));
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
  });
});

describe('on this machine', () => {
  let running: RunningPlatform;
  beforeAll(async () => {
    running = await runPlatform();
  });
  afterAll(() => running.close());

  /** With exactly these headers, which fetch would not let through. */
  function send(method: string, path: string, headers: Record<string, string>) {
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      request(`${running.platform.url}${path}`, { method, headers }, async (res) => {
        resolve({ status: res.statusCode ?? 0, body: String(await readBody(res)) });
      })
        .on('error', reject)
        .end();
    });
  }

  it.each(['evil.example', 'evil.example:4600', '127.0.0.1.nip.io', 'localhost.evil.example'])(
    'a page that came by the name %s (DNS rebinding) is refused',
    async (host) => {
      for (const method of ['GET', 'POST']) expect((await send(method, '/api/pause', { host })).status).toBe(403);
    },
  );
  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'a page of the Origin %s is refused',
    async (origin) => {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        expect((await send(method, '/api/me', { origin })).status).toBe(403);
      }
    },
  );
  it('its own page, and a program, may act as local', async () => {
    const { port } = new URL(running.platform.url);
    for (const headers of [{}, { origin: `http://localhost:${port}` }, { origin: `http://127.0.0.1:${port}` }]) {
      const { status, body } = await send('GET', '/api/me', headers);
      expect([status, JSON.parse(body)]).toEqual([200, { name: 'local', groups: ['operator'], canAct: true }]);
    }
  });
  it('the request cannot change the caller', async () => {
    const headers = { 'x-amzn-oidc-identity': 'boss', authorization: 'Bearer e30.eyJ1c2VybmFtZSI6ImJvc3MifQ.x' };
    expect(JSON.parse((await send('GET', '/api/me', headers)).body).name).toBe('local');
  });
});
