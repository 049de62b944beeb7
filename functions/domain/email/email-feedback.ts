/**
 * What became of a mail, and what follows for the patient's case. SES tells it late, twice and in any order, so that a mail's
 * fate is read from the set of what was told of it, and the case moves from where it stands.
 */
import { type Account, type Message, owedAnew } from '../case/account.ts';
import { dayOfNextLook } from '../case/ending.ts';
import type { ReminderRule } from '../case/reminder.ts';
import { type EmailMissingReason, isResolved } from '../outcomes.ts';
import { addDays, type Day, dayOf } from '../time/calendar.ts';
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

/** The mail that is told of. */
export interface ToldMail {
  sesId: string;
  /** The PIN document it was for. */
  document: string;
  /** Keyed digest of where it went. */
  digest: string;
}

export interface FeedbackRule extends ReminderRule {
  /** How often a message that came back for now is sent again, a day later each time. */
  softBounceRetries: number;
}

/**
 * The account once its mail's fate is `after`; the same object where nothing follows. Idempotent, and without effect for a
 * mail of an older PIN. An earlier mail of the same PIN tells of its address alone: what is sent or owed now is another.
 * @param before the fate that was known until now
 * @param at when it was said
 * @param now milliseconds
 */
export function withMailFate(
  account: Account,
  mail: ToldMail,
  { before, after, at }: { before: MailFate; after: MailFate; at: Instant },
  rule: FeedbackRule,
  now: number,
): Account {
  if (account.document === null || account.document !== mail.document || before === after) return account;
  const today = dayOf(now, rule.timeZone);
  switch (after) {
    case 'BOUNCED':
      // One that bounces although it was to be avoided would go round for ever: then a person takes over.
      return withBounce(account, mail, today, before === 'COMPLAINED');
    case 'RETURNED':
      return withReturn(account, mail, rule, today, () => withBounce(account, mail, today, false));
    case 'NOT_SENT':
      return withReturn(account, mail, rule, today, () => withMessage(account, givenUp, today));
    case 'COMPLAINED':
      return withComplaint(arrived(account, mail, rule, now), mail, at, today);
    case 'DELIVERED':
      return arrived(account, mail, rule, now);
    case 'SENT':
      return account;
  }
}

/** The address is written to no more; the message is owed again, to the next usable one or to whom is asked for one. */
function withBounce(account: Account, mail: ToldMail, today: Day, isRejectedByIt: boolean): Account {
  const rejected = withRejected(account, mail.digest);
  if (!isWithPatient(account, mail) && !isToBeSentAgain(account, mail)) return rejected;
  const goesRound = rejected === account && !isRejectedByIt;
  return withMessage({ ...rejected, complainedAt: null }, goesRound ? givenUp : owedAnew, today);
}

/** Nothing is sent in its place; the case is looked at, unless that address is written to no more already. */
function withComplaint(account: Account, { digest }: ToldMail, at: Instant, today: Day): Account {
  const rejected = withRejected(account, digest);
  return rejected === account ? account : lookedAtBy(today, { ...rejected, complainedAt: at });
}

function withRejected(account: Account, digest: string): Account {
  const { rejectedAddresses } = account;
  return rejectedAddresses.includes(digest)
    ? account
    : { ...account, rejectedAddresses: [...rejectedAddresses, digest] };
}

/** To be sent again tomorrow, or `spent` when that was done as often as the practice wants. */
function withReturn(
  account: Account,
  mail: ToldMail,
  { softBounceRetries }: FeedbackRule,
  today: Day,
  spent: () => Account,
): Account {
  if (!isWithPatient(account, mail)) return account;
  const returns = account.message?.returns ?? 0;
  if (returns >= softBounceRetries) return spent();
  const notBefore = addDays(today, 1);
  return withMessage(account, (message) => ({ ...message, state: 'OWED', returns: returns + 1, notBefore }), notBefore);
}

/** It is with its patient after all: what was to be sent again is not, and the next look is as if it never had been. */
function arrived(account: Account, mail: ToldMail, rule: FeedbackRule, now: number): Account {
  const { message, outcome, nextCheckDay } = account;
  if (message === null || !isToBeSentAgain(account, mail)) return account;
  const { notBefore, returns = 1, ...rest } = message;
  const isWith: Account = {
    ...account,
    message: { ...rest, state: 'ACCEPTED', ...(returns > 1 && { returns: returns - 1 }) },
  };
  const isLookedAtForIt = nextCheckDay === notBefore && outcome !== null && isResolved(outcome);
  return isLookedAtForIt ? { ...isWith, nextCheckDay: dayOfNextLook(isWith, now, rule) } : isWith;
}

/** Whether that mail is the newest one, and is thought to be with its patient. */
function isWithPatient({ message }: Account, { sesId }: ToldMail): boolean {
  return message?.state === 'ACCEPTED' && message.sesId === sesId;
}

/** Whether it is the newest one, and came back for now. */
function isToBeSentAgain({ message }: Account, { sesId }: ToldMail): boolean {
  return message?.state === 'OWED' && message.sesId === sesId;
}

function givenUp(message: Message): Message {
  return { ...owedAnew(message), state: 'REFUSED', gaveUp: true };
}

function withMessage(account: Account, change: (message: Message) => Message, day: Day): Account {
  const { message } = account;
  return message === null ? account : lookedAtBy(day, { ...account, message: change(message) });
}

/** Looked at on that day at the latest. Whom nobody looks at any more stays so: a registered patient needs no mail. */
function lookedAtBy(day: Day, account: Account): Account {
  const { nextCheckDay } = account;
  return nextCheckDay === null || nextCheckDay <= day ? account : { ...account, nextCheckDay: day };
}

/**
 * What the record learns when an address is asked for. Where none of the patient's takes mail any more, the one that was sent
 * counts for nothing: the living PIN is told of at the address that comes.
 */
export function withoutAddress({ message, document }: Account, reason: EmailMissingReason): Partial<Account> {
  const isTold = message?.state === 'ACCEPTED' && message.document === document;
  return reason === 'SUPPRESSED' && isTold ? { message: owedAnew(message) } : {};
}

/** A message that waits for another day, or was given up, is owed at once: its patient has another address, or a person says so. */
export function withMessageAtOnce(account: Account): Account {
  const { message } = account;
  const waits = message?.gaveUp === true || (message?.state === 'OWED' && message.notBefore !== undefined);
  return message !== null && waits ? { ...account, message: owedAnew(message) } : account;
}
