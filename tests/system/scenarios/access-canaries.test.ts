/** Token, assertion and private key are canaries here: they leave for the EHR, and for nowhere else. */
import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HttpHandler, readBody } from '../../../local/http/http-messages.ts';
import { EHR_KEY_SECRET_ARN } from '../../../local/settings/environment.ts';
import { giveBack } from '../../support/harness/outside-call.ts';
import { executionsSeen, type SeenExecution } from './aws-protocol.ts';
import { find } from './canary-search.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let seen: SeenExecution[];
let keys: string[];
const tokens = new Set<string>();
const assertions = new Set<string>();
const logLines: string[] = [];
const errors: string[] = [];
const ends: string[] = [];

/** A token endpoint that repeats what it was sent. */
const TALKATIVE: Record<string, (assertion: string) => Parameters<typeof answer>> = {
  'an error that is the assertion': (sent) => [400, JSON.stringify({ error: sent, error_description: sent })],
  'an error page that quotes it': (sent) => [500, `<h1>500</h1>${sent}`],
  'a redirect that bears it': (sent) => [302, '', { location: `/?q=${sent}` }],
  'a token that no header can hold': (sent) => [
    200,
    JSON.stringify({ access_token: `${sent}\n`, token_type: 'bearer' }),
  ],
  'a refusal of the client': (sent) => [401, JSON.stringify({ error: 'invalid_client', error_description: sent })],
};
const answer = (status: number, body: string, headers: Record<string, string> = {}) => ({ status, body, headers });
let talks: (typeof TALKATIVE)[string] | null = null;

const listening =
  (handler: HttpHandler): HttpHandler =>
  async (req, res) => {
    const body = await readBody(req);
    const sent = new URLSearchParams(body.toString()).get('client_assertion') ?? '';
    assertions.add(sent);
    if (talks === null) {
      giveBack(req, body);
      return handler(req, res);
    }
    const { status, headers, body: said } = answer(...talks(sent));
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said);
  };

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  running = await runPlatform({
    logLevel: 'DEBUG',
    metrics: true,
    around: {
      service: (prefix, handler) => (prefix === '/oauth' ? listening(handler) : handler),
      step: (_name, handler) => handler,
    },
  });
  const { platform } = running;
  platform.ehr.onRequest(({ request }) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer' && token !== undefined) tokens.add(token);
  });
  const secretsManager = new SecretsManagerClient({ endpoint: `${platform.url}/secretsmanager` });
  const secret = await secretsManager.send(new GetSecretValueCommand({ SecretId: EHR_KEY_SECRET_ARN }));
  secretsManager.destroy();
  keys = JSON.parse(secret.SecretString ?? '').keys.map(({ d }: { d: string }) => d);

  const take = async () => {
    const id = await running.admit({});
    await running.track(id);
    // The EHR forgets the token, so that another is asked for.
    platform.ehr.fail({ fault: { kind: 'status', status: 401 } });
    const { execution } = await running.take(id);
    ends.push(execution.error ?? JSON.parse(execution.output ?? '').outcome);
  };
  await take();
  for (const way of Object.values(TALKATIVE)) {
    const unknown = await running.admit({});
    talks = way;
    platform.ehr.fail({ fault: { kind: 'status', status: 401 } });
    await running.track(unknown).catch((error) => errors.push(inspect(error, { showHidden: true })));
    talks = null;
    await running.track(unknown);
    const id = await running.admit({});
    await running.track(id);
    talks = way;
    platform.ehr.fail({ fault: { kind: 'status', status: 401 } });
    const { execution } = await running.take(id);
    ends.push(execution.error ?? '');
    talks = null;
  }
  await take();
  seen = await executionsSeen(running.sfn, platform.endpoints.stateMachines['regenerate-pin'] ?? '');
  vi.restoreAllMocks();
}, 60_000);
afterAll(() => running.close());

/** The signature alone would do, too. */
const secrets = () => [
  ...tokens,
  ...[...assertions].flatMap((each) => [each, each.split('.').at(-1) ?? each]),
  ...keys,
];

it('went through all of it', () => {
  const failed = [
    'EhrRejectedError',
    'EhrUnavailableError',
    'EhrRejectedError',
    'EhrUnavailableError',
    'EhrRejectedError',
  ];
  expect(ends).toEqual(['REGENERATED', ...failed, 'REGENERATED']);
  expect(errors).toHaveLength(Object.keys(TALKATIVE).length);
  expect([tokens.size > 5, assertions.size > 10, keys.length]).toEqual([true, true, 1]);
});

it('nothing in the executions, with their errors and causes', () => {
  expect(seen.length).toBe(ends.length);
  expect(find(secrets(), [{ where: 'executions', text: JSON.stringify(seen) }])).toEqual([]);
});

it('nothing in the log lines and metrics of the steps, at level DEBUG', () => {
  const text = logLines.join('');
  expect(text.split('"step failed"').length).toBeGreaterThan(5);
  expect(find(secrets(), [{ where: 'log', text }])).toEqual([]);
});

it('nothing in the errors that a trigger sees', () => {
  expect(find(secrets(), [{ where: 'errors', text: errors.join('\n') }])).toEqual([]);
});

it('nothing in the table', async () => {
  expect(find(secrets(), [{ where: 'table', text: JSON.stringify(await running.items()) }])).toEqual([]);
});
