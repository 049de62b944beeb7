/** What every implementation of the Fingerprint port must do: same value, same digest, and nothing to be read from it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fingerprint } from '../../functions/ports/ehr/fingerprint.ts';

export interface FingerprintUnderTest {
  fingerprint: Fingerprint;
  /** As another step has it, with the same key. */
  elsewhere(): Fingerprint;
  close(): Promise<void>;
}

/** @param make a fingerprint with a key of its own at every call */
export function describeFingerprint(name: string, make: () => Promise<FingerprintUnderTest>): void {
  describe(`Fingerprint: ${name}`, () => {
    let under: FingerprintUnderTest;
    let other: FingerprintUnderTest;
    let fingerprint: Fingerprint;
    beforeAll(async () => {
      [under, other] = [await make(), await make()];
      fingerprint = under.fingerprint;
    });
    afterAll(() => Promise.all([under.close(), other.close()]));

    it('is the same for the same value', async () => {
      const digest = await fingerprint.of('B122900125');
      expect(await fingerprint.of('B122900125')).toBe(digest);
      expect(await under.elsewhere().of('B122900125')).toBe(digest);
    });
    it.each(['B122900126', 'b122900125', 'B122900125 ', 'B'])('differs for %j', async (value) => {
      expect(await fingerprint.of(value)).not.toBe(await fingerprint.of('B122900125'));
    });
    it('differs under another key', async () => {
      expect(await other.fingerprint.of('B122900125')).not.toBe(await fingerprint.of('B122900125'));
    });
    it('holds nothing of the value, and is 32 bytes that fit a key of the table', async () => {
      for (const value of ['pat@example.com', `${'x'.repeat(242)}@example.com`, 'Übersicht']) {
        const digest = await fingerprint.of(value);
        expect(digest).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(Buffer.from(digest, 'base64url').toString('latin1')).not.toContain('example');
      }
    });
  });
}
