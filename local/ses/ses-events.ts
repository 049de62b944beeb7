/**
 * What SES tells of a mail that it took, as its configuration set publishes it to EventBridge; and what it tells of the mails to its own
 * mailbox simulator. Every other mail stays in the mailbox, and nothing is told of it.
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 * https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
 */
import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../settings/environment.ts';
import type { Mail } from './mailbox.ts';

/** One event of the default bus. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: 'aws.ses';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** What may be told of a mail; a soft bounce is one that SES has given up after trying for hours. */
export type Telling =
  | 'Delivery'
  | 'Bounce'
  | 'SoftBounce'
  | 'AutomaticAnswer'
  | 'Suppressed'
  | 'Complaint'
  | 'Reject'
  | 'DeliveryDelay';

/** `bounce@simulator.amazonses.com`, `bounce+anything@…`: what is told, in this order. */
const SIMULATOR: Record<string, readonly Telling[]> = {
  success: ['Delivery'],
  bounce: ['Bounce'],
  complaint: ['Delivery', 'Complaint'],
  ooto: ['Delivery', 'AutomaticAnswer'],
  suppressionlist: ['Suppressed'],
};
const SIMULATOR_ADDRESS = /^(success|bounce|complaint|ooto|suppressionlist)(?:\+[^@]*)?@simulator\.amazonses\.com$/i;

/** The events of a mail to SES's own mailbox simulator, oldest first; none where it went elsewhere or by no configuration set. */
export function simulatedEvents(mail: Mail): BusEvent[] {
  return mail.sent.destination.flatMap((address) => {
    const bare = /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address.trim();
    const scenario = SIMULATOR_ADDRESS.exec(bare)?.[1]?.toLowerCase() ?? '';
    return (SIMULATOR[scenario] ?? []).flatMap((telling) => eventOf(mail, telling, bare) ?? []);
  });
}

/** That event of a mail; null where it was sent by no configuration set: then SES publishes nothing. */
export function eventOf(mail: Mail, telling: Telling, address = mail.sent.destination[0] ?? ''): BusEvent | null {
  const { configurationSet } = mail.sent;
  if (configurationSet === null) return null;
  const at = (seconds: number) => new Date((mail.at + seconds) * 1000).toISOString();
  const [detailType, eventType, member, body] = BODIES[telling](address, at);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.ses',
    account: ACCOUNT_ID,
    time: at(2),
    region: REGION,
    resources: [`arn:aws:ses:${REGION}:${ACCOUNT_ID}:configuration-set/${configurationSet}`],
    detail: { eventType, [member]: body, mail: mailObject(mail, configurationSet, at(0)) },
  };
}

type Body = [detailType: string, eventType: string, member: string, body: object];

const BODIES: Record<Telling, (address: string, at: (seconds: number) => string) => Body> = {
  Delivery: (address, at) => [
    'Email Delivered',
    'Delivery',
    'delivery',
    {
      timestamp: at(1),
      processingTimeMillis: 1000,
      recipients: [address],
      smtpResponse: '250 2.6.0 Message received',
      reportingMTA: 'a1-1.smtp-out.amazonses.com',
    },
  ],
  Bounce: (address, at) =>
    bounce(at, 'Permanent', 'General', [failed(address, '5.1.1', 'smtp; 550 5.1.1 user unknown')]),
  SoftBounce: (address, at) =>
    bounce(at, 'Transient', 'MailboxFull', [failed(address, '5.2.2', 'smtp; 552 5.2.2 mailbox full')]),
  // Of what answers by itself, no server reports that delivery failed.
  AutomaticAnswer: (address, at) => bounce(at, 'Transient', 'General', [{ emailAddress: address }]),
  Suppressed: (address, at) =>
    bounce(at, 'Permanent', 'Suppressed', [failed(address, '5.1.1', 'on the suppression list: not sent')]),
  Complaint: (address, at) => [
    'Email Complaint Received',
    'Complaint',
    'complaint',
    {
      complainedRecipients: [{ emailAddress: address }],
      timestamp: at(2),
      feedbackId: randomUUID(),
      userAgent: 'Amazon SES Mailbox Simulator',
      complaintFeedbackType: 'abuse',
    },
  ],
  Reject: () => ['Email Rejected', 'Reject', 'reject', { reason: 'Bad content' }],
  DeliveryDelay: (address, at) => [
    'Email Delivery Delayed',
    'DeliveryDelay',
    'deliveryDelay',
    {
      timestamp: at(1),
      delayType: 'TransientCommunicationFailure',
      expirationTime: at(14 * 60 * 60),
      delayedRecipients: [{ emailAddress: address, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 no connection' }],
    },
  ],
};

function failed(emailAddress: string, status: string, diagnosticCode: string) {
  return { emailAddress, action: 'failed', status, diagnosticCode };
}

function bounce(at: (seconds: number) => string, type: string, subType: string, recipients: object[]): Body {
  return [
    'Email Bounced',
    'Bounce',
    'bounce',
    {
      bounceType: type,
      bounceSubType: subType,
      bouncedRecipients: recipients,
      timestamp: at(2),
      feedbackId: randomUUID(),
      reportingMTA: 'dns; amazonses.com',
    },
  ];
}

/** The original mail, headers and all: that is what a receiver must not let out. */
function mailObject(mail: Mail, configurationSet: string, timestamp: string) {
  const { from, subject, messageId, sent } = mail;
  const to = [...sent.destination];
  return {
    timestamp,
    source: from,
    sourceArn: `arn:aws:ses:${REGION}:${ACCOUNT_ID}:identity/${from.replace(/^.*@|>.*$/g, '')}`,
    sendingAccountId: ACCOUNT_ID,
    messageId,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: 'From', value: from },
      { name: 'To', value: to.join(', ') },
      { name: 'Subject', value: subject },
      { name: 'MIME-Version', value: '1.0' },
    ],
    commonHeaders: { from: [from], to, messageId, subject },
    tags: {
      ...Object.fromEntries(Object.entries(sent.tags).map(([name, value]) => [name, [value]])),
      'ses:configuration-set': [configurationSet],
      'ses:from-domain': [from.replace(/^.*@|>.*$/g, '')],
    },
  };
}
