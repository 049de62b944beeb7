/** Reminders over the shipped state machines, by the practice's calendar: only the clock moves, no test starts an execution. */
import type { Communication, ContactPoint, Patient, Task } from 'fhir/r4';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXTENSION } from '../../../functions/adapters/fhir/codes.ts';
import { dayOf } from '../../../functions/domain/time/calendar.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { start } from '../../../functions/usecases/case/start.ts';
import { regenerate, resend } from '../../../functions/usecases/staff/decisions.ts';
import { DAY } from '../../../local/demo/case.ts';
import { email } from '../../../local/demo/chart-builders.ts';
import { type EhrSender, ehrSender, secretOf } from '../../support/harness/ehr-sender.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let ehr: EhrSender;
beforeAll(async () => {
  running = await runPlatform();
  ehr = ehrSender(running.platform.endpoints.webhooks, await secretOf(running.platform.url));
});
afterAll(() => running.close());
afterEach(async () => {
  running.platform.mailbox.heal();
  // A patient is left alone after its test, so the next test's days belong to its own patients.
  for (const id of admitted.splice(0)) {
    await running.change(id, { nextCheckDay: null });
    await running.decisionPorts.pins.remove(id);
  }
});

const admitted: string[] = [];
async function admit(age = 31): Promise<string> {
  const id = await running.admit({ pins: [{ age: age * DAY }] });
  admitted.push(id);
  return id;
}

const advance = (duration: string | number) => running.platform.clock.advance(duration);

/** 17:00 UTC is noon or one o'clock in New York: days of 24 hours then are the calendar's, also across daylight saving. */
async function untilNoon(): Promise<void> {
  const now = running.platform.clock.now();
  const noon = Math.floor(now / DAY) * DAY + 17 * 60 * 60 * 1000;
  await advance(noon > now ? noon - now : noon + DAY - now);
}

/** A patient regenerated and notified at noon. */
async function regenerated(): Promise<string> {
  await untilNoon();
  const id = await admit();
  await running.take(id);
  expect(mailsTo(id)).toBe(1);
  return id;
}

const mailsTo = (id: string) =>
  running.platform.mailbox.mails().filter(({ sent }) => sent.destination[0]?.includes(`.${Number(id.slice(5))}@`))
    .length;
