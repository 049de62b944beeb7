import {
  DecryptionFailure,
  GetSecretValueCommand,
  InternalServiceError,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { readSecret } from '../../../../../functions/adapters/aws/secrets-manager.ts';
import { thrownBy } from '../../../../support/scripted/scripted-ehr.ts';

const CANARY = '{"keys":[{"d":"canary"}]}';
const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ehr-key-a1b2c3';
const secrets = mockClient(SecretsManagerClient);
beforeEach(() => secrets.reset());

const { signal } = new AbortController();
const read = () => readSecret({ client: new SecretsManagerClient({ region: 'us-east-1' }), arn, signal });
const about = { message: `about ${CANARY}`, $metadata: {} };
const sdkError = (name: string) => Object.assign(new Error(CANARY), { name });

it('is the current text of the secret, read until the signal ends it', async () => {
  secrets.on(GetSecretValueCommand, { SecretId: arn }).resolves({ SecretString: 'text' });
  expect(await read()).toBe('text');
  expect(secrets.calls()[0]?.args).toMatchObject([{ input: { SecretId: arn } }, { abortSignal: signal }]);
});

it.each<[string, Error, string]>([
  ['ResourceNotFoundException', new ResourceNotFoundException(about), 'ConfigurationError'],
  ['AccessDeniedException', sdkError('AccessDeniedException'), 'ConfigurationError'],
  // Marked for deletion.
  ['InvalidRequestException', new InvalidRequestException(about), 'ConfigurationError'],
  ['InvalidParameterException', sdkError('InvalidParameterException'), 'ConfigurationError'],
  // We may read the secret, but not use its key.
  ['DecryptionFailure', new DecryptionFailure(about), 'ConfigurationError'],
  ['InternalServiceError', new InternalServiceError(about), 'AwsUnavailableError'],
  ['ThrottlingException', sdkError('ThrottlingException'), 'AwsUnavailableError'],
  ['TimeoutError', sdkError('TimeoutError'), 'AwsUnavailableError'],
  ['AbortError', sdkError('AbortError'), 'AwsUnavailableError'],
])('%s', async (code, thrown, name) => {
  secrets.on(GetSecretValueCommand).rejects(thrown);
  const found = await thrownBy(read());
  expect(found).toMatchObject({ name, code });
  expect(found.shown).not.toContain('canary');
});

it('a secret of bytes is none', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from(CANARY) });
  expect(await thrownBy(read())).toMatchObject({ name: 'ConfigurationError', code: 'SECRET_IS_NO_TEXT' });
});
