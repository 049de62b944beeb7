/** Fingerprints by HMAC-SHA-256 with a key of the installation. */
import { createHmac } from 'node:crypto';
import type { Fingerprint } from '../ports.ts';

/** @param key at least 32 bytes: a PIN has only 2³⁴ values, so the key alone keeps a leaked table silent */
export function createHmacFingerprint(key: Buffer): Fingerprint {
  return {
    of: async (value) => createHmac('sha256', key).update(value).digest('base64url'),
  };
}
