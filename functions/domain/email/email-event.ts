/**
 * An SES event about an accepted mail, as a configuration set publishes it to EventBridge: the envelope, and the used part
 * of `detail`. SES may add members at any time, so unknown ones are ignored.
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import * as z from 'zod/mini';
import { type Instant, millisecondsOf, toInstant } from '../time/instant.ts';

const instant = z.iso.datetime({ offset: true });
/** Longer than any SES id; it becomes a table key. */
const messageId = z.string().check(z.regex(/^[A-Za-z0-9_.@-]{1,100}$/));
/** All recipients as addressed. Our mails have one. */
const mail = z.object({
  timestamp: instant,
  messageId,
  destination: z.array(z.string()).check(z.minLength(1)),
  /** From, as the mail was sent: `"Riverside Practice" <portal@example.com>`. */
  source: z.optional(z.string()),
});

/** `action` is present if the receiving server sent a delivery status notification (RFC 3464). */
const bounced = z.object({ action: z.optional(z.string()) });

const told = <Type extends string, More extends z.core.$ZodLooseShape>(eventType: Type, more: More) =>
  z.object({ eventType: z.literal(eventType), mail, ...more });

const detail = z.discriminatedUnion('eventType', [
  told('Delivery', { delivery: z.object({ timestamp: instant }) }),
  told('Bounce', {
    bounce: z.object({
      bounceType: z.enum(['Undetermined', 'Permanent', 'Transient']),
      bouncedRecipients: z.array(bounced),
      timestamp: instant,
    }),
  }),
  told('Complaint', {
    complaint: z.object({
      timestamp: instant,
      /** `OnAccountSuppressionList`: SES accepted the mail but did not send it. */
      complaintSubType: z.nullish(z.string()),
      complaintFeedbackType: z.nullish(z.string()),
    }),
  }),
  told('Reject', { reject: z.object({}) }),
  told('Rendering Failure', { failure: z.object({}) }),
  told('DeliveryDelay', { deliveryDelay: z.object({}) }),
  told('Send', {}),
  told('Open', {}),
  told('Click', {}),
  told('Subscription', {}),
]);

/** One event of EventBridge's default bus. `time` is when SES published it. */
export const sesEvent = z.object({
  source: z.literal('aws.ses'),
  'detail-type': z.string().check(z.startsWith('Email ')),
  time: instant,
  detail,
});
export type SesEvent = z.infer<typeof sesEvent>;

/**
 * DELIVERED: the receiving server accepted it. SOFT_BOUNCE: a temporary failure; SES stopped trying. UNREPORTED_BOUNCE:
 * a returned message without a delivery report, e.g. an automatic reply. PERMANENT_BOUNCE: the address accepts no mail.
 * COMPLAINT: the recipient marked it as spam. NOT_SENT: SES found a virus or could not render it.
 */
export const FEEDBACK_KINDS = [
  'DELIVERED',
  'SOFT_BOUNCE',
  'UNREPORTED_BOUNCE',
  'PERMANENT_BOUNCE',
  'COMPLAINT',
  'NOT_SENT',
] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

/** The content of one event. */
export interface EmailEvent {
  sesId: string;
  sentAt: Instant;
  /** The recipient as we addressed it. A bounce may name the address it was forwarded to instead. */
  address: string;
  /** The address it came from, in small letters; null where SES says none. */
  sender: string | null;
  /** null: irrelevant here, e.g. SES is still trying. */
  kind: FeedbackKind | null;
  at: Instant;
}

export function emailEventOf({ detail: event, time }: SesEvent): EmailEvent {
  const { messageId: sesId, timestamp, destination, source } = event.mail;
  const { kind, at } = saidBy(event, time);
  return {
    sesId,
    sentAt: seconds(timestamp),
    address: destination[0] ?? '',
    sender: addressIn(source),
    kind,
    at: seconds(at),
  };
}

function addressIn(source: string | undefined): string | null {
  const address = /<([^<>]+)>\s*$/.exec(source ?? '')?.[1] ?? source;
  return address === undefined ? null : address.trim().toLowerCase();
}

function saidBy(event: SesEvent['detail'], time: string): { kind: FeedbackKind | null; at: string } {
  switch (event.eventType) {
    case 'Delivery':
      return { kind: 'DELIVERED', at: event.delivery.timestamp };
    case 'Bounce':
      return { kind: bounceKind(event.bounce), at: event.bounce.timestamp };
    case 'Complaint':
      return { kind: complaintKind(event.complaint), at: event.complaint.timestamp };
    case 'Reject':
    case 'Rendering Failure':
      return { kind: 'NOT_SENT', at: time };
    default:
      return { kind: null, at: time };
  }
}

type Detail<Type extends SesEvent['detail']['eventType']> = Extract<SesEvent['detail'], { eventType: Type }>;

/** The suppression lists of SES and of the account count as permanent bounces. */
function bounceKind({ bounceType, bouncedRecipients }: Detail<'Bounce'>['bounce']): FeedbackKind {
  if (bounceType === 'Permanent') return 'PERMANENT_BOUNCE';
  return bouncedRecipients.some(({ action }) => action === 'failed') ? 'SOFT_BOUNCE' : 'UNREPORTED_BOUNCE';
}

/** `not-spam` withdraws a complaint: https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml */
function complaintKind(complaint: Detail<'Complaint'>['complaint']): FeedbackKind | null {
  if (complaint.complaintSubType === 'OnAccountSuppressionList') return 'PERMANENT_BOUNCE';
  return complaint.complaintFeedbackType === 'not-spam' ? null : 'COMPLAINT';
}

function seconds(timestamp: string): Instant {
  return toInstant(millisecondsOf(timestamp) ?? 0);
}
