import type { Instant } from '../../domain/time/instant.ts';

/** The item with the 30 days of the patient's newest PIN (P8). */
export interface TrackedPin {
  patientId: string;
  document: string;
  fingerprint: string;
  issuedAt: Instant;
  expiresAt: Instant;
  /** Epoch seconds; equals expiresAt. DynamoDB TTL deletes the item some time after. */
  ttl: number;
}

/** One tracked PIN per patient. AwsUnavailableError is retried. */
export interface TrackedPins {
  /** Replaces the patient's earlier item. */
  put(pin: TrackedPin): Promise<void>;
  read(patientId: string): Promise<TrackedPin | null>;
  /** For registered, opted-out and merged patients: no lapse follows. */
  remove(patientId: string): Promise<void>;
}
