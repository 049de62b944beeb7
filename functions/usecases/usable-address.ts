/** The address a patient can be written to (P1), without those that the mail service refused before. */
import type { Account } from '../domain/account.ts';
import { addressCandidates, type ChosenAddress, chooseAddress, type Patient } from '../domain/patient.ts';
import type { Fingerprint } from '../ports.ts';

/** @param now milliseconds since the epoch; the record remembers refused addresses only as keyed digests */
export async function usableAddress(
  fingerprint: Fingerprint,
  patient: Patient,
  account: Account | null,
  now: number,
): Promise<ChosenAddress> {
  const digests = account?.rejectedAddresses ?? [];
  const rejected = new Set<string>();
  for (const address of digests.length === 0 ? [] : addressCandidates(patient, now)) {
    if (digests.includes(await fingerprint.of(address))) rejected.add(address);
  }
  return chooseAddress(patient, now, (address) => rejected.has(address));
}
