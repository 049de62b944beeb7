/** Transitions that follow from the fate of a mail. SES reports it late, twice and in any order. */
import type { MailFate } from '../email/email-feedback.ts';
import { isResolved } from '../outcomes.ts';
import { addDays, type Day, dayOf } from '../time/calendar.ts';
import type { Instant } from '../time/instant.ts';
import { type Account, type Message, owedAnew } from './account.ts';
import { dayOfNextLook } from './ending.ts';
import { withRejectedAddress } from './message.ts';
import type { ReminderRule } from './reminder.ts';

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

/** The address is written to no more; the message is owed again, to the next usable address or to one that is requested. */
function withBounce(account: Account, mail: ToldMail, today: Day, isRejectedByIt: boolean): Account {
  const rejected = withRejectedAddress(account, mail.digest);
  if (!isWithPatient(account, mail) && !isToBeSentAgain(account, mail)) return rejected;
  const goesRound = rejected === account && !isRejectedByIt;
  return withMessage({ ...rejected, complainedAt: null }, goesRound ? givenUp : owedAnew, today);
}

/** Nothing is sent in its place; the case is looked at, unless that address is written to no more already. */
function withComplaint(account: Account, { digest }: ToldMail, at: Instant, today: Day): Account {
  const rejected = withRejectedAddress(account, digest);
  return rejected === account ? account : lookedAtBy(today, { ...rejected, complainedAt: at });
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

/** Looked at on that day at the latest. A case with no scheduled check stays so: a registered patient needs no mail. */
function lookedAtBy(day: Day, account: Account): Account {
  const { nextCheckDay } = account;
  return nextCheckDay === null || nextCheckDay <= day ? account : { ...account, nextCheckDay: day };
}
