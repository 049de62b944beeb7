/**
 * What SES says of a mail that it took, as a configuration set publishes it to EventBridge: the envelope, and of `detail`
 * what is used here. SES adds members as it likes, so whatever else stands there is passed over.
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import * as z from 'zod/mini';
import { type Instant, millisecondsOf, toInstant } from '../time/instant.ts';

const instant = z.iso.datetime({ offset: true });
/** As long as SES's ids are, and more; it becomes a key. */
const messageId = z.string().check(z.regex(/^[A-Za-z0-9_.@-]{1,100}$/));
/** Everybody the mail was sent to, as it was addressed. Ours go to one. */
const mail = z.object({ timestamp: instant, messageId, destination: z.array(z.string()).check(z.minLength(1)) });

/** `action` stands there where the receiver's server reported by a delivery status notification (RFC 3464). */
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
      /** `OnAccountSuppressionList`: SES took the mail and did not send it. */
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
 * DELIVERED: the receiver's server took it. SOFT_BOUNCE: it came back for now, and SES gave it up. UNREPORTED_BOUNCE:
 * something came back without a report that delivery failed, as an automatic answer does. PERMANENT_BOUNCE: the address takes no
 * mail. COMPLAINT: whoever got it says that it was unwanted. NOT_SENT: SES found a virus or could not render it.
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

/** What one event says. */
export interface EmailEvent {
  sesId: string;
  sentAt: Instant;
  /** Where the mail went, as we addressed it. What a bounce names may be where somebody forwarded it to. */
  address: string;
  /** null: nothing that matters here, e.g. that SES is still trying. */
  kind: FeedbackKind | null;
  at: Instant;
}

export function emailEventOf({ detail: event, time }: SesEvent): EmailEvent {
  const { messageId: sesId, timestamp, destination } = event.mail;
  const { kind, at } = saidBy(event, time);
  return { sesId, sentAt: seconds(timestamp), address: destination[0] ?? '', kind, at: seconds(at) };
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

/** Suppression lists, SES's own and the account's, are permanent bounces, too. */
function bounceKind({ bounceType, bouncedRecipients }: Detail<'Bounce'>['bounce']): FeedbackKind {
  if (bounceType === 'Permanent') return 'PERMANENT_BOUNCE';
  return bouncedRecipients.some(({ action }) => action === 'failed') ? 'SOFT_BOUNCE' : 'UNREPORTED_BOUNCE';
}

/** `not-spam` takes a complaint back: https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml */
function complaintKind(complaint: Detail<'Complaint'>['complaint']): FeedbackKind | null {
  if (complaint.complaintSubType === 'OnAccountSuppressionList') return 'PERMANENT_BOUNCE';
  return complaint.complaintFeedbackType === 'not-spam' ? null : 'COMPLAINT';
}

function seconds(timestamp: string): Instant {
  return toInstant(millisecondsOf(timestamp) ?? 0);
}
