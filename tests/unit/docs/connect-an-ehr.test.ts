/** What docs/connect-an-ehr.md and its pages let integrators copy, run as written there. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { SCOPES } from '../../../functions/adapters/fhir/scopes.ts';
import { createSmartAuthorization } from '../../../functions/adapters/smart/smart-authorization.ts';
import { EHR_EVENT_TYPES, ehrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import { policySchema } from '../../../functions/runtime/policy.ts';
import { createAuthorizationServer } from '../../../local/ehr/authorization-server.ts';
import { createGateway } from '../../../local/http/gateway.ts';
import { type RunningPlatform, runPlatform } from '../../system/scenarios/running-platform.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = [
  'docs/connect-an-ehr.md',
  'docs/how-to/add-an-ehr.md',
  ...globSync('docs/connect-an-ehr/*.md', { cwd: ROOT }),
];
const doc = PAGES.map((page) => readFileSync(join(ROOT, page), 'utf8')).join('\n');
const PATIENCE = { timeout: 60_000 };
const DAY = 24 * 60 * 60 * 1000;

/** The code block of a language that holds `mark`. */
function block(language: string, mark: string): string {
  const blocks = [...doc.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, tongue, code]) => tongue === language && code?.includes(mark));
  if (found?.[2] === undefined) throw new Error(`no ${language} block with ${mark}`);
  return found[2];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-pin-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;

async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { cwd: folder, env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}

describe('the registered key', () => {
  it('is made by one command, and the EHR gives a token for it', async () => {
    const command = block('sh', 'generateKeyPairSync');
    expect(await run('sh', ['-c', command])).toMatchObject({ code: 0, stderr: '' });
    const [secret, published] = ['jwks.json', 'jwks.public.json'].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    );
    expect(statSync(join(folder, 'jwks.json')).mode & 0o777).toBe(0o600);
    expect(published).not.toContain('"d"');
    const gateway = await createGateway({ port: 0 });
    const { handle } = createAuthorizationServer({
      tokenUrl: `${gateway.url}/oauth/token`,
      client: { id: 'portal-pin', jwks: JSON.parse(published ?? ''), scopes: SCOPES },
      now: Date.now,
    });
    gateway.mount('/oauth', handle);
    const smart = { authorization_endpoint: '', token_endpoint: `${gateway.url}/oauth/token`, capabilities: [] };
    gateway.mount('/fhir', (_req, res) => void res.writeHead(200).end(JSON.stringify(smart)));
    const authorize = createSmartAuthorization({
      baseUrl: `${gateway.url}/fhir`,
      clientId: 'portal-pin',
      scopes: SCOPES.join(' '),
      readKey: async () => secret ?? '',
      now: Date.now,
      newId: () => crypto.randomUUID(),
    });
    expect(await authorize(AbortSignal.timeout(10_000), null)).toMatch(/^Bearer \S+$/);
    await gateway.close();
  });

  it('is not written over by the command', async () => {
    const before = readFileSync(join(folder, 'jwks.json'), 'utf8');
    expect((await run('sh', ['-c', block('sh', 'generateKeyPairSync')])).code).not.toBe(0);
    expect(readFileSync(join(folder, 'jwks.json'), 'utf8')).toBe(before);
  });
});

describe('the request to check one’s own against', () => {
  afterEach(() => void vi.useRealTimers());
  it('verifies, by the library of Standard Webhooks, and is an event', () => {
    const [head = '', body = ''] = block('http', 'POST /webhooks/ehr').trimEnd().split('\n\n');
    const headers = Object.fromEntries(
      head
        .split('\n')
        .slice(1)
        .map((line) => line.split(': ', 2)),
    );
    const [, secret = ''] = /with the secret `(whsec_\S+)`/.exec(doc) ?? [];
    vi.useFakeTimers({ now: Number(headers['webhook-timestamp']) * 1000 });
    expect(ehrEvent.parse(new Webhook(secret).verify(body, headers))).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(body.replace('001', '002'), headers)).toThrow();
  });
});

