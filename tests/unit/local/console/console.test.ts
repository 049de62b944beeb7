import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveConsole } from '../../../../local/console/console.ts';
import { type BuiltConsole, createConsoleBuild } from '../../../../local/console/console-build.ts';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';
import { untilBuilt } from '../../../support/harness/scripted-api.ts';

const FILES = new Map([
  ['index.html', Buffer.from('<!doctype html><title>the console</title>')],
  ['assets/main-1.js', Buffer.from('export {};')],
]);

let gateway: Gateway;
let built: BuiltConsole;
beforeEach(async () => {
  built = { state: 'BUILT', files: FILES };
  gateway = await createGateway({ port: 0 });
  gateway.mount('/console', serveConsole({ look: () => built, close: () => undefined }));
});
afterEach(() => gateway.close());

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(`${gateway.url}/console${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describe('the console is served', () => {
  it.each(['', '/', '/patients/demo-001', '/executions?status=FAILED'])('%s is a page of it', async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(body).toContain('the console');
  });

  it('with a policy that lets nothing come from elsewhere, and no script stand in the page', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('with files that never change under their name', async () => {
    const { headers, body } = await get('/assets/main-1.js');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toContain('immutable');
    expect(body).toBe('export {};');
  });

  it.each(['/assets/main-0.js', '/../package.json', '/%2e%2e/package.json'])('and no other: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('and says where it runs', async () => {
    const { headers, body } = await get('/config.json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(body)).toEqual({
      api: '/api',
      auth: null,
      local: { api: '/local-api', clock: '/clock', mailbox: '/mailbox' },
    });
  });

  it('to be read alone', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
    expect((await get('/', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('before it is there', () => {
  it('a page says that it is being built, and goes on by itself', async () => {
    built = { state: 'BUILDING' };
    const { status, headers, body } = await get('/patients');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toContain('<meta http-equiv="refresh" content="1">');
    expect(body).not.toContain('<script');
  });

  it('a page says why it could not be built', async () => {
    built = { state: 'FAILED', why: 'Unexpected <b>token</b>' };
    const { status, body } = await get('/');
    expect(status).toBe(500);
    expect(body).toContain('Unexpected &lt;b>token&lt;/b>');
    expect(body).not.toContain('refresh');
  });
});

describe('building it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portal-pin-console-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is done once for the same sources, and takes away what older ones left', async () => {
    writeFileSync(join(folder, 'left-by-a-mistake'), '');
    const first = createConsoleBuild({ folder });
    expect(first.look().state).toBe('BUILDING');
    await untilBuilt(first);
    const builds = readdirSync(folder);
    expect(builds).toHaveLength(1);
    // At once, so without another build.
    const second = createConsoleBuild({ folder }).look();
    expect(second).toEqual(first.look());
    expect(second.state === 'BUILT' && [...second.files.keys()]).toEqual(
      expect.arrayContaining(['index.html', 'icon.svg', expect.stringMatching(/^assets\/.*\.css$/)]),
    );
  }, 120_000);

  it('that fails is reported, and retried at the next request', async () => {
    const build = createConsoleBuild({ folder: join(folder, 'stopped') });
    build.look();
    build.close();
    for (let looks = 0; looks < 500; looks++) {
      const { state } = build.look();
      if (state !== 'BUILDING') break;
      await wait(20);
    }
    // The look that told of the failure has begun the next try.
    expect(build.look().state).toBe('BUILDING');
    build.close();
    expect(readdirSync(join(folder, 'stopped')).filter((name) => !name.startsWith('partial-'))).toEqual([]);
  });
});
