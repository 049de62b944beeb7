/**
 * What follows when SES tells what became of a mail: an address is written to no more, a message is sent again, the chart says so.
 * Each event may come late, twice, in any order and before the record knows of its mail.
 */
import type { Account } from '../../domain/case/account.ts';
import { type FeedbackRule, withMailFate } from '../../domain/case/mail-fate.ts';
import { isDueByRecord } from '../../domain/case/starting.ts';
import type { EmailEvent, FeedbackKind } from '../../domain/email/email-event.ts';
import { type MailFate, mailFate, withFeedback } from '../../domain/email/email-feedback.ts';
import { LeaseHeldError, MessageUnknownError } from '../../domain/errors.ts';
import { millisecondsOf } from '../../domain/time/instant.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { SentMessage, SentMessages } from '../../ports/email/sent-messages.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { racing } from '../case/racing.ts';
import { type LimitedPorts, startWithinLimit } from '../case/start-within-limit.ts';

export interface EmailEventPorts extends LimitedPorts {
  sentMessages: Pick<SentMessages, 'read' | 'noteFeedback'>;
  ehr: FrontDesk;
  fingerprint: Fingerprint;
  metrics: Metrics;
  practice: LimitedPorts['practice'] & FeedbackRule & { practice: { sender: string } };
}

/**
 * NOTED: nothing else follows. FOREIGN_MESSAGE: another sender's mail went through our configuration set. KNOWN: it was said before. UNKNOWN_MESSAGE: the mail has no record, or it was deleted.
 * NOTHING: it says nothing that matters here. Else what became of the start of an execution.
 */
export type EmailEventDecision =
  | 'NOTED'
  | 'KNOWN'
  | 'UNKNOWN_MESSAGE'
  | 'FOREIGN_MESSAGE'
  | 'NOTHING'
  | 'STARTED'
  | 'RUNNING'
  | 'NOT_DUE'
  | 'PAUSED'
  | 'LEFT_TO_SWEEP';

export interface TakenEmailEvent {
  decision: EmailEventDecision;
  patientId: string | null;
  execution: string | null;
}

/**
 * A mail's id is in the record milliseconds after SES gave it, or when its step has run again; ten minutes are more than both
 * take. An older unknown mail was another sender's, or its record was deleted after 44 days.
 */
const KNOWN_WITHIN_MS = 10 * 60 * 1000;

/**
 * Safe to repeat wherever it stopped: what was said is noted last. MessageUnknownError and LeaseHeldError ask to be told again;
 * so does whatever records, executions, KMS and EHR throw.
 */
export async function takeEmailEvent(ports: EmailEventPorts, event: EmailEvent): Promise<TakenEmailEvent> {
  const { kind } = event;
  if (kind === null) return { decision: 'NOTHING', patientId: null, execution: null };
  return racing('EMAIL_EVENT_RACES_LOST', () => take(ports, { ...event, kind }));
}

async function take(ports: EmailEventPorts, event: EmailEvent & { kind: FeedbackKind }): Promise<TakenEmailEvent> {
  const { cases, sentMessages, ehr, metrics } = ports;
  const message = await sentMessages.read(event.sesId);
  const account = message === null ? null : await cases.read(message.patientId);
  if (message === null || account === null) return unknown(ports, event);
  const { patientId } = message;
  const feedback = withFeedback(message.feedback, event.kind, event.at);
  if (feedback === message.feedback) return { decision: 'KNOWN', patientId, execution: null };
  if (await isAtWork(ports, account)) throw new LeaseHeldError('EXECUTION_AT_WORK');

  const after = mailFate(feedback);
  const followed = await follow(ports, { account, message, event, after });
  await ehr.noteFate(message, after, feedback.DELIVERED ?? null);
  await sentMessages.noteFeedback(message, feedback);
  metrics.emailFeedback(event.kind);
  return { ...followed, patientId };
}

function unknown({ clock, metrics, practice }: EmailEventPorts, { sentAt, sender }: EmailEvent): TakenEmailEvent {
  if (sender !== null && sender !== practice.practice.sender.toLowerCase()) {
    metrics.emailFeedback('FOREIGN_MESSAGE');
    return { decision: 'FOREIGN_MESSAGE', patientId: null, execution: null };
  }
  const age = clock.now() - (millisecondsOf(sentAt) ?? 0);
  if (age < KNOWN_WITHIN_MS) throw new MessageUnknownError('NOT_NOTED_YET');
  metrics.emailFeedback('UNKNOWN_MESSAGE');
  return { decision: 'UNKNOWN_MESSAGE', patientId: null, execution: null };
}

/** An execution reads the account once and goes by it; nothing is changed under its hands. */
async function isAtWork({ executions }: EmailEventPorts, { execution, endedBy }: Account): Promise<boolean> {
  if (execution === null || execution === endedBy) return false;
  return (await executions.describe(execution))?.status === 'RUNNING';
}

interface Following {
  account: Account;
  message: SentMessage;
  event: EmailEvent;
  after: MailFate;
}

/** Moves the case, and starts the execution that takes it up where one is due. */
async function follow(
  ports: EmailEventPorts,
  { account, message, event, after }: Following,
): Promise<Pick<TakenEmailEvent, 'decision' | 'execution'>> {
  const before = mailFate(message.feedback);
  const nothing = { decision: 'NOTED', execution: null } as const;
  if (before === after || account.document !== message.document) return nothing;
  const { practice, clock } = ports;
  const now = clock.now();
  const { sesId, document } = message;
  const digest = after === 'DELIVERED' ? '' : await ports.fingerprint.of(event.address);
  const moved = withMailFate(account, { sesId, document, digest }, { before, after, at: event.at }, practice, now);
  if (moved !== account) await ports.cases.save(account, moved);
  // An earlier try may have moved it and stopped before the start. A case with no scheduled check is not started.
  const isDue = moved.nextCheckDay !== null && isDueByRecord(moved, now, practice, false);
  if (after === 'DELIVERED' || !isDue) return nothing;
  const { decision, execution } = await startWithinLimit(ports, message.patientId);
  return { decision, execution };
}