describe('on a running platform', PATIENCE, () => {
  let running: RunningPlatform;
  let environment: Record<string, string>;
  beforeAll(async () => {
    running = await runPlatform();
    const { webhooks, webhookSecret, fhir, fhirAuthorization } = running.platform.endpoints;
    environment = { URL: `${webhooks}/ehr`, SECRET: webhookSecret, FHIR: fhir, FHIR_AUTHORIZATION: fhirAuthorization };
  }, PATIENCE.timeout);
  afterAll(() => running.close());

  // Neither comes with npm: a machine without them cannot run the command, and needs not.
  const hasTools = ['openssl', 'curl', 'od'].every(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
  );
  it.runIf(hasTools)('the shell’s request is taken', async () => {
    const { code, stdout } = await run('sh', ['-c', block('sh', 'openssl dgst')], environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^HTTP\/1\.1 202 /);
    expect(stdout).toContain('"decision":"UNKNOWN_PATIENT"');
  });

  it('an engine that polls tells each change once, and all of it again only where it was not taken', async () => {
    const issued = await running.admit({ pins: [{ age: 3 * DAY }] });
    const waiting = await running.admit({ patient: () => ({ telecom: [] }) });
    const registered = await running.admit({ patient: () => ({ portalStatus: 'registered' }) });
    await running.track(registered);
    await running.take(waiting);
    expect((await running.account(waiting)).outcome).toBe('EMAIL_MISSING');
    writeFileSync(join(folder, 'poll.mjs'), block('js', 'poll.mjs'));
    const poll = (more: Record<string, string> = {}) =>
      run(process.execPath, ['poll.mjs'], { ...environment, ...more });

    const refused = await poll({ SECRET: `whsec_${Buffer.alloc(32).toString('base64')}` });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('401') });
    expect(existsSync(join(folder, 'poll.json'))).toBe(false);

    const first = await poll();
    expect(first.stderr).toBe('');
    expect(first.stdout).toContain(`pin.issued ${issued} TRACKED\n`);
    expect(first.stdout).toContain(`portal.registered ${registered} STOPPED\n`);
    expect((await running.account(issued)).document).not.toBeNull();
    await running.platform.stepFunctions.settled();
    const attempts = (await running.account(waiting)).attempt;

    const second = await poll();
    expect(second.stdout).toBe(first.stdout);
    await running.platform.stepFunctions.settled();
    expect((await running.account(waiting)).attempt).toBe(attempts);

    const patient = await running.platform.ehr.read<{ resourceType: 'Patient'; id: string }>('Patient', waiting);
    if (patient === undefined) throw new Error('the patient is gone');
    const telecom = [{ system: 'email' as const, value: 'entered@example.com' }];
    await running.platform.ehr.staff.write({ ...patient, telecom });
    expect((await poll()).stdout).toContain(`patient.email_changed ${waiting} STARTED\n`);
    await running.platform.stepFunctions.settled();
    expect((await running.account(waiting)).outcome).toBe('REGENERATED');
  });
});

describe('the text', () => {
  const commandsOf = (help: string) => [...help.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);

  it('explains every setting of the policy, and no other', () => {
    const [, table = ''] = /\n(\| Setting[\s\S]*?)\n\n/.exec(doc) ?? [];
    const rows = table
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1] ?? '');
    const explained = rows.flatMap((row) => {
      const names = [...row.matchAll(/`([^`{]+?)(?:\[\])?`/g)].map(([, name = '']) => name);
      const [group = ''] = (names[0] ?? '').split('.');
      return names.map((name) => (name.startsWith('.') ? `${group}${name}` : name));
    });
    const settings = Object.entries(policySchema.shape).flatMap(([name, schema]) => {
      // A group that has a default is wrapped in it.
      const group: unknown = schema instanceof z.ZodMiniDefault ? schema._zod.def.innerType : schema;
      return group instanceof z.ZodMiniObject ? Object.keys(group.shape).map((inner) => `${name}.${inner}`) : [name];
    });
    expect(explained.toSorted()).toEqual(settings.toSorted());
  });

  it('names every event, and commands that there are', () => {
    for (const type of EHR_EVENT_TYPES) expect(doc).toContain(`| \`${type}\``);
    const help = execFileSync(process.execPath, [join(ROOT, 'cli/main.ts'), '--help'], { encoding: 'utf8' });
    const named = [...doc.matchAll(/portal-pin (?:--\S+ <\w+> )*([a-z][a-z-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(commandsOf(help)).toContain(name);
  });
});
