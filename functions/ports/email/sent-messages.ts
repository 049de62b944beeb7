import type { Feedback } from '../../domain/email/email-feedback.ts';
import type { FiledMessage } from '../ehr/ehr.ts';

/** A mail that SES accepted, and the feedback received so far. */
export interface SentMessage extends FiledMessage {
  feedback: Feedback;
}

/** AwsUnavailableError and RecordConflictError are retried. */
export interface SentMessages {
  /** Records the patient and document of a mail; the first entry stays. */
  put(message: FiledMessage): Promise<void>;
  read(sesId: string): Promise<SentMessage | null>;
  /** Replaces the feedback read before; RecordConflictError if more was recorded meanwhile. */
  noteFeedback(message: SentMessage, feedback: Feedback): Promise<void>;
}
