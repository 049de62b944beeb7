/**
 * What became of a mail, and what follows for the patient's case. SES tells it late, twice and in any order, so that a mail's
 * fate is read from the set of what was told of it, and the case moves from where it stands.
 */
import type { Instant } from '../time/instant.ts';
import type { FeedbackKind } from './email-event.ts';

/** When each was said of one mail first. */
export type Feedback = Partial<Record<FeedbackKind, Instant>>;

/** The feedback with one more; the same object where it was said before. */
export function withFeedback(feedback: Feedback, kind: FeedbackKind, at: Instant): Feedback {
  return feedback[kind] === undefined ? { ...feedback, [kind]: at } : feedback;
}

/**
 * SENT: nothing is known yet. DELIVERED. RETURNED: it came back for now. COMPLAINED: it arrived and was unwanted.
 * NOT_SENT: SES kept it. BOUNCED: the address takes no mail.
 */
export const MAIL_FATES = ['SENT', 'DELIVERED', 'RETURNED', 'COMPLAINED', 'NOT_SENT', 'BOUNCED'] as const;
export type MailFate = (typeof MAIL_FATES)[number];

/**
 * The worst that was said counts, whatever came first. What came back without a report counts until the delivery is known:
 * then it was an automatic answer.
 */
export function mailFate(feedback: Feedback): MailFate {
  const isUnreported = feedback.UNREPORTED_BOUNCE !== undefined && feedback.DELIVERED === undefined;
  if (feedback.PERMANENT_BOUNCE !== undefined) return 'BOUNCED';
  if (feedback.NOT_SENT !== undefined) return 'NOT_SENT';
  if (feedback.COMPLAINT !== undefined) return 'COMPLAINED';
  if (feedback.SOFT_BOUNCE !== undefined || isUnreported) return 'RETURNED';
  return feedback.DELIVERED === undefined ? 'SENT' : 'DELIVERED';
}
