import { randomUUID } from 'node:crypto';
import type { ContactPoint, DocumentReference, Patient, Task } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import { DAY } from '../../../local/demo/case.ts';
import { FAMILY_DOCTORS } from '../../../local/demo/directory.ts';
import { type EhrSender, ehrSender, freshId, secretOf, type Told } from '../../support/harness/ehr-sender.ts';
import { find } from './canary-search.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let ehr: EhrSender;
let secret: string;
const logLines: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  running = await runPlatform({ logLevel: 'DEBUG' });
  secret = await secretOf(running.platform.url);
  ehr = ehrSender(running.platform.endpoints.webhooks, secret);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await running.close();
});

const now = () => toInstant(running.platform.clock.now());
const event = (type: 'pin.issued' | 'portal.registered' | 'patient.email_changed', patientId: string): EhrEvent => ({
  type,
  timestamp: now(),
  data: { patientId },
});
const providerChanged = (patientId: string): EhrEvent => ({
  type: 'patient.updated',
  timestamp: now(),
  data: { patientId, change: 'provider' },
});
const requested = (patientId: string, force: boolean): EhrEvent => ({
  type: 'pin.regeneration_requested',
  timestamp: now(),
  data: { patientId, actor: ACTOR, reason: REASON, force },
});
const ACTOR = 'canary-nurse Quíllfeather';
const REASON = 'The canary "Wynnéthorpe" lost it at 4711 Rear Street';

const decided = ({ status, body }: Told) => ({ status, decision: body.decision });
const machine = () => running.platform.endpoints.stateMachines['regenerate-pin'] ?? '';
/** The end of the execution that an answer names. */
async function endOf({ body }: Told) {
  const arn = `${machine().replace(':stateMachine:', ':execution:')}:${body.execution}`;
  const { execution } = await running.ended(arn);
  return execution.status === 'SUCCEEDED' ? JSON.parse(execution.output ?? 'null') : execution.error;
}
const REGENERATED = { outcome: 'REGENERATED', reason: null };
const openTasks = async (id: string) =>
  (await running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`)).map((task) => task.code?.coding?.[0]?.code);
const live = (id: string) => running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
const pinItem = async (id: string) =>
  (await running.items()).find((item) => item.pk === `PATIENT#${id}` && item.sk === 'PIN');

/** Staff change the patient in the chart. */
async function inChart(id: string, changed: Partial<Patient>): Promise<void> {
  const { fhir, fhirAuthorization: authorization } = running.platform.endpoints;
  const url = `${fhir}/Patient/${id}`;
  const patient = (await (await fetch(url, { headers: { authorization } })).json()) as Patient;
  const headers = { 'content-type': 'application/fhir+json', authorization };
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ ...patient, ...changed }) });
  expect(response.status).toBe(200);
}

describe('a webhook starts what is due', () => {
  it('an unknown PIN issued 31 days ago is tracked, and regenerated on request', async () => {
    const id = await running.admit({});
    expect(decided(await ehr.deliver(event('pin.issued', id)))).toEqual({ status: 202, decision: 'TRACKED' });
    const answer = await ehr.deliver(requested(id, false));
    expect(decided(answer)).toEqual({ status: 202, decision: 'STARTED' });
    expect(await endOf(answer)).toEqual(REGENERATED);
    expect(decided(await ehr.deliver(event('pin.issued', id)))).toEqual({ status: 202, decision: 'NOT_DUE' });
    expect((await running.account(id)).attempt).toBe(1);
  });

  it('a forced request replaces a valid PIN; only the record holds requester and reason', async () => {
    const id = await running.admit({ pins: [{ age: 3 * DAY }] });
    await ehr.deliver(event('pin.issued', id));
    const answer = await ehr.deliver(requested(id, true));
    expect(await endOf(answer)).toEqual(REGENERATED);
    const { servedRequest } = await running.account(id);
    const items = await running.items();
    const request = items.find((item) => item.sk === `REQUEST#${servedRequest}`);
    expect(request).toMatchObject({ pk: `PATIENT#${id}`, action: 'regenerate', actor: ACTOR, reason: REASON });
  });

  it('three at once and one later: one execution, one document, one mail, one answer to each id', async () => {
    const id = await running.admit({});
    await running.track(id);
    const same = { id: freshId() };
    const issued = event('pin.issued', id);
    const answers = await Promise.all([1, 2, 3].map(() => ehr.deliver(issued, same)));
    expect(await endOf(answers[0] as Told)).toEqual(REGENERATED);
    answers.push(await ehr.deliver(issued, same));
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 202, body: answers[0]?.body });
    expect((await running.account(id)).attempt).toBe(1);
    expect(await live(id)).toHaveLength(1);
    const mails = running.platform.mailbox.mails().map((mail) => mail.sent.destination[0] ?? '');
    expect(mails.filter((to) => to.includes(`.${Number(id.slice(5))}@`))).toHaveLength(1);
  });
});

