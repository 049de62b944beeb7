import type { Account } from '../domain/case/account.ts';
import type { FeedbackKind } from '../domain/email/email-event.ts';

/** A case that has just ended, without its patient. */
export interface EndedCase {
  outcome: NonNullable<Account['outcome']>;
  reason: string | null;
  /** How long the case has waited for a person, or failed; null once it is resolved. */
  unresolvedSeconds: number | null;
  /** From the expiry of the old PIN to the end that told the patient of the new one; null where none had expired. */
  accessSeconds: number | null;
}

/**
 * What the practice counts. Never fails, never waits. A location is the id of an Organization, or null; one that the practice
 * does not list is counted among the others.
 */
export interface Metrics {
  /** Once per case, when its ending is saved. */
  ended(ended: EndedCase): void;
  /** A PIN of ours was recorded as signed there. */
  issued(location: string | null): void;
  /** Its patient looked at it for the first time. */
  pickedUp(location: string | null): void;
  /** Its links were locked, and the front desk was told. */
  pickupLocked(): void;
  /** Its patient registered with the portal. */
  registered(location: string | null): void;
  /** First feedback of its kind about a mail; UNKNOWN_MESSAGE: the mail has no record; FOREIGN_MESSAGE: another sender's mail. */
  emailFeedback(what: FeedbackKind | 'UNKNOWN_MESSAGE' | 'FOREIGN_MESSAGE'): void;
}
