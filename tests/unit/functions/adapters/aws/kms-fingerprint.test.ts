import {
  DependencyTimeoutException,
  DisabledException,
  GenerateMacCommand,
  KeyUnavailableException,
  KMSClient,
  KMSInternalException,
  KMSInvalidStateException,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKmsFingerprint } from '../../../../../functions/adapters/aws/kms-fingerprint.ts';

const CANARY = 'Q987654321';
const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';
const kms = mockClient(KMSClient);
beforeEach(() => kms.reset());

const { signal } = new AbortController();
const client = new KMSClient({ region: 'us-east-1' });
/** As the container makes it: one for each call of a step. */
const make = () => createKmsFingerprint({ client, keyArn, signal });
const Mac = Buffer.alloc(32, 7);
const about = { message: `about ${CANARY}`, $metadata: {} };
const sdkError = (name: string) => Object.assign(new Error(CANARY), { name });

it('asks for one MAC by the key, with the deadline of the step', async () => {
  kms.on(GenerateMacCommand).resolves({ Mac });
  expect(await make().of('B122900125')).toBe(Mac.toString('base64url'));
  expect(kms.commandCalls(GenerateMacCommand)[0]?.args[0].input).toEqual({
    KeyId: keyArn,
    MacAlgorithm: 'HMAC_SHA_256',
    Message: Buffer.from('B122900125'),
  });
  expect(kms.calls()[0]?.args).toEqual([expect.anything(), { abortSignal: signal }]);
});

describe('each call is paid for', () => {
  it('so the same value is asked for once in a step, another value and another step anew', async () => {
    kms.on(GenerateMacCommand).resolves({ Mac });
    const fingerprint = make();
    for (const value of ['a', 'b', 'a', 'b']) await fingerprint.of(value);
    expect(kms.calls()).toHaveLength(2);
    await make().of('a');
    expect(kms.calls()).toHaveLength(3);
  });

  it('but a call that failed is none', async () => {
    kms.on(GenerateMacCommand).rejectsOnce(sdkError('ThrottlingException')).resolves({ Mac });
    const fingerprint = make();
    await expect(fingerprint.of('a')).rejects.toThrow('ThrottlingException');
    expect(await fingerprint.of('a')).toBe(Mac.toString('base64url'));
  });
});

describe('what a failure means', () => {
  it.each<[string, Error, string]>([
    ['KeyUnavailableException', new KeyUnavailableException(about), 'AwsUnavailableError'],
    ['KMSInternalException', new KMSInternalException(about), 'AwsUnavailableError'],
    ['DependencyTimeoutException', new DependencyTimeoutException(about), 'AwsUnavailableError'],
    ['ThrottlingException', sdkError('ThrottlingException'), 'AwsUnavailableError'],
    ['TimeoutError', sdkError('TimeoutError'), 'AwsUnavailableError'],
    ['AbortError', sdkError('AbortError'), 'AwsUnavailableError'],
    ['Error', Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' }), 'AwsUnavailableError'],
    ['AccessDeniedException', sdkError('AccessDeniedException'), 'ConfigurationError'],
    ['DisabledException', new DisabledException(about), 'ConfigurationError'],
    // A key scheduled for deletion, or without key material.
    ['KMSInvalidStateException', new KMSInvalidStateException(about), 'ConfigurationError'],
    ['NotFoundException', new NotFoundException(about), 'ConfigurationError'],
    ['InvalidKeyUsageException', sdkError('InvalidKeyUsageException'), 'ConfigurationError'],
    ['ValidationException', sdkError('ValidationException'), 'ConfigurationError'],
  ])('%s', async (code, thrown, name) => {
    kms.on(GenerateMacCommand).rejects(thrown);
    const error: unknown = await make()
      .of(CANARY)
      .catch((caught) => caught);
    expect(error).toMatchObject({ name, message: code });
    expect(error instanceof Error && `${error.stack} ${String(error.cause)}`).not.toContain(CANARY);
  });

  it.each([{}, { Mac: new Uint8Array() }, { Mac: Buffer.alloc(31) }])('an answer without a MAC: %j', async (answer) => {
    kms.on(GenerateMacCommand).resolves(answer);
    const refused = expect(make().of(CANARY)).rejects;
    await refused.toMatchObject({ name: 'AwsUnavailableError', message: 'ANSWER_WITHOUT_MAC' });
  });
});
