/** Transitions of a PIN on its way to its patient: viewed, registered, and what the EHR reports of the portal. */
import { type Instant, millisecondsOf, toInstant } from '../time/instant.ts';
import type { Account, PortalEvent, PortalEventStatus } from './account.ts';

/** The patient viewed the PIN on the pick-up page for the first time; null if it was viewed before or is not `document`'s. */
export function withFirstView(account: Account, document: string, at: Instant): Account | null {
  return account.document === document && account.pickedUpAt === null ? { ...account, pickedUpAt: at } : null;
}

/** The chart says that the patient registered: the row of unclaimed PINs ends, and a known PIN was of use. */
export function withRegistrationFound(account: Account, at: Instant): Account {
  const registeredAt = account.document === null ? account.registeredAt : (account.registeredAt ?? at);
  return { ...account, unclaimedCycles: 0, registeredAt };
}

/**
 * The account that knows the event, or null for news that are old: what happened before the newest PIN was issued, or
 * before what is noted. Counted in whole seconds, as the records hold them; the noted event itself is no old news, so
 * that it can be taken in twice.
 */
export function withPortalEvent(account: Account, status: PortalEventStatus, timestamp: string): Account | null {
  const happened: PortalEvent = { status, at: toInstant(millisecondsOf(timestamp) ?? 0) };
  const noted = account.portalEvent;
  if (noted?.status === status && noted.at === happened.at) return account;
  if (noted !== null && happened.at <= noted.at) return null;
  if (account.issuedAt !== null && happened.at <= account.issuedAt) return null;
  // A registration tells that the newest PIN was of use.
  const isClaimed = status === 'REGISTERED' && account.document !== null;
  const registeredAt = isClaimed ? (account.registeredAt ?? happened.at) : account.registeredAt;
  return { ...account, portalEvent: happened, registeredAt };
}
