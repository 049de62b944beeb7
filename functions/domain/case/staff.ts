/** Transitions of what staff do about a case: their Tasks and decisions. */
import type { Day } from '../time/calendar.ts';
import { type Account, isMessageOwed, type Message, owedAnew, type StaffTask } from './account.ts';
import { withMessageAtOnce } from './message.ts';

/** Whether two Tasks ask for the same. */
export function isSameTask(a: StaffTask, b: StaffTask): boolean {
  return a.code === b.code && a.reason === b.reason;
}

/** The Task is noted before it is opened in the chart, so that an end of the case closes it. */
export function withStaffTask(account: Account, task: StaffTask): Account {
  return { ...account, staffTasks: [...account.staffTasks, task] };
}

/**
 * The Task about the current PIN; null if it is noted already. It takes the place of the same Task about an earlier PIN,
 * which would otherwise be closed with that one.
 */
export function withTaskAboutPin(account: Account, task: StaffTask & { document: string }): Account | null {
  const same = account.staffTasks.filter((each) => isSameTask(each, task));
  if (same.some(({ document }) => document === task.document)) return null;
  return { ...account, staffTasks: [...account.staffTasks.filter((each) => !same.includes(each)), task] };
}

/**
 * A person ends a hold: attempts, cycles and refused addresses count from zero again, a checked signing is believed, and
 * the case is due on `nextCheckDay`.
 */
export function withReleased(account: Account, nextCheckDay: Day): Account {
  const isOurs = account.draft !== null || isMessageOwed(account);
  // Where nothing of ours is open, a released chart is believed anew, also if the known PIN is gone from it.
  const isForgotten = account.reason === 'CHART_UNCLEAR' && !isOurs;
  return {
    ...withMessageAtOnce(account),
    ...(isForgotten && { document: null, issuedAt: null, expiresAt: null }),
    failures: 0,
    unclaimedCycles: 0,
    violations: [],
    rejectedAddresses: [],
    nextCheckDay,
  };
}

/** A person wants the message sent once more; the case is due on `nextCheckDay`. */
export function withResend(account: Account, message: Message, nextCheckDay: Day): Account {
  return { ...account, message: owedAnew(message), nextCheckDay };
}

/** A person has told the patient: nothing more is sent. What the mail service has accepted stays accepted. */
export function withAcknowledged(account: Account): Account {
  const { message } = account;
  const isSettled = message !== null && message.state !== 'ACCEPTED';
  return {
    ...account,
    staffTasks: account.staffTasks.filter(({ code }) => code !== 'notify-patient'),
    message: isSettled ? { ...message, state: 'SETTLED' } : message,
  };
}
