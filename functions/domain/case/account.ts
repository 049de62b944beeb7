/**
 * The record of one patient: what the practice's staff would keep in their heads. Transitions are pure; CaseRecords
 * saves them under optimistic locking, so a step that ran twice reads what the first run did and goes on from there.
 */

import type { Compared, Violation } from '../chart/chart.ts';
import type { Outcome } from '../outcomes.ts';
import type { Day } from '../time/calendar.ts';
import { type Instant, millisecondsOf } from '../time/instant.ts';

export interface Lease {
  owner: string;
  until: Instant;
}

export interface Draft {
  cycle: string;
  document: string;
  form: string;
  encounter: string;
  /** The person's request this draft serves, or null. */
  request: string | null;
  compared: Compared;
}

/**
 * OWED: to be sent. INTENDED: about to be sent, or lost. ACCEPTED: SES has it; `filed` once the chart has it too.
 * REFUSED: SES certainly did not take it. UNKNOWN: delivery is unknown. SETTLED: staff say it is done.
 */
export const MESSAGE_STATES = ['OWED', 'INTENDED', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'SETTLED'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/**
 * What the message says. NEW_PIN: an expired PIN was replaced. REQUESTED: a new one was requested. REMINDER: the
 * living one is still to be used.
 */
export const MESSAGE_KINDS = ['NEW_PIN', 'REQUESTED', 'REMINDER'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface Message {
  kind: MessageKind;
  state: MessageState;
  document: string;
  /** The id SES answered with, when ACCEPTED; also of the mail that came back for now and is to be sent again. */
  sesId: string | null;
  filed: boolean;
  /** How often it came back for now, or was not sent by SES; absent: never. */
  returns?: number;
  /** OWED, but not to be sent before this day of the practice's; absent: at once. */
  notBefore?: Day;
  /** REFUSED, and not to be sent again before a person or a new address asks for it. */
  gaveUp?: true;
}

/** What staff are asked to do; codes of CodeSystem/staff-task (docs/fhir.md). */
export const STAFF_TASK_CODES = [
  'enter-email',
  'resolve-provider',
  'review-chart',
  'notify-patient',
  'check-signing',
] as const;
export type StaffTaskCode = (typeof STAFF_TASK_CODES)[number];

export interface StaffTask {
  code: StaffTaskCode;
  reason: string;
  /** Of the PIN that it is about; absent where it is about the case. */
  document?: string;
}

/** Why the EHR says that no PIN is needed any more. */
export const PORTAL_EVENT_STATUSES = ['REGISTERED', 'OPTED_OUT', 'DECEASED', 'INACTIVE', 'MERGED'] as const;
export type PortalEventStatus = (typeof PORTAL_EVENT_STATUSES)[number];

/** The latest such news, by when it happened. What counts is the chart; this only tells old news from new. */
export interface PortalEvent {
  status: PortalEventStatus;
  at: Instant;
}

export interface Account {
  patientId: string;
  /** Changes with every save; null before the first. */
  version: string | null;
  /** The newest signed PIN document we know, and its life. */
  document: string | null;
  issuedAt: Instant | null;
  expiresAt: Instant | null;
  /** Its location of care, the id of an Organization; null where the document names none. */
  location: string | null;
  /** `attempt` of the execution that signed it; null: not ours. */
  issuedBy: number | null;
  /** When its patient first looked at it, and when they registered with the portal. */
  pickedUpAt: Instant | null;
  registeredAt: Instant | null;
  /** The latest reminder day of this PIN that is done, sent or passed over; null: none. */
  reminder: number | null;
  /** Consecutive unused PINs of ours. */
  unclaimedCycles: number;
  /** Counts executions; only names them. */
  attempt: number;
  /** Name of the latest execution, or null. */
  execution: string | null;
  /** The person's request that this execution and the document serve, or null. */
  request: string | null;
  servedRequest: string | null;
  /** Failed ends in a row. */
  failures: number;
  lease: Lease | null;
  draft: Draft | null;
  message: Message | null;
  /** SHA-256 of the one pick-up token that counts, that of the newest mail; null where none was made for this document. */
  pickupToken: string | null;
  /** What a signing broke, until a person releases it. */
  violations: Violation[];
  /** Open Tasks for staff. */
  staffTasks: StaffTask[];
  /** Keyed digests of addresses that the mail service refused, that returned a mail permanently, or that complained. */
  rejectedAddresses: string[];
  /** When the patient complained of a mail, until the case has been looked at. */
  complainedAt: Instant | null;
  portalEvent: PortalEvent | null;
  /** When the EHR told of a fact that no execution has been started for since; null: nothing is to be looked at. */
  newsAt: Instant | null;
  outcome: Outcome | 'FAILED' | null;
  reason: string | null;
  endedBy: string | null;
  endedAt: Instant | null;
  /** The day on which the sweep looks again; null: never by itself. */
  nextCheckDay: Day | null;
  /** When the case first failed or first waited for a person; null while it does not. */
  unresolvedSince: Instant | null;
  /** When the PIN expired that the newest one replaced, until the patient is told of the newest. */
  withoutAccessSince: Instant | null;
}

export function newAccount(patientId: string): Account {
  return {
    patientId,
    version: null,
    document: null,
    issuedAt: null,
    expiresAt: null,
    location: null,
    issuedBy: null,
    pickedUpAt: null,
    registeredAt: null,
    reminder: null,
    unclaimedCycles: 0,
    attempt: 0,
    execution: null,
    request: null,
    servedRequest: null,
    failures: 0,
    lease: null,
    draft: null,
    message: null,
    pickupToken: null,
    violations: [],
    staffTasks: [],
    rejectedAddresses: [],
    complainedAt: null,
    portalEvent: null,
    newsAt: null,
    outcome: null,
    reason: null,
    endedBy: null,
    endedAt: null,
    nextCheckDay: null,
    unresolvedSince: null,
    withoutAccessSince: null,
  };
}

/** The case as stored under that version. */
export function withVersion(account: Account, version: string): Account {
  return { ...account, version };
}

/** Whether the newest PIN that is known has expired by `now` (milliseconds); where none is known there is none that lives. */
export function isPinDead({ expiresAt }: Account, now: number): boolean {
  return now >= (millisecondsOf(expiresAt ?? '') ?? 0);
}

/** Whether an execution was noted for the person's request, or a PIN made for it. */
export function hasTakenUp({ request, servedRequest }: Account, id: string): boolean {
  return request === id || servedRequest === id;
}

/** A message of that kind about the PIN document, to be sent. */
export function owed(kind: MessageKind, document: string): Message {
  return { kind, state: 'OWED', document, sesId: null, filed: false };
}

/** The same message, to be sent at once as if it never had been. */
export function owedAnew({ kind, document }: Message): Message {
  return owed(kind, document);
}

/**
 * Notes the reminder of day `day` as done and the mail for it as owed. Where the mail before it is still to be sent, that
 * one goes alone: it says all that a reminder says.
 */
export function withReminder(account: Account, day: number): Account {
  const { message, document } = account;
  const isToSend = message !== null && message.document === document && isUnsent(message);
  const done = withReminderDone(account, day);
  return document === null || isToSend ? done : { ...done, message: owed('REMINDER', document) };
}

/** Notes the reminder of day `day` as done, or passed over. */
export function withReminderDone(account: Account, day: number): Account {
  return { ...account, reminder: day };
}

/** Certainly not sent yet: a mail that may have left is another matter. */
export function isUnsent({ state }: Message): boolean {
  return state === 'OWED' || state === 'REFUSED';
}

/** Whether the message for the newest PIN is not through: to be sent, lost on the way, or accepted but not in the chart. */
export function isMessageOwed(account: Account): boolean {
  const { message } = account;
  if (message === null || message.document !== account.document) return false;
  return (
    message.state === 'OWED' ||
    message.state === 'REFUSED' ||
    message.state === 'INTENDED' ||
    (message.state === 'ACCEPTED' && !message.filed)
  );
}

/** Whether the message is to be seen to on the practice's day `today`. */
export function isMessageDue(account: Account, today: Day): boolean {
  return isMessageOwed(account) && !isPostponed(account, today);
}

/** Whether the owed message came back and waits for a later day than `today`. */
export function isPostponed({ message }: Account, today: Day): boolean {
  return message?.state === 'OWED' && message.notBefore !== undefined && today < message.notBefore;
}
