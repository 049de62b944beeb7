/** Why a patient's case stands as it does: each rule with the fact behind it, in the procedure's order (P1, P2). */

import { dayOf } from '../time/calendar.ts';
import { millisecondsOf } from '../time/instant.ts';
import { type Account, isMessageOwed, isPinDead, type Message } from './account.ts';
import { isToldNotNeeded, nextReminderDay, type ReminderRule, reminderDue } from './reminder.ts';

export interface Explanation {
  /** The rule, as staff would say it. */
  rule: string;
  /** What the record says about it. */
  fact: string;
}

/** What each reason of an outcome means, and what ends it. */
const REASONS: Record<string, string> = {
  NOT_EXPIRED: 'the PIN was younger than 30 days (P2)',
  NEVER_ISSUED: 'no PIN was ever issued: the practice invites first',
  ALREADY_REGISTERED: 'the patient has registered',
  OPTED_OUT: 'the patient does not want the portal',
  DECEASED: 'the patient has died',
  INACTIVE: 'the chart is not active',
  MERGED: 'the chart was merged into another, which has its own case',
  IN_PROGRESS: 'another execution was at work on the patient',
  NONE: 'no email address is entered (P1); the front desk has a Task, entering one lets the case go on',
  INVALID: 'no entered email address is an address (P1); the front desk has a Task',
  SUPPRESSED:
    'every entered address was refused, bounced, brought a complaint or is marked undeliverable (P1); the front desk has a Task, entering another lets the case go on',
  RESPONSIBLE_PROVIDER_UNRESOLVED: 'no single active provider is responsible (P5); staff have a Task',
  CHART_UNCLEAR: 'a PIN document has no usable date, or a signing is to be checked; staff have a Task',
  CYCLE_LIMIT: 'the last PINs were never used: staff decide; "release" resumes the case',
  ATTEMPTS_EXHAUSTED: 'too many failed ends in a row: a person decides, "release" goes on',
};

function life(account: Account, now: number): Explanation {
  const rule = 'A PIN lives 30 days from its signing (P2, P8)';
  if (account.document === null) return { rule, fact: 'no PIN of this patient is known' };
  const expired = isPinDead(account, now);
  return { rule, fact: `issued ${account.issuedAt}, ${expired ? 'expired' : 'expires'} ${account.expiresAt}` };
}

function ending({ outcome, reason, endedAt }: Account): Explanation {
  const rule = 'The last look';
  if (outcome === null) return { rule, fact: 'none yet' };
  const meaning = reason === null ? '' : `: ${REASONS[reason] ?? reason}`;
  return { rule, fact: `${outcome}${meaning} (${endedAt})` };
}

function reminders(account: Account, now: number, practice: ReminderRule): Explanation[] {
  if (account.document === null || practice.reminderDays.length === 0) return [];
  const days = practice.reminderDays.map((day) => `day ${day}`).join(' and ');
  const rule = `An unregistered patient is reminded on ${days} of a PIN's life`;
  const done = account.reminder === null ? 'none yet' : `day ${account.reminder} is done`;
  return [{ rule, fact: `${done}; ${whatComes(account, now, practice)}` }];
}

function whatComes(account: Account, now: number, practice: ReminderRule): string {
  if (isToldNotNeeded(account))
    return `no more: the EHR said ${account.portalEvent?.status} at ${account.portalEvent?.at}`;
  const due = reminderDue(account, now, practice);
  if (due !== null) return `day ${due} is due`;
  const next = nextReminderDay(account, now, practice);
  return next === null ? 'none comes any more for this PIN' : `the next is due on ${next}`;
}

function cameBack({ returns, notBefore, gaveUp, state }: Message): string {
  if (gaveUp) return '; it came back too often: "resend" sends it once more';
  const again = state === 'OWED' && notBefore !== undefined ? `, again on ${notBefore}` : '';
  return returns === undefined ? '' : `; came back for now: ${returns}${again}`;
}

/** The case of one patient, line by line, at `now` (milliseconds) by the practice's calendar. */
export function explain(account: Account, now: number, practice: ReminderRule): Explanation[] {
  const { lease, message, newsAt, nextCheckDay, violations } = account;
  const isLeased = lease !== null && now < (millisecondsOf(lease.until) ?? 0);
  const due = nextCheckDay !== null && nextCheckDay <= dayOf(now, practice.timeZone);
  return [
    life(account, now),
    ending(account),
    ...(isLeased ? [{ rule: 'One execution at a time', fact: `${lease.owner} is at work until ${lease.until}` }] : []),
    ...(account.draft === null
      ? []
      : [{ rule: 'A draft is finished or discarded', fact: `noted: ${account.draft.document}` }]),
    ...(message === null || message.document !== account.document
      ? []
      : [
          {
            rule: 'The patient is told once (P14)',
            fact: `${message.kind} ${message.state}${isMessageOwed(account) ? ', still owed' : ''}${cameBack(message)}`,
          },
        ]),
    ...reminders(account, now, practice),
    ...(violations.length === 0
      ? []
      : [
          {
            rule: 'A signing is proved (P10–P12)',
            fact: `violated: ${violations.join(', ')}; a person checks and releases`,
          },
        ]),
    ...account.staffTasks.map(({ code, reason }) => ({ rule: 'Staff are asked', fact: `${code}: ${reason}` })),
    ...(account.rejectedAddresses.length === 0
      ? []
      : [
          {
            rule: 'An address that bounced is written to no more',
            fact: `how many: ${account.rejectedAddresses.length}`,
          },
        ]),
    { rule: 'Cycles without a registration', fact: String(account.unclaimedCycles) },
    { rule: 'Failed ends in a row', fact: String(account.failures) },
    {
      rule: 'The next look',
      fact:
        nextCheckDay === null
          ? 'none by itself; an event about the patient begins one'
          : `${nextCheckDay}${due ? ', due' : ''}${newsAt === null ? '' : `; the EHR told something at ${newsAt} that was not looked at yet`}`,
    },
  ];
}
