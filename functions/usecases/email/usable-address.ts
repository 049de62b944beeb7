/** The address a patient can be written to (P1), without those that the mail service refused before. */
import type { Account } from '../../domain/case/account.ts';
import { type ChosenAddress, chooseAddress, type Patient } from '../../domain/chart/patient.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';

/**
 * @param now milliseconds since the epoch; the record remembers refused addresses only as keyed digests. A digest costs
 * a call, so only the address that would be chosen is compared, and none where nothing was ever refused.
 */
export async function usableAddress(
  fingerprint: Fingerprint,
  patient: Patient,
  account: Account | null,
  now: number,
): Promise<ChosenAddress> {
  const digests = account?.rejectedAddresses ?? [];
  const rejected = new Set<string>();
  for (;;) {
    const chosen = chooseAddress(patient, now, (address) => rejected.has(address));
    if (chosen.verdict !== 'USABLE' || digests.length === 0) return chosen;
    if (!digests.includes(await fingerprint.of(chosen.address))) return chosen;
    rejected.add(chosen.address);
  }
}