describe('a case that waited goes on by itself', () => {
  it('for an address, when it is entered; the front desk’s Task is closed', async () => {
    const id = await running.admit({ patient: () => ({ telecom: [] }) });
    await running.take(id);
    expect(await running.account(id)).toMatchObject({ outcome: 'EMAIL_MISSING', reason: 'NONE' });
    expect(await openTasks(id)).toEqual(['enter-email']);
    const telecom: ContactPoint[] = [{ system: 'email', value: `new.${Number(id.slice(5))}@example.com` }];
    await inChart(id, { telecom });
    const answer = await ehr.deliver(event('patient.email_changed', id));
    expect(decided(answer)).toEqual({ status: 202, decision: 'STARTED' });
    expect(await endOf(answer)).toEqual(REGENERATED);
    expect(await openTasks(id)).toEqual([]);
  });

  it('for a provider, when one is entered', async () => {
    const id = await running.admit({ patient: () => ({ generalPractitioner: [] }) });
    await running.take(id);
    expect(await running.account(id)).toMatchObject({ outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' });
    await inChart(id, { generalPractitioner: [{ reference: FAMILY_DOCTORS[0] ?? '' }] });
    const answer = await ehr.deliver(providerChanged(id));
    expect(await endOf(answer)).toEqual(REGENERATED);
    expect(await openTasks(id)).toEqual([]);
  });

  it('for an address that is there now, when the mail service refused the old one', async () => {
    const id = await running.admit({});
    running.platform.mailbox.fail({
      kind: 'status',
      code: 'InvalidParameterValue',
      status: 400,
      message: '',
      times: 9,
    });
    await running.take(id);
    running.platform.mailbox.heal();
    expect(await running.account(id)).toMatchObject({ outcome: 'FAILED', reason: 'EmailRejectedError' });
    await inChart(id, { telecom: [{ system: 'email', value: `newer.${Number(id.slice(5))}@example.com` }] });
    const answer = await ehr.deliver(event('patient.email_changed', id));
    expect(await endOf(answer)).toEqual(REGENERATED);
    expect(await openTasks(id)).toEqual([]);
  });
});

describe('what the EHR does not know, and what is late', () => {
  it('an unknown patient is a decision, not an error to be repeated', async () => {
    const id = `unknown-${randomUUID().slice(0, 8)}`;
    for (const each of [event('pin.issued', id), event('portal.registered', id), requested(id, true)]) {
      expect(await ehr.deliver(each)).toMatchObject({
        status: 202,
        body: { decision: 'UNKNOWN_PATIENT', execution: null },
      });
    }
    expect((await running.items()).filter((item) => String(item.pk) === `PATIENT#${id}`)).toEqual([]);
  });

  it('while starts are paused nothing starts, and the next sweep takes it', async () => {
    const id = await running.admit({ patient: () => ({ telecom: [] }) });
    await running.take(id);
    await inChart(id, { telecom: [{ system: 'email', value: `paused.${Number(id.slice(5))}@example.com` }] });
    const { pauseSwitch } = running.decisionPorts;
    await pauseSwitch.set({ actor: 'ops', reason: 'test', at: now() });
    const answer = await ehr.deliver(event('patient.email_changed', id));
    await pauseSwitch.set(null);
    expect(answer).toMatchObject({ status: 202, body: { decision: 'PAUSED', execution: null } });
    await running.platform.clock.advance('PT24H');
    await running.platform.stepFunctions.settled();
    expect(await running.account(id)).toMatchObject({ outcome: 'REGENERATED' });
  });
});

describe('a registration', () => {
  it('ends the tracking: no lapse; on the day of expiry the chart is asked once, and it says the same', async () => {
    const id = await running.admit({ pins: [{ age: 29 * DAY }] });
    await running.track(id);
    expect(await pinItem(id)).toBeDefined();
    const removed: string[] = [];
    running.platform.dynamodb.onRemoved(async (removals) => void removed.push(JSON.stringify(removals)));
    await inChart(id, {
      extension: [
        { url: 'https://portal-pin.example/fhir/StructureDefinition/portal-status', valueCode: 'registered' },
      ],
    });
    const answer = await ehr.deliver(event('portal.registered', id));
    expect(answer).toMatchObject({ status: 202, body: { decision: 'STOPPED', execution: null } });
    expect(await pinItem(id)).toBeUndefined();
    expect(await running.account(id)).toMatchObject({ portalEvent: { status: 'REGISTERED' }, attempt: 0 });
    await running.platform.clock.advance('P2D');
    await running.platform.stepFunctions.settled();
    expect(removed.join()).not.toContain(id);
    expect(await running.account(id)).toMatchObject({
      outcome: 'NOT_NEEDED',
      reason: 'ALREADY_REGISTERED',
      attempt: 1,
    });
    expect((await live(id)).length).toBe(1);
  });

  it('older than the newest PIN is old news', async () => {
    const id = await running.admit({ pins: [{ age: 2 * DAY }] });
    await running.track(id);
    const timestamp = toInstant(running.platform.clock.now() - 3 * DAY);
    const answer = await ehr.deliver({ type: 'portal.registered', timestamp, data: { patientId: id } });
    expect(answer).toMatchObject({ status: 202, body: { decision: 'OUTDATED', execution: null } });
    expect(await pinItem(id)).toBeDefined();
  });
});

describe('what must stand nowhere', () => {
  it('actor and reason are in the request’s record alone: not in the logs, not in the webhook’s record', async () => {
    const id = await running.admit({});
    await ehr.deliver(requested(id, true));
    await running.platform.stepFunctions.settled();
    // What is wrong with a body is said without it.
    const wrong = { ...requested(id, true), [ACTOR]: REASON };
    const refused = await ehr.send(null, { body: JSON.stringify(wrong) });
    expect(refused.status).toBe(422);
    const items = (await running.items()).filter((item) => !String(item.sk).startsWith('REQUEST#'));
    const texts = [
      { where: 'log', text: logLines.join('') },
      { where: 'answer', text: JSON.stringify([refused.body, ...refused.headers]) },
      ...items.map((item) => ({ where: `${item.pk} ${item.sk}`, text: JSON.stringify(item) })),
    ];
    expect(items.filter((item) => String(item.pk).startsWith('WEBHOOK#')).length).toBeGreaterThan(5);
    expect(logLines.join('')).toContain('"step":"EhrWebhook"');
    const canaries = [ACTOR, REASON, 'Quíllfeather', 'Wynnéthorpe', secret, secret.slice('whsec_'.length)];
    expect(find(canaries, texts)).toEqual([]);
  });
});
