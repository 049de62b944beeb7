/**
 * A chapter of the story: the practice's staff log in at the deployed user pool, as the console does, and ask the
 * deployed API. MiniStack verifies tokens as API Gateway does, and accepts a person without a second factor; what
 * else it does not hold, tests/unit/infra/constructs/console-site.test.ts does.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type AnswerOf, consoleConfig, OPERATIONS, type OperationName } from '../../functions/admin/contract.ts';
import { publishConsole } from '../../infra/publish-console.ts';
import { ACCOUNT_ID, REGION } from '../../local/settings/environment.ts';
import type { Outputs } from './cdk.ts';
import type { connect } from './deployed.ts';
import type { Practice } from './practice.ts';

interface Story {
  practice: Practice;
  outputs: Outputs;
  deployed: ReturnType<typeof connect>;
  folder: string;
}

const PASSWORD = 'correct-Horse-battery-7';
const SERVER = process.env.AWS_ENDPOINT_URL ?? '';

const tokens = z.object({ access_token: z.string(), id_token: z.string(), refresh_token: z.string() });
type Tokens = z.infer<typeof tokens>;

/** One call of Cognito's own protocol, as an administrator's. */
async function cognito(operation: string, request: object): Promise<void> {
  const answer = await fetch(SERVER, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify(request),
  });
  if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${await answer.text()}`);
}

export function staff(story: () => Story): void {
  const people = new Map<string, Tokens>();

  /** As docs/runbook.md has an administrator do it. */
  async function invite(Username: string, GroupName: string | null): Promise<void> {
    const UserPoolId = story().outputs.StaffUserPoolId;
    const UserAttributes = [{ Name: 'email', Value: `${Username}@practice.example` }];
    const invited = { UserAttributes, TemporaryPassword: `${PASSWORD}-once`, MessageAction: 'SUPPRESS' };
    await cognito('AdminCreateUser', { UserPoolId, Username, ...invited });
    await cognito('AdminSetUserPassword', { UserPoolId, Username, Password: PASSWORD, Permanent: true });
    if (GroupName !== null) await cognito('AdminAddUserToGroup', { UserPoolId, Username, GroupName });
  }

  /** The page's own way: a code by the login page, and tokens for it and the verifier. */
  async function logIn(username: string, verifier = randomBytes(32).toString('base64url')): Promise<Response> {
    const { ConsoleClientId = '', ConsoleUrl = '' } = story().outputs;
    const common = { client_id: ConsoleClientId, redirect_uri: ConsoleUrl };
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const asked = { ...common, response_type: 'code', scope: 'openid', state: 's', code_challenge_method: 'S256' };
    const form = new URLSearchParams({ ...asked, code_challenge: challenge, username, password: PASSWORD });
    const login = await fetch(`${SERVER}/login`, { method: 'POST', body: form, redirect: 'manual' });
    const back = new URL(login.headers.get('location') ?? '');
    expect(`${back.origin}${back.pathname}`).toBe(ConsoleUrl);
    const grant = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
    };
    return fetch(`${SERVER}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ ...common, ...grant }) });
  }

  async function send(name: OperationName, token: string | null, path: string, body?: object) {
    const { method } = OPERATIONS[name];
    const id = new URL(story().outputs.ApiUrl ?? '').host.split('.')[0];
    return fetch(`${SERVER}/_aws/execute-api/${id}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async function ask<Name extends OperationName>(
    name: Name,
    person: string,
    path: string,
    body?: object,
  ): Promise<AnswerOf<Name>> {
    const response = await send(name, people.get(person)?.access_token ?? null, path, body);
    const { answer } = OPERATIONS[name];
    expect([path, response.status]).toEqual([path, OPERATIONS[name].status]);
    return z.parse(answer, await response.json()) as AnswerOf<Name>;
  }

  it('lets the practice’s staff log in, by a code and its verifier alone', async () => {
    await invite('ann.miller', 'operator');
    await invite('bob.viewer', 'viewer');
    await invite('eve.ungrouped', null);
    for (const person of ['ann.miller', 'bob.viewer', 'eve.ungrouped']) {
      const answer = await logIn(person);
      people.set(person, z.parse(tokens, await answer.json()));
    }
    // The right code with another verifier: a stolen code is useless.
    const { ConsoleClientId = '', ConsoleUrl = '' } = story().outputs;
    const grant = { grant_type: 'authorization_code', code: 'stolen', code_verifier: 'x'.repeat(43) };
    const body = new URLSearchParams({ client_id: ConsoleClientId, redirect_uri: ConsoleUrl, ...grant });
    expect((await fetch(`${SERVER}/oauth2/token`, { method: 'POST', body })).status).toBe(400);
  });

  it('refuses a caller without a token of this pool before the function runs', async () => {
    const good = people.get('ann.miller')?.access_token ?? '';
    const [head = '', claims = '', signature = ''] = good.split('.');
    const claimed = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const raised = Buffer.from(JSON.stringify({ ...claimed, username: 'boss' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      null,
      'x',
      `${head}.${raised}.${signature}`,
      `${unsigned}.${claims}.`,
      `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
    ];
    for (const token of forged) {
      expect((await send('readMe', token, '/api/me')).status).toBe(401);
      expect((await send('pause', token, '/api/pause', { reason: 'r' })).status).toBe(401);
    }
  });

  it('refuses an ID token and a user without a group; a viewer can read but not act', async () => {
    const { id_token: idToken = '' } = people.get('ann.miller') ?? {};
    expect((await send('readMe', idToken, '/api/me')).status).toBe(401);
    const eve = people.get('eve.ungrouped')?.access_token ?? '';
    expect((await send('readMe', eve, '/api/me')).status).toBe(403);
    expect(await ask('readMe', 'bob.viewer', '/api/me')).toEqual({
      name: 'bob.viewer',
      groups: ['viewer'],
      canAct: false,
    });
    const bob = people.get('bob.viewer')?.access_token ?? '';
    expect((await send('pause', bob, '/api/pause', { reason: 'r' })).status).toBe(403);
    expect(await ask('readMe', 'ann.miller', '/api/me')).toMatchObject({ name: 'ann.miller', canAct: true });
  });

  it('shows what needs a person, why, and what was done', async () => {
    const patientId = story().practice.patientWho('HELD', 'CYCLE_LIMIT');
    const { items } = await ask('readWorkList', 'bob.viewer', '/api/work-list?outcome=HELD');
    expect(items.map((item) => item.patientId)).toContain(patientId);
    expect((await ask('readOverview', 'bob.viewer', '/api/overview')).work.map(({ todo }) => todo)).toContain('decide');
    const patient = await ask('readPatient', 'bob.viewer', `/api/patients/${patientId}`);
    expect(patient).toMatchObject({ outcome: 'HELD', todo: 'decide' });
    const [execution] = patient.executions;
    const name = execution?.name ?? '';
    const { items: events } = await ask('readHistory', 'bob.viewer', `/api/executions/${name}/history`);
    expect(events.map(({ state }) => state)).toContain('HoldForStaff');
    const { definition } = await ask('readStateMachine', 'bob.viewer', '/api/state-machines/regenerate-pin');
    expect(definition).toMatchObject({ StartAt: 'VerifyEmail' });
    expect((await ask('listExecutions', 'bob.viewer', '/api/executions?limit=2')).items).toHaveLength(2);
  });

  it('takes an operator’s decision and later names the operator', async () => {
    const patientId = story().practice.patientWho('HELD', 'CYCLE_LIMIT');
    const { version } = await ask('readPatient', 'ann.miller', `/api/patients/${patientId}`);
    const order = { action: 'release', reason: 'They want it after all.', version };
    const { decision, execution } = await ask(
      'actOnPatient',
      'ann.miller',
      `/api/patients/${patientId}/actions`,
      order,
    );
    expect(decision).toBe('STARTED');
    const arn = story().outputs.RegeneratePinStateMachineArn?.replace(':stateMachine:', ':execution:');
    await story().deployed.ended(`${arn}:${execution}`);
    const after = await ask('readPatient', 'bob.viewer', `/api/patients/${patientId}`);
    expect(after).toMatchObject({ outcome: 'REGENERATED', todo: null });
    expect(after.decisions).toMatchObject([
      { action: 'release', actor: 'ann.miller', reason: 'They want it after all.' },
    ]);
    const again = await send(
      'actOnPatient',
      people.get('ann.miller')?.access_token ?? '',
      `/api/patients/${patientId}/actions`,
      order,
    );
    expect(again.status).toBe(409);
  });

  it('publishes the console’s build, which is told where it runs', async () => {
    const dist = join(story().folder, 'dist');
    mkdirSync(join(dist, 'assets'), { recursive: true });
    writeFileSync(
      join(dist, 'index.html'),
      '<!doctype html><script type="module" src="/console/assets/index-1.js"></script>',
    );
    writeFileSync(join(dist, 'assets/index-1.js'), 'export {};');
    const keys = await publishConsole('portal-pin-stateless', { account: ACCOUNT_ID, region: REGION }, dist);
    expect(keys).toEqual(['console/assets/index-1.js', 'console/config.json', 'console/index.html']);
    const { ConsoleBucket: Bucket, ConsoleIssuer: issuer, ConsoleClientId: clientId } = story().outputs;
    const s3 = new S3Client({});
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key: 'console/config.json' }));
    expect(ContentType).toBe('application/json');
    const config = z.parse(consoleConfig, JSON.parse((await Body?.transformToString()) ?? ''));
    expect(config.auth).toMatchObject({ issuer, clientId, scopes: ['openid'] });
    const asset = await s3.send(new HeadObjectCommand({ Bucket, Key: 'console/assets/index-1.js' }));
    expect([asset.ContentType, asset.CacheControl]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    s3.destroy();
  });
}
