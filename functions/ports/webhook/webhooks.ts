import type { EhrEvent, WebhookAnswer } from '../../domain/webhook/ehr-event.ts';

/** One webhook, told by the id that its sender gave it. Nothing of its body is kept but a digest. */
export interface WebhookRecord {
  id: string;
  /** SHA-256 of the raw body. */
  digest: string;
  type: EhrEvent['type'];
  /** `attempt` of the patient's account when it came: what started since may be this webhook's own doing. */
  attempt: number;
  /** null: RECEIVED, not decided yet. */
  answer: WebhookAnswer | null;
}

/** What became of webhooks, for a week: longer than any sender repeats one. AwsUnavailableError is retried. */
export interface WebhookRecords {
  /** Strongly consistent; null where none of this id came. */
  read(id: string): Promise<WebhookRecord | null>;
  /** Notes that it came; answers with the record of that id that was there first. */
  receive(webhook: Omit<WebhookRecord, 'answer'>, now: number): Promise<WebhookRecord>;
  /** Notes the answer; answers with the one that was there first. */
  decide(webhook: Omit<WebhookRecord, 'answer'>, answer: WebhookAnswer, now: number): Promise<WebhookAnswer>;
  /** Counts one more in the minute of `now`; how many it makes. */
  count(now: number): Promise<number>;
}

/** What Standard Webhooks signs, and the signatures that came with it. */
export interface SignedWebhook {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`, seconds since the epoch. */
  timestamp: string;
  /** `webhook-signature`: one or more, separated by spaces. */
  signature: string;
  body: string;
}

/** The secrets that the EHR signs with; several while they are rotated. */
export interface WebhookSecrets {
  /** Up to five minutes old. AwsUnavailableError is retried, ConfigurationError is not. */
  read(): Promise<readonly string[]>;
  /** As they are now, because none of those verified; null when that was asked a moment ago. */
  readAgain(): Promise<readonly string[] | null>;
}

/** Throws what the secrets throw. */
export interface WebhookSignatures {
  /** Whether one of our secrets signed it, not more than five minutes from the machine's own time. */
  verify(webhook: SignedWebhook): Promise<boolean>;
}
