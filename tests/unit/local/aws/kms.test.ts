import { CreateKeyCommand, GenerateMacCommand, type GenerateMacCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKms, type Kms } from '../../../../local/aws/kms.ts';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd';
let gateway: Gateway;
let kms: Kms;
let client: KMSClient;
beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  kms = createKms({ keyArn, keyMaterial: Buffer.from('Jefe').toString('base64') });
  gateway.mount('/kms', kms.handle);
  client = new KMSClient({
    endpoint: `${gateway.url}/kms`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

const generate = (differing: Partial<GenerateMacCommandInput> = {}) =>
  client.send(
    new GenerateMacCommand({ KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('x'), ...differing }),
  );

// RFC 4231, test case 2.
it('answers the MAC, its key and its algorithm', async () => {
  const { Mac, KeyId, MacAlgorithm } = await generate({ Message: Buffer.from('what do ya want for nothing?') });
  const published = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(Buffer.from(Mac ?? []).toString('hex')).toBe(published);
  expect({ KeyId, MacAlgorithm }).toEqual({ KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256' });
});

it('takes the key by its id, too, and messages up to 4096 bytes', async () => {
  await expect(generate({ KeyId: '1234abcd', Message: Buffer.alloc(4096) })).resolves.toHaveProperty('Mac');
});

it.each<[string, Partial<GenerateMacCommandInput>, string]>([
  ['another key', { KeyId: keyArn.replace('1234', '4321') }, 'NotFoundException'],
  ['no message', { Message: Buffer.alloc(0) }, 'ValidationException'],
  ['a message above 4096 bytes', { Message: Buffer.alloc(4097) }, 'ValidationException'],
  ['an algorithm that is not of the key', { MacAlgorithm: 'HMAC_SHA_512' }, 'InvalidKeyUsageException'],
])('refuses %s', async (_what, differing, name) => {
  await expect(generate(differing)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400, attempts: 1 } });
});

it('refuses what it does not serve, and what is no request', async () => {
  await expect(client.send(new CreateKeyCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  for (const [body, type] of [
    ['{', 'SerializationException'],
    ['null', 'ValidationException'],
    ['[]', 'ValidationException'],
  ]) {
    const headers = { 'x-amz-target': 'TrentService.GenerateMac' };
    const answer = await fetch(`${gateway.url}/kms`, { method: 'POST', headers, body: body ?? '' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { __type: type }]);
  }
});

it('counts what was asked', async () => {
  const before = kms.calls;
  await generate();
  await generate({ KeyId: 'another' }).catch(() => undefined);
  await client.send(new CreateKeyCommand({})).catch(() => undefined);
  expect(kms.calls - before).toBe(2);
});
