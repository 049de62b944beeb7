/** What came of PINs: issued, looked at, of use for a registration; by location of care. */
import type { Account } from './account.ts';

export interface Conversion {
  issued: number;
  pickedUp: number;
  registered: number;
  /** How many of these patients have got a newer PIN since, because they had not registered with the older one. */
  replaced: number;
}

/** By the id of an Organization; NONE where the document names no location. */
export type Conversions = Record<string, Conversion>;

/**
 * Counts the PIN that the execution of that number has signed, as the patient's account stands now. One that signed none counts
 * nowhere; a PIN replaced since counts as such, by the newer one's location.
 */
export function withConversion(conversions: Conversions, account: Account, attempt: number): Conversions {
  const { issuedBy } = account;
  if (issuedBy === null || issuedBy < attempt) return conversions;
  const location = account.location ?? 'NONE';
  const { issued, pickedUp, registered, replaced } = conversions[location] ?? NONE;
  const counted =
    issuedBy > attempt
      ? { issued, pickedUp, registered, replaced: replaced + 1 }
      : {
          issued: issued + 1,
          pickedUp: pickedUp + (account.pickedUpAt === null ? 0 : 1),
          registered: registered + (account.registeredAt === null ? 0 : 1),
          replaced,
        };
  return { ...conversions, [location]: counted };
}

const NONE: Conversion = { issued: 0, pickedUp: 0, registered: 0, replaced: 0 };
