/** On AWS: the console lets people log in, and carries their token to the API and nowhere else. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../../local/http/gateway.ts';
import { readBody, sendJson } from '../../../local/http/http-messages.ts';
import { type OpenConsole, openConsole } from '../../support/console/open-console.ts';
import { BUILD_PATIENCE_MS, Refusal } from '../../support/harness/scripted-api.ts';

let consoles: OpenConsole;
beforeAll(async () => {
  consoles = await openConsole();
}, BUILD_PATIENCE_MS);
afterAll(() => consoles.close());

const CLIENT = 'console-client';
const TOKEN = 'canary-access-token';
const REFRESH_TOKEN = 'canary-refresh-token';

interface Asked {
  authorize: URLSearchParams[];
  token: URLSearchParams[];
  revoke: URLSearchParams[];
  logout: URLSearchParams[];
}

/** An issuer as a user pool is one: discovery, login page, token endpoint. It logs every user in at once. */
function withIssuer(asked: Asked, { isRevokeSilent = false } = {}): (gateway: Gateway) => object {
  return (gateway) => {
    const issuer = `${gateway.url}/issuer`;
    gateway.mount('/issuer', async (req, res) => {
      const { pathname, searchParams } = new URL(req.url ?? '', issuer);
      switch (pathname) {
        case '/.well-known/openid-configuration':
          return sendJson(res, 200, {
            issuer,
            authorization_endpoint: `${issuer}/oauth2/authorize`,
            token_endpoint: `${issuer}/oauth2/token`,
            jwks_uri: `${issuer}/jwks`,
            revocation_endpoint: `${issuer}/oauth2/revoke`,
          });
        case '/oauth2/authorize': {
          asked.authorize.push(searchParams);
          const back = new URL(searchParams.get('redirect_uri') ?? '');
          back.searchParams.set('code', 'one-time-code');
          back.searchParams.set('state', searchParams.get('state') ?? '');
          return void res.writeHead(302, { location: back.href }).end();
        }
        case '/oauth2/token': {
          asked.token.push(new URLSearchParams(String(await readBody(req))));
          const claims = { iss: issuer, aud: CLIENT, sub: 'robin', exp: 4_000_000_000, iat: 1_700_000_000 };
          const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
          return sendJson(res, 200, {
            access_token: TOKEN,
            refresh_token: REFRESH_TOKEN,
            id_token: `${part({ alg: 'RS256' })}.${part(claims)}.signature`,
            token_type: 'Bearer',
            expires_in: 900,
          });
        }
        case '/oauth2/revoke':
          if (isRevokeSilent) return;
          asked.revoke.push(new URLSearchParams(String(await readBody(req))));
          return sendJson(res, 200, {});
        default:
          asked.logout.push(searchParams);
          return sendJson(res, 200, {});
      }
    });
    return { api: '/api', auth: { issuer, login: issuer, clientId: CLIENT, scopes: ['openid'] } };
  };
}

const nothingAsked = (): Asked => ({ authorize: [], token: [], revoke: [], logout: [] });

describe('behind a login', () => {
  it('a person logs in by code with PKCE, comes to the page that they wanted, and may leave', async () => {
    const asked = nothingAsked();
    const { page, api } = await consoles.at('practice?x=1', {}, {}, withIssuer(asked));
    await page.getByRole('heading', { name: 'Practice' }).waitFor();
    const { pathname, search } = new URL(page.url());
    expect([pathname, search]).toEqual(['/console/practice', '?x=1']);

    const [authorize] = asked.authorize;
    expect(Object.fromEntries(authorize ?? [])).toMatchObject({
      client_id: CLIENT,
      response_type: 'code',
      scope: 'openid',
      code_challenge_method: 'S256',
      redirect_uri: api.url,
    });
    const [token] = asked.token;
    const verifier = token?.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(authorize?.get('code_challenge'));
    expect(token?.get('code')).toBe('one-time-code');

    expect(new Set(api.calls.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
    // Gone with the tab, and in no address.
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(TOKEN);
    expect(page.url()).not.toMatch(/code=|token/);
    // What one machine alone offers is not there.
    expect(await page.getByRole('link', { name: 'Mailbox' }).count()).toBe(0);

    await page.evaluate(`sessionStorage.setItem('portal-pin.draft.release.p1', 'typed input')`);
    await page.getByRole('button', { name: /Robin Hale/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/logout\?/);
    expect(Object.fromEntries(asked.logout[0] ?? [])).toEqual({ client_id: CLIENT, logout_uri: api.url });
    // The next user finds no login and no input, and a copied token is useless.
    expect(asked.revoke.map((form) => form.get('token'))).toEqual([REFRESH_TOKEN]);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toMatch(/canary|draft|typed/);
  });

  it('may leave also where the login no longer answers: nothing of it stays', { timeout: 30_000 }, async () => {
    const asked = nothingAsked();
    const { page } = await consoles.at('practice', {}, {}, withIssuer(asked, { isRevokeSilent: true }));
    await page.getByRole('heading', { name: 'Practice' }).waitFor();
    await page.getByRole('button', { name: /Robin Hale/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    // What it showed is gone at once, the token when the login has had its time.
    await page.getByRole('heading', { name: 'Practice' }).waitFor({ state: 'detached', timeout: 2_000 });
    await page.waitForURL(/\/logout\?/);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain('canary');
  });

  it('after the session ended signs in again on the same page', async () => {
    const asked = nothingAsked();
    const { page, api } = await consoles.at('practice', {}, {}, withIssuer(asked));
    await page.getByRole('heading', { name: 'Practice' }).waitFor();
    const { readOverview } = api.answers;
    api.answers.readOverview = () => new Refusal('not-signed-in');
    await page.reload();
    await page.getByText('Your session has ended').waitFor();
    api.answers.readOverview = readOverview;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    await page.waitForURL(/\/console\/practice$/);
    expect(asked.authorize).toHaveLength(2);
  });

  it('says so if the login cannot be reached', async () => {
    const { page } = await consoles.at('', {}, {}, (gateway) => ({
      api: '/api',
      auth: { issuer: `${gateway.url}/nowhere`, login: gateway.url, clientId: CLIENT, scopes: ['openid'] },
    }));
    await page.getByText('You could not be signed in').waitFor();
  });

  it('with a configuration that cannot be used says so', async () => {
    const { page } = await consoles.at('', {}, {}, () => ({ api: '/api', auth: { issuer: 'no address' } }));
    await page.getByText('This console is not set up right').waitFor();
  });
});
