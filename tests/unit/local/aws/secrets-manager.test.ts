import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSecretsManager } from '../../../../local/aws/secrets-manager.ts';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:portal-pin/ehr-key-a1b2c3';
const NOW = Date.parse('2026-11-22T12:00:00.500Z');
let gateway: Gateway;
let client: SecretsManagerClient;
beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  gateway.mount('/secretsmanager', createSecretsManager({ [ARN]: '{"keys":[]}' }, () => NOW).handle);
  client = new SecretsManagerClient({
    endpoint: `${gateway.url}/secretsmanager`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

it.each([ARN, 'portal-pin/ehr-key'])('gives the secret to the unmodified SDK: %s', async (SecretId) => {
  const { $metadata: _metadata, ...secret } = await client.send(new GetSecretValueCommand({ SecretId }));
  expect(secret).toEqual({
    ARN,
    Name: 'portal-pin/ehr-key',
    SecretString: '{"keys":[]}',
    VersionId: expect.any(String),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: new Date(NOW),
  });
});

it.each([`${ARN}x`, ARN.slice(0, -7), 'another', '__proto__'])('has no secret %s', async (SecretId) => {
  const asked = client.send(new GetSecretValueCommand({ SecretId }));
  await expect(asked).rejects.toBeInstanceOf(ResourceNotFoundException);
});

it('refuses what names none, and what it does not serve', async () => {
  const nameless = client.send(new GetSecretValueCommand({ SecretId: '' }));
  await expect(nameless).rejects.toMatchObject({ name: 'ValidationException', $metadata: { attempts: 1 } });
  const create = client.send(new CreateSecretCommand({ Name: 'x' }));
  await expect(create).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
