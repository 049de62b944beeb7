/**
 * What a person decides: regenerate now, release a hold, resend or acknowledge a message. Each decision is recorded
 * with actor and reason before it takes effect, and is refused by name where it does not fit the case.
 */
import { type Account, isMessageOwed, owedAnew, type StaffTask } from '../domain/account.ts';
import { dayOf } from '../domain/calendar.ts';
import { withMessageAtOnce } from '../domain/email-feedback.ts';
import { DecisionRefusedError } from '../domain/errors.ts';
import { millisecondsOf, toInstant } from '../domain/instant.ts';
import type { Chance, DecisionRequest, Ehr } from '../ports.ts';
import { type StartAnswer, type StartPorts, start } from './start.ts';

export interface DecisionPorts extends StartPorts {
  chance: Chance;
}

export interface Decision {
  patientId: string;
  actor: string;
  reason: string;
  /** Given by who may repeat himself: the same request then. A fresh one otherwise. */
  id?: string;
}

async function record(ports: DecisionPorts, action: DecisionRequest['action'], decision: Decision): Promise<string> {
  const id = decision.id ?? ports.chance.newId();
  await ports.records.putRequest({ ...decision, id, action, at: toInstant(ports.clock.now()) });
  return id;
}

/** The account of a case that nobody works on; DecisionRefusedError otherwise. */
async function idleAccount(ports: DecisionPorts, patientId: string): Promise<Account> {
  const account = await ports.records.read(patientId);
  if (account === null) throw new DecisionRefusedError('NO_RECORD');
  const running = account.execution === null ? null : await ports.executions.describe(account.execution);
  if (running?.status === 'RUNNING') throw new DecisionRefusedError('IN_PROGRESS');
  return account;
}

/** A new PIN whatever the age of the old one; the running execution, if there is one, is the answer instead. */
export async function regenerate(ports: DecisionPorts, decision: Decision): Promise<StartAnswer> {
  const force = await record(ports, 'regenerate', decision);
  return start(ports, { patientId: decision.patientId, trigger: 'person', force, awaitedFactChanged: false });
}

/** A fresh look at the case, due or not; the running execution, if there is one, is the answer instead. */
export async function redrive(ports: DecisionPorts, decision: Decision): Promise<StartAnswer> {
  await record(ports, 'redrive', decision);
  return start(ports, { patientId: decision.patientId, trigger: 'person', force: null, awaitedFactChanged: false });
}

/** Where nothing of ours is open, a released chart is believed anew, also when the PIN we knew of is gone from it. */
function forgottenPin(account: Account): Partial<Account> {
  const isOurs = account.draft !== null || isMessageOwed(account);
  return account.reason === 'CHART_UNCLEAR' && !isOurs ? { document: null, issuedAt: null, expiresAt: null } : {};
}

/** Whether the case waits for a person who may say: go on. For the addresses that sent mail back, too: they may be mended. */
function isHeld({ outcome, reason, violations }: Account): boolean {
  return outcome === 'HELD' || violations.length > 0 || (outcome === 'EMAIL_MISSING' && reason === 'SUPPRESSED');
}

/**
 * Ends a hold: attempts, cycles and refused addresses count from zero again, a checked signing is believed, and the
 * case goes on.
 */
export async function release(ports: DecisionPorts, decision: Decision): Promise<StartAnswer> {
  const account = await idleAccount(ports, decision.patientId);
  if (!isHeld(account)) throw new DecisionRefusedError('NOT_HELD');
  await record(ports, 'release', decision);
  const nextCheckDay = dayOf(ports.clock.now(), ports.practice.timeZone);
  const counted = { failures: 0, unclaimedCycles: 0, violations: [], rejectedAddresses: [] };
  const released = { ...withMessageAtOnce(account), ...counted, ...forgottenPin(account), nextCheckDay };
  await ports.records.save(account, released);
  return start(ports, { patientId: decision.patientId, trigger: 'person', force: null, awaitedFactChanged: false });
}

/** Sends the notification of the living PIN once more, by the ordinary workflow. */
export async function resend(ports: DecisionPorts, decision: Decision): Promise<StartAnswer> {
  const account = await idleAccount(ports, decision.patientId);
  const { message } = account;
  if (message === null || message.document !== account.document) throw new DecisionRefusedError('NO_MESSAGE');
  if (ports.clock.now() >= (millisecondsOf(account.expiresAt ?? '') ?? 0))
    throw new DecisionRefusedError('PIN_EXPIRED');
  await record(ports, 'resend', decision);
  const nextCheckDay = dayOf(ports.clock.now(), ports.practice.timeZone);
  await ports.records.save(account, { ...account, message: owedAnew(message), nextCheckDay });
  return start(ports, { patientId: decision.patientId, trigger: 'person', force: null, awaitedFactChanged: false });
}

/** A person has seen to the message whose fate nobody knew: nothing is sent any more, the Task is closed. */
export async function acknowledge(ports: DecisionPorts & { ehr: Ehr }, decision: Decision): Promise<void> {
  const account = await idleAccount(ports, decision.patientId);
  const { message, patientId } = account;
  if (message === null || (message.state !== 'UNKNOWN' && message.state !== 'INTENDED')) {
    throw new DecisionRefusedError('NOTHING_TO_ACKNOWLEDGE');
  }
  await record(ports, 'acknowledge', decision);
  const isAboutMessage = ({ code, document }: StaffTask) => code === 'notify-patient' && document === undefined;
  for (const task of account.staffTasks.filter(isAboutMessage)) {
    await ports.ehr.closeStaffTask({ patientId, ...task });
  }
  const staffTasks = account.staffTasks.filter((each) => !isAboutMessage(each));
  await ports.records.save(account, { ...account, staffTasks, message: { ...message, state: 'SETTLED' } });
}
