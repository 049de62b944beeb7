/** What every implementation of the Fingerprint port must do: same value, same digest, and nothing to be read from it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fingerprint } from '../../functions/ports.ts';

/** @param make a fingerprint with a key of its own at every call */
export function describeFingerprint(name: string, make: () => Promise<Fingerprint>): void {
  describe(`Fingerprint: ${name}`, () => {
    let fingerprint: Fingerprint;
    beforeAll(async () => {
      fingerprint = await make();
    });

    it('is the same for the same value', async () => {
      expect(await fingerprint.of('B122900125')).toBe(await fingerprint.of('B122900125'));
    });
    it.each(['B122900126', 'b122900125', 'B122900125 ', ''])('differs for %j', async (value) => {
      expect(await fingerprint.of(value)).not.toBe(await fingerprint.of('B122900125'));
    });
    it('differs under another key', async () => {
      expect(await (await make()).of('B122900125')).not.toBe(await fingerprint.of('B122900125'));
    });
    it('holds nothing of the value, and fits a key of the table', async () => {
      const digest = await fingerprint.of('pat@example.com');
      expect(digest).toMatch(/^[A-Za-z0-9_-]{43,}$/);
      expect(Buffer.from(digest, 'base64url').toString('latin1')).not.toContain('example');
    });
  });
}
