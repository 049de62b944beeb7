import type { Account } from '../../domain/case/account.ts';
import type { Action } from '../../domain/case/work.ts';
import type { Feedback } from '../../domain/email/email-feedback.ts';
import type { Day } from '../../domain/time/calendar.ts';
import type { Instant } from '../../domain/time/instant.ts';
import type { FiledMessage } from '../ehr/ehr.ts';

export interface PinItem {
  patientId: string;
  document: string;
  fingerprint: string;
  issuedAt: Instant;
  expiresAt: Instant;
  /** Epoch seconds; equals expiresAt. DynamoDB TTL deletes the item some time after. */
  ttl: number;
}

/** A person's request: who asked for what, and why. */
export interface DecisionRequest {
  id: string;
  patientId: string;
  action: Action;
  actor: string;
  reason: string;
  at: Instant;
}

/** A mail that SES took, and what it has said of it since. */
export interface SentMessage extends FiledMessage {
  feedback: Feedback;
}

/**
 * The practice's records. AwsUnavailableError and RecordConflictError are retried. Reads of an account are
 * strongly consistent.
 */
export interface PinRecords {
  /** null where there is none. */
  read(patientId: string): Promise<Account | null>;
  /**
   * Saves `next` in place of `previous`, which is the account as last read or saved (only what differs is written), and
   * answers with what is stored. RecordConflictError when the account is no
   * longer `previous`; a save whose answer got lost is recognised as one's own.
   */
  save(previous: Account | null, next: Account): Promise<Account>;
  /** The item whose TTL tracks the 30 days; replaces the patient's earlier one. */
  putPin(item: PinItem): Promise<void>;
  readPin(patientId: string): Promise<PinItem | null>;
  /** No lapse follows: for who registered, opted out or was merged. */
  deletePin(patientId: string): Promise<void>;
  /** Whether `fingerprint` is now `owner`'s alone, for 44 days. */
  reserveFingerprint(fingerprint: string, owner: string, now: number): Promise<boolean>;
  /** Which patient and document a mail was for; what was put first stays. */
  putMessage(message: FiledMessage): Promise<void>;
  readMessage(sesId: string): Promise<SentMessage | null>;
  /** Notes what was said of it since it was read; RecordConflictError when more was noted meanwhile. */
  noteFeedback(message: SentMessage, feedback: Feedback): Promise<void>;
  /** Once by patient and id: the first one stays. */
  putRequest(request: DecisionRequest): Promise<void>;
  readRequest(patientId: string, id: string): Promise<DecisionRequest | null>;
  /** Patients due up to and with `day`, one page of at most `limit` of a shard (0–15), from the index alone. */
  listDue(
    shard: number,
    day: Day,
    after: string | null,
    limit: number,
  ): Promise<{ patientIds: string[]; next: string | null }>;
}
