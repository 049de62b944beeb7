import { randomBytes } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { createKmsFingerprint } from '../../functions/adapters/aws/kms-fingerprint.ts';
import { createKms } from '../../local/aws/kms.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { describeFingerprint, type FingerprintUnderTest } from './fingerprint.contract.ts';

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd';

/** The KMS adapter with the SDK's own client, over HTTP, against the local KMS. */
async function kmsOverHttp(key = randomBytes(32)): Promise<FingerprintUnderTest> {
  const gateway = await createGateway({ port: 0 });
  gateway.mount('/kms', createKms({ keyArn, keyMaterial: key.toString('base64') }).handle);
  const client = new KMSClient({
    endpoint: `${gateway.url}/kms`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const make = () => createKmsFingerprint({ client, keyArn, signal: AbortSignal.timeout(60_000) });
  return {
    fingerprint: make(),
    elsewhere: make,
    async close() {
      client.destroy();
      await gateway.close();
    },
  };
}

describeFingerprint('KMS over HTTP, the local KMS', kmsOverHttp);

// RFC 4231, test case 2: another implementation of HMAC-SHA-256 with the same key finds the same reservations.
it('is HMAC-SHA-256', async () => {
  const { fingerprint, close } = await kmsOverHttp(Buffer.from('Jefe'));
  const digest = await fingerprint.of('what do ya want for nothing?');
  const published = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(Buffer.from(digest, 'base64url').toString('hex')).toBe(published);
  await close();
});
