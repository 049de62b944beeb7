import { describe, expect, it } from 'vitest';
import { newAccount } from '../../../../../functions/domain/case/account.ts';
import type { Patient } from '../../../../../functions/domain/chart/patient.ts';
import { usableAddress } from '../../../../../functions/usecases/email/usable-address.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

function patient(...addresses: (string | { undeliverable: string })[]): Patient {
  const emails = addresses.map((each) => ({
    value: typeof each === 'string' ? each : each.undeliverable,
    use: null,
    rank: null,
    periodStart: null,
    periodEnd: null,
    undeliverable: typeof each !== 'string',
  }));
  return {
    id: 'p1',
    emails,
    active: true,
    deceased: false,
    replaced: false,
    portalStatus: null,
    language: null,
    unclear: false,
  };
}

/** The chosen address after these were refused before, and the digests asked for. */
async function chosen(of: Patient, refused: string[]) {
  const asked: string[] = [];
  const fingerprint = {
    of: async (value: string) => {
      asked.push(value);
      return `digest of ${value}`;
    },
  };
  const account = { ...newAccount('p1'), rejectedAddresses: refused.map((each) => `digest of ${each}`) };
  const choice = await usableAddress(fingerprint, of, account, NOW);
  return { choice: choice.verdict === 'USABLE' ? choice.address : choice.verdict, asked };
}

describe('the address to write to, and what its choice costs', () => {
  const [a, b, c] = ['a@x.org', 'b@x.org', 'c@x.org'] as const;
  it.each<[string, Patient, string[], string, string[]]>([
    ['nothing was ever refused: nothing to compare', patient(a, b), [], a, []],
    ['there is no address: nothing to compare', patient(), [a], 'NONE', []],
    ['there is none that is one: nothing to compare', patient('a@'), [a], 'INVALID', []],
    ['another was refused: the first will do', patient(a, b), ['old@x.org'], a, [a]],
    ['the first was refused', patient(a, b, c), [a], b, [a, b]],
    ['the first is marked, the second refused', patient({ undeliverable: a }, b, c), [b], c, [b, c]],
    ['all that are not marked were refused', patient(a, { undeliverable: b }, c), [c, a], 'SUPPRESSED', [a, c]],
    ['one is listed twice', patient(a, a, b), [a], b, [a, b]],
  ])('%s', async (_case, of, refused, choice, asked) => {
    expect(await chosen(of, refused)).toEqual({ choice, asked });
  });

  it('compares nothing without a record', async () => {
    const fingerprint = { of: () => Promise.reject(new Error('asked')) };
    expect(await usableAddress(fingerprint, patient(a), null, NOW)).toEqual({ verdict: 'USABLE', address: a });
  });
});
