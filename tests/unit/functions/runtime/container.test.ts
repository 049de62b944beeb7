import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { ENVIRONMENT } from '../../../../functions/runtime/config.ts';
import { chance, ehr, fingerprint, mailer } from '../../../../functions/runtime/container.ts';
import { json, jwks, scriptedAuthorization, token } from '../../../support/scripted/scripted-authorization.ts';

const call = { signal: new AbortController().signal };
const MAIL = { to: 'pat@example.com', from: 'a@practice.example', subject: 's', text: 't', html: 'h' };
/** The clients that the container made, as they are used. */
const clients: SESClient[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv(ENVIRONMENT.sesConfigurationSet, 'tls-required');
  vi.spyOn(SESClient.prototype, 'send').mockImplementation(async function (this: SESClient) {
    clients.push(this);
    return { MessageId: 'm1' };
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('never lets the SDK send a mail twice, and does not wait for SES for ever', async () => {
  await mailer(call).send(MAIL);
  expect(await clients[0]?.config.maxAttempts()).toBe(1);
  const handler = clients[0]?.config.requestHandler;
  // The handler reads its options when it connects.
  // The time to connect is kept by the sockets (ses-connections.test.ts).
  const { requestTimeout, httpsAgent } = (await Reflect.get(handler ?? {}, 'configProvider')) ?? {};
  expect([requestTimeout, httpsAgent.keepAlive]).toEqual([5_000, false]);
});

it('names the configuration set, and none where the variable is empty', async () => {
  const sent = vi.mocked(SESClient.prototype.send).mock.calls;
  await mailer(call).send(MAIL);
  vi.stubEnv(ENVIRONMENT.sesConfigurationSet, '');
  await mailer(call).send(MAIL);
  expect(sent.map(([command]) => command.input)).toMatchObject([{ ConfigurationSetName: 'tls-required' }, {}]);
  expect(sent[1]?.[0].input).not.toHaveProperty('ConfigurationSetName');
});

it('keeps a client between invocations', async () => {
  clients.length = 0;
  await mailer(call).send(MAIL);
  await mailer(call).send(MAIL);
  expect(clients).toHaveLength(2);
  expect(clients[0]).toBe(clients[1]);
});

it('checks a setting when it is needed, by its name', () => {
  vi.stubEnv(ENVIRONMENT.fingerprintKeyArn, 'short');
  expect(() => fingerprint(call)).toThrow('MALFORMED_FINGERPRINT_KEY_ARN');
});

it('has one token and one key for all calls of the process', async () => {
  const { server, answer, forms } = await scriptedAuthorization();
  onTestFinished(server.close);
  answer([token('t1')], undefined, json(200, { resourceType: 'Patient', id: 'p1' }));
  vi.stubEnv(ENVIRONMENT.ehrBaseUrl, server.url);
  vi.stubEnv(ENVIRONMENT.ehrClientId, 'client-7');
  vi.stubEnv(ENVIRONMENT.ehrScopes, 'system/Patient.rs');
  vi.stubEnv(ENVIRONMENT.ehrKeySecretArn, undefined);
  expect(() => ehr(call)).toThrow('MISSING_EHR_KEY_SECRET_ARN');
  const SecretId = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ehr-key';
  vi.stubEnv(ENVIRONMENT.ehrKeySecretArn, SecretId);
  const read = vi.spyOn(SecretsManagerClient.prototype, 'send');
  read.mockImplementation(async () => ({ SecretString: jwks('key-1') }));

  await Promise.all([ehr(call), ehr(call)].map((each) => each.readPatient('p1')));
  await ehr(call).readPatient('p1');
  expect(server.requests.filter(({ headers }) => headers.authorization === 'Bearer t1')).toHaveLength(3);
  expect(read.mock.calls.map(([command]) => command.input)).toEqual([{ SecretId }]);
  const assertion = forms().map((form) => (form.get('client_assertion') ?? '').split('.')[1] ?? '');
  expect(forms().map((form) => form.get('scope'))).toEqual(['system/Patient.rs']);
  const { iss, exp } = JSON.parse(Buffer.from(assertion[0] ?? '', 'base64url').toString());
  // Real time, whatever the practice's clock says.
  expect([iss, Math.abs(exp - Date.now() / 1000) < 300]).toEqual(['client-7', true]);
});

it('has chance within its bounds and fresh ids', () => {
  const { randomInt, newId, bytes } = chance();
  const drawn = Array.from({ length: 500 }, () => randomInt(24));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(24);
  expect(new Set(drawn).size).toBe(24);
  expect(newId()).not.toBe(newId());
  expect([bytes(32).length, bytes(0).length]).toEqual([32, 0]);
  expect(Buffer.from(bytes(32))).not.toEqual(Buffer.from(bytes(32)));
});
