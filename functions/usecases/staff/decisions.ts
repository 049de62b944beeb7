/**
 * What a person decides: regenerate now, release a hold, resend or acknowledge a message. Each decision is recorded
 * with actor and reason before it takes effect, and is refused by name where it does not fit the case.
 */
import { type Account, isPinDead } from '../../domain/case/account.ts';
import { withAcknowledged, withReleased, withResend } from '../../domain/case/staff.ts';
import { isAcknowledgeable, isHeld } from '../../domain/case/work.ts';
import { DecisionRefusedError, RecordConflictError } from '../../domain/errors.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { StaffRequest, StaffRequests } from '../../ports/case/staff-requests.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import type { Random } from '../../ports/random.ts';
import { type StartAnswer, type StartPorts, start } from '../case/start.ts';

export interface DecisionPorts extends StartPorts {
  staffRequests: StaffRequests;
  random: Random;
}

export interface StaffDecision {
  patientId: string;
  actor: string;
  reason: string;
  /** Given by a caller that may repeat itself: the same request then. A fresh one otherwise. */
  id?: string;
  /** The version of the case that the person saw; another one by now refuses the decision. Whichever unless given. */
  version?: string;
}

async function record(ports: DecisionPorts, action: StaffRequest['action'], decision: StaffDecision): Promise<string> {
  const { patientId, actor, reason } = decision;
  const id = decision.id ?? ports.random.newId();
  await ports.staffRequests.put({ id, patientId, action, actor, reason, at: toInstant(ports.clock.now()) });
  return id;
}

/** The record of a case without a running execution; DecisionRefusedError otherwise, or if it changed since it was displayed. */
async function idleAccount(ports: DecisionPorts, { patientId, version }: StaffDecision): Promise<Account> {
  const account = await ports.cases.read(patientId);
  if (account === null) throw new DecisionRefusedError('NO_RECORD');
  if (version !== undefined && account.version !== version) throw new DecisionRefusedError('CASE_CHANGED');
  const running = account.execution === null ? null : await ports.executions.describe(account.execution);
  if (running?.status === 'RUNNING') throw new DecisionRefusedError('IN_PROGRESS');
  return account;
}

/** Saves a decision about the case as displayed; a write in between has changed the case. */
async function save(ports: DecisionPorts, account: Account, next: Account): Promise<void> {
  try {
    await ports.cases.save(account, next);
  } catch (error) {
    throw error instanceof RecordConflictError ? new DecisionRefusedError('CASE_CHANGED') : error;
  }
}

/** Starts the case for the person; the first write checks the version, if one was displayed. */
function startFor(ports: DecisionPorts, { patientId }: StaffDecision, force: string | null, version?: string) {
  return start(ports, { patientId, trigger: 'person', force, awaitedFactChanged: false, version });
}

/**
 * Starts the workflow for the patient now; with `isForced` it makes a new PIN whatever the age of the old one. If an
 * execution is running, the answer names that one instead.
 */
export async function regenerate(ports: DecisionPorts, decision: StaffDecision, isForced = true): Promise<StartAnswer> {
  const id = await record(ports, 'regenerate', decision);
  return startFor(ports, decision, isForced ? id : null, decision.version);
}

/** A fresh look at the case, due or not; the running execution, if there is one, is the answer instead. */
export async function redrive(ports: DecisionPorts, decision: StaffDecision): Promise<StartAnswer> {
  await record(ports, 'redrive', decision);
  return startFor(ports, decision, null, decision.version);
}

/**
 * Ends a hold: attempts, cycles and refused addresses count from zero again, a checked signing is believed, and the
 * case goes on.
 */
export async function release(ports: DecisionPorts, decision: StaffDecision): Promise<StartAnswer> {
  const account = await idleAccount(ports, decision);
  if (!isHeld(account)) throw new DecisionRefusedError('NOT_HELD');
  await record(ports, 'release', decision);
  const nextCheckDay = dayOf(ports.clock.now(), ports.practice.timeZone);
  await save(ports, account, withReleased(account, nextCheckDay));
  return startFor(ports, decision, null);
}

/** Sends the notification of the living PIN once more, by the ordinary workflow. */
export async function resend(ports: DecisionPorts, decision: StaffDecision): Promise<StartAnswer> {
  const account = await idleAccount(ports, decision);
  const { message } = account;
  if (message === null || message.document !== account.document) throw new DecisionRefusedError('NO_MESSAGE');
  if (isPinDead(account, ports.clock.now())) throw new DecisionRefusedError('PIN_EXPIRED');
  await record(ports, 'resend', decision);
  const nextCheckDay = dayOf(ports.clock.now(), ports.practice.timeZone);
  await save(ports, account, withResend(account, message, nextCheckDay));
  return startFor(ports, decision, null);
}

/**
 * A person has told the patient, where a message could not go, its fate is unknown, or staff were asked to: nothing is
 * sent any more, the Task is closed. What the mail service has accepted stays accepted.
 */
export async function acknowledge(ports: DecisionPorts & { ehr: FrontDesk }, decision: StaffDecision): Promise<void> {
  const account = await idleAccount(ports, decision);
  if (!isAcknowledgeable(account)) throw new DecisionRefusedError('NOTHING_TO_ACKNOWLEDGE');
  const { patientId } = account;
  await record(ports, 'acknowledge', decision);
  for (const task of account.staffTasks.filter((each) => each.code === 'notify-patient')) {
    await ports.ehr.closeStaffTask({ patientId, ...task });
  }
  await save(ports, account, withAcknowledged(account));
}
