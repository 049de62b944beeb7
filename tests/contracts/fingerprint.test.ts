import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createHmacFingerprint } from '../../functions/adapters/hmac-fingerprint.ts';
import { describeFingerprint } from './fingerprint.contract.ts';

describeFingerprint('HMAC', async () => createHmacFingerprint(randomBytes(32)));

// RFC 4231, test case 2: another implementation of HMAC-SHA-256 with the same key finds the same reservations.
it('is HMAC-SHA-256', async () => {
  const digest = await createHmacFingerprint(Buffer.from('Jefe')).of('what do ya want for nothing?');
  const published = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(Buffer.from(digest, 'base64url').toString('hex')).toBe(published);
});