const openTasks = async (id: string) =>
  (await running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`)).map((task) => task.code?.coding?.[0]?.code);
const NOT_EXPIRED = { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' };

const portalStatus = (valueCode: string) => ({ url: EXTENSION.portalStatus, valueCode });

async function inChart(id: string, changed: Partial<Patient>): Promise<void> {
  const [patient] = await running.fhir<Patient>(`Patient?_id=${id}`);
  if (patient === undefined) throw new Error(`no ${id}`);
  await running.platform.ehr.staff.write({ ...patient, ...changed, id });
}
async function telecomOf(id: string): Promise<ContactPoint[]> {
  return (await running.fhir<Patient>(`Patient?_id=${id}`))[0]?.telecom ?? [];
}

/** The last execution of the patient: the states it went through. */
async function lastPath(id: string): Promise<string[]> {
  const { execution } = await running.account(id);
  const machine = running.platform.endpoints.stateMachines['regenerate-pin'] ?? '';
  const { path } = await running.ended(`${machine.replace(':stateMachine:', ':execution:')}:${execution}`);
  return path;
}

describe('an unregistered patient is reminded', () => {
  it('on day 20 and day 27, once each, and gets a new PIN on day 30', async () => {
    const id = await regenerated();
    const { document } = await running.account(id);
    await advance('P19D');
    expect(mailsTo(id)).toBe(1);
    await advance('P1D');
    expect(mailsTo(id)).toBe(2);
    expect(await lastPath(id)).toEqual(['VerifyEmail', 'CheckExpiry', 'WhatIsDue', 'SendEnrollmentNotification']);
    expect(await running.account(id)).toMatchObject({ ...NOT_EXPIRED, document, reminder: 20, unclaimedCycles: 1 });
    const filed = await running.fhir<Communication>(`Communication?subject=Patient/${id}`);
    expect(filed).toHaveLength(2);
    for (let day = 21; day < 27; day++) await advance('P1D');
    expect(mailsTo(id)).toBe(2);
    await advance('P1D');
    expect(mailsTo(id)).toBe(3);
    await advance('P1D');
    await advance('P1D');
    expect(mailsTo(id)).toBe(3);
    expect((await running.account(id)).document).toBe(document);
    await advance('P1D');
    expect(mailsTo(id)).toBe(4);
    expect(await running.account(id)).toMatchObject({ outcome: 'REGENERATED', reminder: null, unclaimedCycles: 2 });
  });

  it('in one jump: by P20D, then P7D', async () => {
    const id = await regenerated();
    await advance('P20D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([2, 20]);
    await advance('P7D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([3, 27]);
  });

  it('of two that were missed in one jump by the latest alone', async () => {
    const id = await regenerated();
    await advance('P28D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([2, 27]);
    await advance('P1D');
    expect(mailsTo(id)).toBe(2);
  });

  it('not at all where the jump leads past the PIN: the new one is what the patient is told of', async () => {
    const id = await regenerated();
    await advance('P60D');
    expect(mailsTo(id)).toBe(2);
    expect(await running.account(id)).toMatchObject({ outcome: 'REGENERATED', reminder: null });
  });

  it('also of a PIN made by hand, from its own signing on; of what was past at the first look, never', async () => {
    await untilNoon();
    const all = await Promise.all([3, 21, 28].map(admit));
    for (const id of all) expect(JSON.parse((await running.take(id)).execution.output ?? '')).toEqual(NOT_EXPIRED);
    const mails = () => all.map(mailsTo);
    expect(mails()).toEqual([0, 0, 0]);
    await advance('P6D');
    // The oldest expired and was regenerated; day 27 has come for the middle one.
    expect(mails()).toEqual([0, 1, 1]);
    await advance('P11D');
    expect(mails()).toEqual([1, 2, 1]);
  });
});

describe('no reminder goes to a patient', () => {
  it.each([
    ['registered', 'ALREADY_REGISTERED'],
    ['opted-out', 'OPTED_OUT'],
  ] as const)('%s in the chart', async (status, reason) => {
    const id = await regenerated();
    await inChart(id, { extension: [portalStatus(status)] });
    await advance('P20D');
    expect(await running.account(id)).toMatchObject({ outcome: 'NOT_NEEDED', reason, nextCheckDay: null });
    await advance('P7D');
    expect(mailsTo(id)).toBe(1);
  });

  it('registering between the decision and the mail', async () => {
    const id = await regenerated();
    let reads = 0;
    const stop = running.platform.ehr.onRequest(async ({ phase, request }) => {
      if (phase !== 'after' || request.method !== 'GET' || !String(request.url).includes(`Patient/${id}`)) return;
      reads += 1;
      if (reads === 1) await inChart(id, { extension: [portalStatus('registered')] });
    });
    await advance('P20D');
    stop();
    expect(reads).toBeGreaterThanOrEqual(2);
    expect(await lastPath(id)).toContain('SendEnrollmentNotification');
    expect(await running.account(id)).toMatchObject({ outcome: 'NOT_NEEDED', reason: 'ALREADY_REGISTERED' });
    expect(mailsTo(id)).toBe(1);
  });

  it('reported as registered though the chart does not show it; the day of expiry decides', async () => {
    const id = await regenerated();
    await advance('P1D');
    const event = { type: 'portal.registered', timestamp: toInstant(running.platform.clock.now()) } as const;
    expect((await ehr.deliver({ ...event, data: { patientId: id } })).body).toMatchObject({ decision: 'STOPPED' });
    const { expiresAt } = await running.account(id);
    await advance('P19D');
    expect(mailsTo(id)).toBe(1);
    expect(await running.account(id)).toMatchObject({
      ...NOT_EXPIRED,
      reminder: 20,
      nextCheckDay: expiresAt?.slice(0, 10),
    });
    await advance('P7D');
    expect(mailsTo(id)).toBe(1);
    await advance('P3D');
    expect([mailsTo(id), (await running.account(id)).outcome]).toEqual([2, 'REGENERATED']);
  });

  it('with a bounced address; once it is fixed the undelivered mail goes there and serves as the reminder', async () => {
    const id = await regenerated();
    const [entry] = await telecomOf(id);
    await inChart(id, { telecom: [email(entry?.value ?? '', { undeliverable: true })] });
    await advance('P20D');
    expect(await running.account(id)).toMatchObject({ outcome: 'EMAIL_MISSING', reason: 'SUPPRESSED', reminder: null });
    expect([mailsTo(id), await openTasks(id)]).toEqual([1, ['enter-email']]);
    await inChart(id, { telecom: [email(entry?.value ?? '')] });
    const event = { type: 'patient.email_changed', timestamp: toInstant(running.platform.clock.now()) } as const;
    await ehr.deliver({ ...event, data: { patientId: id } });
    await running.platform.stepFunctions.settled();
    expect([mailsTo(id), await openTasks(id)]).toEqual([2, []]);
    expect(await running.account(id)).toMatchObject({
      outcome: 'REGENERATED',
      reminder: 20,
      message: { kind: 'NEW_PIN', state: 'ACCEPTED' },
    });
  });

  it('without an address, until one is entered: then the latest missed reminder is sent', async () => {
    const id = await regenerated();
    const telecom = await telecomOf(id);
    await inChart(id, { telecom: [] });
    await advance('P20D');
    expect(await running.account(id)).toMatchObject({ outcome: 'EMAIL_MISSING', reason: 'NONE' });
    await inChart(id, { telecom });
    // The recheck, seven days later, is day 27.
    await advance('P7D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([2, 27]);
  });
});

describe('a reminder that goes wrong', () => {
  it('with unknown delivery it is not sent again; the next one closes the Task', async () => {
    const id = await regenerated();
    running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
    await advance('P20D');
    expect(await running.account(id)).toMatchObject({
      outcome: 'FAILED',
      message: { kind: 'REMINDER', state: 'UNKNOWN' },
    });
    expect([mailsTo(id), await openTasks(id)]).toEqual([2, ['notify-patient']]);
    await advance('P1D');
    await advance('P1D');
    expect(await running.account(id)).toMatchObject({ ...NOT_EXPIRED, message: { state: 'UNKNOWN' } });
    expect([mailsTo(id), await openTasks(id)]).toEqual([2, ['notify-patient']]);
    await advance('P5D');
    expect(await running.account(id)).toMatchObject({
      ...NOT_EXPIRED,
      message: { kind: 'REMINDER', state: 'ACCEPTED' },
    });
    expect([mailsTo(id), await openTasks(id)]).toEqual([3, []]);
  });

  it('with unknown delivery it is sent again by staff', async () => {
    const id = await regenerated();
    running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
    await advance('P20D');
    const answer = await resend(running.decisionPorts, { patientId: id, actor: 'pat', reason: 'The patient called.' });
    await running.platform.stepFunctions.settled();
    expect(answer.decision).toBe('STARTED');
    expect(await running.account(id)).toMatchObject({
      ...NOT_EXPIRED,
      message: { kind: 'REMINDER', state: 'ACCEPTED' },
    });
    expect([mailsTo(id), await openTasks(id)]).toEqual([3, []]);
  });

  it('that SES refuses all day is sent the next day, once', async () => {
    const id = await regenerated();
    running.platform.mailbox.fail({ kind: 'status', code: 'MessageRejected' });
    await advance('P20D');
    expect(await running.account(id)).toMatchObject({ outcome: 'FAILED', reminder: 20, message: { state: 'REFUSED' } });
    expect([mailsTo(id), await openTasks(id)]).toEqual([1, ['notify-patient']]);
    await advance('P1D');
    expect(await running.account(id)).toMatchObject({ ...NOT_EXPIRED, reminder: 20, failures: 0 });
    expect([mailsTo(id), await openTasks(id)]).toEqual([2, []]);
  });

  it('that is refused until the next one is due goes once', async () => {
    const id = await regenerated();
    running.platform.mailbox.fail({ kind: 'status', code: 'MessageRejected' });
    await advance('P20D');
    await advance('P7D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([2, 27]);
    await advance('P1D');
    expect(mailsTo(id)).toBe(2);
  });

  it('for an address that SES will never take goes to the next address', async () => {
    const id = await regenerated();
    const [entry] = await telecomOf(id);
    const refused = `refused-${entry?.value}`;
    await inChart(id, { telecom: [email(refused), email(entry?.value ?? '')] });
    running.platform.mailbox.fail({ kind: 'status', code: 'InvalidParameterValue' });
    await advance('P20D');
    const after = await running.account(id);
    expect([after.outcome, after.rejectedAddresses.length, mailsTo(id)]).toEqual(['FAILED', 1, 1]);
    await advance('P1D');
    expect([(await running.account(id)).reason, mailsTo(id)]).toEqual(['NOT_EXPIRED', 2]);
    const [last] = running.platform.mailbox.mails().slice(-1);
    expect(last?.sent.destination).toEqual([entry?.value]);
  });

  it('gives way to a request for a new PIN', async () => {
    const id = await regenerated();
    running.platform.mailbox.fail({ kind: 'status', code: 'MessageRejected' });
    await advance('P20D');
    await regenerate(running.decisionPorts, { patientId: id, actor: 'pat', reason: 'The patient called.' });
    await running.platform.stepFunctions.settled();
    expect(await running.account(id)).toMatchObject({
      outcome: 'REGENERATED',
      reminder: null,
      message: { kind: 'REQUESTED', state: 'ACCEPTED' },
    });
    await advance('P7D');
    expect(mailsTo(id)).toBe(2);
    await advance('P13D');
    expect([mailsTo(id), (await running.account(id)).reminder]).toEqual([3, 20]);
  });
});

it('a mail that is still to be sent when a reminder is due goes alone', async () => {
  await untilNoon();
  const id = await admit();
  await running.track(id);
  running.platform.mailbox.fail({ kind: 'status', code: 'MessageRejected' });
  await running.take(id);
  await running.change(id, { nextCheckDay: '2999-01-01' });
  await advance('P20D');
  expect(mailsTo(id)).toBe(0);
  await running.change(id, { nextCheckDay: '2000-01-01' });
  await advance('PT1H');
  expect(await running.account(id)).toMatchObject({
    outcome: 'REGENERATED',
    reminder: 20,
    message: { kind: 'NEW_PIN' },
  });
  await advance('P1D');
  expect(mailsTo(id)).toBe(1);
});

it.each([
  // Left behind by an execution that died at that point.
  ['INTENDED', { outcome: 'FAILED', reminder: null, message: { kind: 'NEW_PIN', state: 'UNKNOWN' } }],
  [
    'ACCEPTED',
    { outcome: 'REGENERATED', reminder: null, message: { kind: 'NEW_PIN', state: 'ACCEPTED', filed: true } },
  ],
] as const)('a mail left %s is settled first, and the reminder follows the next day', async (state, settled) => {
  const id = await regenerated();
  const { message } = await running.account(id);
  if (message === null) throw new Error('a mail was sent');
  await running.change(id, { message: { ...message, state, filed: false }, nextCheckDay: '2999-01-01' });
  await advance('P19D');
  await running.change(id, { nextCheckDay: '2000-01-01' });
  await advance('P1D');
  expect(await running.account(id)).toMatchObject(settled);
  expect(mailsTo(id)).toBe(1);
  await advance('P1D');
  expect(await running.account(id)).toMatchObject({ ...NOT_EXPIRED, reminder: 20, message: { kind: 'REMINDER' } });
  expect([mailsTo(id), await openTasks(id)]).toEqual([2, []]);
});

it('a mail that came back and waits for the next day takes the reminder’s place', async () => {
  const id = await regenerated();
  const { message } = await running.account(id);
  if (message === null) throw new Error('a mail was sent');
  await running.change(id, { nextCheckDay: '2999-01-01' });
  await advance('P20D');
  const tomorrow = dayOf(running.platform.clock.now() + DAY, 'America/New_York');
  const postponed = { ...message, state: 'OWED', filed: false, returns: 1, notBefore: tomorrow } as const;
  await running.change(id, { message: postponed, nextCheckDay: '2000-01-01' });
  await advance('PT1H');
  expect(mailsTo(id)).toBe(1);
  expect(await running.account(id)).toMatchObject({ ...NOT_EXPIRED, reminder: 20, nextCheckDay: tomorrow });
  await advance('P1D');
  expect(await running.account(id)).toMatchObject({
    outcome: 'REGENERATED',
    reminder: 20,
    message: { kind: 'NEW_PIN' },
  });
  await advance('P1D');
  expect(mailsTo(id)).toBe(2);
});

it('costs nine write units, index and link included, and two requests to the EHR beside the filing', async () => {
  const id = await regenerated();
  await running.change(id, { nextCheckDay: '2999-01-01' });
  await advance('P20D');
  await running.change(id, { nextCheckDay: '2000-01-01' });
  running.platform.dynamodb.capacity.reset();
  running.platform.ehr.requests.clear();
  const request = { patientId: id, trigger: 'machine', force: null, awaitedFactChanged: false } as const;
  await start(running.decisionPorts, request);
  await running.platform.stepFunctions.settled();
  expect(running.platform.dynamodb.capacity.figures().write).toBe(9);
  expect(running.platform.ehr.requests.count()).toBe(4);
});

it('a sweep and two machines at once for one reminder: one mail', async () => {
  const id = await regenerated();
  await running.change(id, { nextCheckDay: '2999-01-01' });
  await advance('P20D');
  expect(mailsTo(id)).toBe(1);
  const request = { patientId: id, trigger: 'machine', force: null, awaitedFactChanged: false } as const;
  await Promise.all(Array.from({ length: 3 }, () => start(running.decisionPorts, request)));
  await running.platform.stepFunctions.settled();
  expect(mailsTo(id)).toBe(2);
  expect((await start(running.decisionPorts, request)).decision).toBe('NOT_DUE');
});
