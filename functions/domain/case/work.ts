/** Which cases wait for a person, what that person is to do, and what they may do. */

import { isResolved, type Outcome } from '../outcomes.ts';
import { millisecondsOf } from '../time/instant.ts';
import { type Account, isPinDead } from './account.ts';
import { waitsForAddress } from './starting.ts';

/** What is to be done about a case; the console groups by it. */
export const TODOS = [
  'enter-email',
  'resolve-provider',
  'review-chart',
  'check-signing',
  'notify-patient',
  'decide',
  'see-failure',
] as const;
export type Todo = (typeof TODOS)[number];

/** What a person may do to a case. */
export const ACTIONS = ['regenerate', 'redrive', 'resend', 'release', 'acknowledge'] as const;
export type Action = (typeof ACTIONS)[number];

/** A place in the work list. */
export interface WorkEntry {
  outcome: Outcome | 'FAILED';
  /** Since when the case waits; with the patient's id it is the place in the list, oldest first. */
  since: string;
  todo: Todo;
}

/**
 * What a person is to do about the case, or null: it is resolved, and no Task of it is open. What keeps anything else
 * from happening comes first.
 */
export function todoOf(account: Account): Todo | null {
  const { outcome, reason, violations, staffTasks } = account;
  const hasTask = (code: string) => staffTasks.some((task) => task.code === code);
  if (violations.length > 0 || hasTask('check-signing')) return 'check-signing';
  if (outcome === 'EMAIL_MISSING') return 'enter-email';
  if (outcome === 'HELD') return heldTodo(reason);
  if (waitsForAddress(account)) return 'enter-email';
  if (hasTask('notify-patient')) return 'notify-patient';
  // The patient was told by a person: the next look has nothing left to do.
  if (outcome === 'FAILED') return isSettled(account) ? null : 'see-failure';
  // A resolved case with an open Task.
  if (hasTask('enter-email')) return 'enter-email';
  if (hasTask('resolve-provider')) return 'resolve-provider';
  return hasTask('review-chart') ? 'review-chart' : null;
}

function isSettled({ message, document }: Account): boolean {
  return message?.state === 'SETTLED' && message.document === document;
}

/** Whether staff may mark the patient as informed: delivery is unknown, or staff were asked to tell them. */
export function isAcknowledgeable({ message, staffTasks }: Account): boolean {
  return (
    message?.state === 'UNKNOWN' ||
    message?.state === 'INTENDED' ||
    staffTasks.some(({ code }) => code === 'notify-patient')
  );
}

/** Whether staff may resume the case. Also for returned addresses: they may be fixed. */
export function isHeld({ outcome, reason, violations }: Account): boolean {
  return outcome === 'HELD' || violations.length > 0 || (outcome === 'EMAIL_MISSING' && reason === 'SUPPRESSED');
}

function heldTodo(reason: string | null): Todo {
  if (reason === 'RESPONSIBLE_PROVIDER_UNRESOLVED') return 'resolve-provider';
  return reason === 'CHART_UNCLEAR' ? 'review-chart' : 'decide';
}

/** The case's place in the work list; null where it has none. A case that is at work again keeps its place until it ends. */
export function workEntryOf(account: Account): WorkEntry | null {
  const todo = todoOf(account);
  const since = account.unresolvedSince ?? account.endedAt;
  return todo === null || since === null || account.outcome === null ? null : { outcome: account.outcome, since, todo };
}

/**
 * Whether the latest execution is at work on the case at `now` (milliseconds), by the record alone. One that was
 * stopped from outside counts until its lease lapses.
 */
export function isAtWork({ execution, endedBy, lease }: Account, now: number): boolean {
  return execution !== null && execution !== endedBy && lease !== null && now < (millisecondsOf(lease.until) ?? 0);
}

/**
 * Which actions are worth offering at `now`; none while an execution is at work, which is the answer to each. What is
 * not among them need not be refused: a person may look at any case again.
 */
export function fittingActions(account: Account, now: number): Action[] {
  if (isAtWork(account, now)) return [];
  const { outcome, message, document, violations } = account;
  const isAlive = !isPinDead(account, now);
  const isOfNewest = message !== null && message.document === document;
  const fits: Record<Action, boolean> = {
    regenerate: true,
    redrive: outcome === null || !isResolved(outcome) || (document !== null && !isAlive),
    // A signing to be checked comes first: the message waits for it.
    resend: isOfNewest && isAlive && violations.length === 0,
    release: isHeld(account),
    acknowledge: isAcknowledgeable(account),
  };
  return ACTIONS.filter((action) => fits[action]);
}
