import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { ehr } from '../../../../../functions/runtime/providers/chart.ts';
import { json, jwks, scriptedAuthorization, token } from '../../../../support/scripted/scripted-authorization.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('has one token and one key for all calls of the process', async () => {
  const { server, answer, forms } = await scriptedAuthorization();
  onTestFinished(server.close);
  answer([token('t1')], undefined, json(200, { resourceType: 'Patient', id: 'p1' }));
  const SecretId = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ehr-key';
  const config = {
    ehrBaseUrl: server.url,
    ehrClientId: 'client-7',
    ehrScopes: 'system/Patient.rs',
    ehrKeySecretArn: SecretId,
  };
  const call = { signal: new AbortController().signal, config };
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
