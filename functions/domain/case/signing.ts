/** Transitions to a new PIN: one that we signed, and one that the chart holds already. */
import type { Violation } from '../chart/chart.ts';
import { lifeOf } from '../chart/expiry.ts';
import { type Instant, millisecondsOf } from '../time/instant.ts';
import { type Account, owed } from './account.ts';

export interface Signing {
  document: string;
  signedAt: number;
  /** Id of the Organization that the document names as its custodian, or null. */
  location: string | null;
}

/** What is known of a PIN's way to its patient begins anew with each document. */
const NOT_CLAIMED = { pickedUpAt: null, registeredAt: null };

/**
 * Adopts the chart's newest PIN document, made by hand or unknown to the record: no message is owed for it.
 * @param reminder the reminder day that passed before the PIN was known; it counts as done, so that a first
 * discovery sends nothing
 */
export function withAdopted(
  account: Account,
  signing: Signing,
  unclaimedCycles: number,
  reminder: number | null,
): Account {
  if (account.document === signing.document) return account;
  const { issuedAt, expiresAt } = lifeOf(signing.signedAt);
  const { document, location } = signing;
  const issued = { document, location, issuedAt, expiresAt, issuedBy: null, ...NOT_CLAIMED };
  // Staff that made it by hand told the patient.
  const told = { message: null, pickupToken: null, complainedAt: null, withoutAccessSince: null };
  return { ...account, ...issued, reminder, unclaimedCycles, ...told };
}

/** Records the PIN that we signed, with what the read-back found wrong. Idempotent by document id. */
export function withSigned(account: Account, signing: Signing, violations: Violation[]): Account {
  if (account.document === signing.document && account.draft === null) return account;
  const { issuedAt, expiresAt } = lifeOf(signing.signedAt);
  return {
    ...account,
    document: signing.document,
    location: signing.location,
    issuedAt,
    expiresAt,
    issuedBy: account.attempt,
    ...NOT_CLAIMED,
    reminder: null,
    unclaimedCycles: account.unclaimedCycles + 1,
    servedRequest: account.draft?.request ?? account.servedRequest,
    draft: null,
    violations,
    withoutAccessSince: account.withoutAccessSince ?? expiryBefore(account, signing.signedAt),
    pickupToken: null,
    message: owed(account.draft?.request == null ? 'NEW_PIN' : 'REQUESTED', signing.document),
    complainedAt: null,
  };
}

/** When the account's PIN had expired by `now` (milliseconds); null where it lives, or where there is none. */
function expiryBefore({ expiresAt }: Account, now: number): Instant | null {
  return expiresAt !== null && (millisecondsOf(expiresAt) ?? now + 1) <= now ? expiresAt : null;
}
