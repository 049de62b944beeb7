import type { Communication, ContactPoint, DocumentReference, Patient, Task } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { release } from '../../../functions/usecases/staff/decisions.ts';
import type { Mail } from '../../../local/ses/mailbox.ts';
import { eventOf, type Telling } from '../../../local/ses/ses-events.ts';
import { type EhrSender, ehrSender, secretOf } from '../../support/harness/ehr-sender.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let ehr: EhrSender;
beforeAll(async () => {
  running = await runPlatform();
  ehr = ehrSender(running.platform.endpoints.webhooks, await secretOf(running.platform.url));
});
afterAll(() => running.close());

const SUPPRESSED = { outcome: 'EMAIL_MISSING', reason: 'SUPPRESSED' };
const REGENERATED = { outcome: 'REGENERATED', reason: null };
const ASKED = ['enter-email'];

let admitted = 0;
/** A unique address, at SES's mailbox simulator or elsewhere. */
const fresh = (scenario: string, domain = 'simulator.amazonses.com') => `${scenario}+case${++admitted}@${domain}`;
const entered = (...addresses: string[]): ContactPoint[] =>
  addresses.map((value, index) => ({ system: 'email', value, rank: index + 1 }));

/** A patient with an expired PIN, taken through the workflow; the SES events have been processed. */
async function taken(...addresses: string[]): Promise<string> {
  const id = await running.admit({ patient: () => ({ telecom: entered(...addresses) }) });
  const { execution } = await running.take(id);
  expect(JSON.parse(execution.output ?? 'null')).toEqual(REGENERATED);
  await running.platform.settled();
  return id;
}

const mailsTo = (address: string): Mail[] =>
  running.platform.mailbox.mails().filter((mail) => mail.sent.destination[0] === address);
const openTasks = async (id: string) =>
  (await running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`)).map((task) => task.code?.coding?.[0]?.code);
const liveDocuments = async (id: string) =>
  (await running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`)).map(
    (each) => each.id,
  );
/** What the chart says of each mail, oldest first. */
const filed = async (id: string) =>
  (await running.fhir<Communication>(`Communication?subject=Patient/${id}`)).map(({ status, statusReason }) =>
    `${status} ${statusReason?.text ?? ''}`.trim(),
  );

async function enter(id: string, ...addresses: string[]) {
  const { fhir, fhirAuthorization: authorization } = running.platform.endpoints;
  const url = `${fhir}/Patient/${id}`;
  const patient = (await (await fetch(url, { headers: { authorization } })).json()) as Patient;
  const headers = { 'content-type': 'application/fhir+json', authorization };
  const body = JSON.stringify({ ...patient, telecom: entered(...addresses) });
  expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(200);
}

/** Staff enter another address, and the EHR says so. */
async function readdressed(id: string, ...addresses: string[]) {
  await enter(id, ...addresses);
  const timestamp = toInstant(running.platform.clock.now());
  const { body } = await ehr.deliver({ type: 'patient.email_changed', timestamp, data: { patientId: id } });
  await running.platform.settled();
  return body.decision;
}

/** SES tells something of a mail, after which all that follows has ended. */
async function told(mail: Mail | undefined, ...tellings: Telling[]) {
  if (mail === undefined) throw new Error('no such mail');
  running.platform.emailEvents.publish(tellings.flatMap((telling) => eventOf(mail, telling) ?? []));
  await running.platform.settled();
}

const tomorrow = async () => {
  await running.platform.clock.advance('P1D');
  await running.platform.settled();
};

describe('an address that bounces', () => {
  it.each(['bounce', 'suppressionlist'])(
    '%s@: the front desk is asked; at the next address the same PIN arrives',
    async (scenario) => {
      const address = fresh(scenario);
      const id = await taken(address);
      expect(await running.account(id)).toMatchObject({ ...SUPPRESSED, attempt: 2, message: { state: 'OWED' } });
      expect(await openTasks(id)).toEqual(ASKED);
      expect(await filed(id)).toEqual(['stopped BOUNCED']);
      const [pin, ...others] = await liveDocuments(id);
      expect(others).toEqual([]);
      const next = fresh('next', 'example.com');
      expect(await readdressed(id, next)).toBe('STARTED');
      expect(await running.account(id)).toMatchObject({ ...REGENERATED, document: pin, attempt: 3 });
      expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
      expect(await openTasks(id)).toEqual([]);
      expect(await liveDocuments(id)).toEqual([pin]);
      expect(await filed(id)).toEqual(['stopped BOUNCED', 'completed']);
    },
  );

  it('with a second address: the mail goes there automatically, and staff are not asked', async () => {
    const [address, next] = [fresh('bounce'), fresh('second', 'example.com')];
    const id = await taken(address, next);
    expect(await running.account(id)).toMatchObject({ ...REGENERATED, attempt: 2 });
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
    expect(await openTasks(id)).toEqual([]);
  });

  it('one after the other: each is tried once, then the front desk is asked', async () => {
    const addresses = [fresh('bounce'), fresh('suppressionlist'), fresh('bounce')];
    const id = await taken(...addresses);
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    expect(addresses.map((address) => mailsTo(address).length)).toEqual([1, 1, 1]);
    expect(await openTasks(id)).toEqual(ASKED);
  });

  it('stays so until it changes: not at the next look, and not with the next PIN', async () => {
    const address = fresh('bounce');
    const id = await taken(address);
    expect(await readdressed(id, address)).toBe('STARTED');
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    await running.platform.clock.advance('P31D');
    await running.platform.settled();
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    expect(mailsTo(address)).toHaveLength(1);
    expect(await openTasks(id)).toEqual(ASKED);
  });

  it('may be mended: a person releases it, and the mail goes out again', async () => {
    const address = fresh('mended', 'example.com');
    const id = await taken(address);
    await told(mailsTo(address)[0], 'Bounce');
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    const answer = await release(running.decisionPorts, { patientId: id, actor: 'ann', reason: 'mailbox is back' });
    expect(answer.decision).toBe('STARTED');
    await running.platform.settled();
    expect(await running.account(id)).toMatchObject({ ...REGENERATED, rejectedAddresses: [] });
    expect(mailsTo(address)).toHaveLength(2);
    expect(await openTasks(id)).toEqual([]);
  });
});

describe('a complaint', () => {
  it('sends nothing more there; at the address that comes in its place the living PIN is told of', async () => {
    const address = fresh('complaint');
    const id = await taken(address);
    expect(await running.account(id)).toMatchObject({ ...SUPPRESSED, attempt: 2 });
    expect(await openTasks(id)).toEqual(ASKED);
    expect(await filed(id)).toEqual(['completed COMPLAINED']);
    expect(mailsTo(address)).toHaveLength(1);
    const next = fresh('next', 'example.com');
    await readdressed(id, next);
    expect(await running.account(id)).toMatchObject(REGENERATED);
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
    expect(await openTasks(id)).toEqual([]);
  });

  it('with another address beside it: the patient has had the mail, and gets no second one', async () => {
    const [address, next] = [fresh('complaint'), fresh('second', 'example.com')];
    const id = await taken(address, next);
    expect(await running.account(id)).toMatchObject({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED', attempt: 2 });
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 0]);
    expect(await openTasks(id)).toEqual([]);
  });

  it('about a patient registered meanwhile starts nothing', async () => {
    const address = fresh('late', 'example.com');
    const id = await taken(address);
    const timestamp = toInstant(running.platform.clock.now() + 1_000);
    await running.change(id, { outcome: 'NOT_NEEDED', reason: 'ALREADY_REGISTERED', nextCheckDay: null });
    await ehr.deliver({ type: 'portal.registered', timestamp, data: { patientId: id } });
    await told(mailsTo(address)[0], 'Complaint');
    expect(await running.account(id)).toMatchObject({ attempt: 1, nextCheckDay: null });
    expect((await running.account(id)).rejectedAddresses).toHaveLength(1);
  });
});

describe('a soft bounce', () => {
  it('is sent again a day later each time; then the address counts as dead', async () => {
    const address = fresh('full', 'example.com');
    const id = await taken(address);
    for (const returns of [1, 2]) {
      await told(mailsTo(address).at(-1), 'SoftBounce');
      expect(await running.account(id)).toMatchObject({ ...REGENERATED, message: { state: 'OWED', returns } });
      expect(mailsTo(address)).toHaveLength(returns);
      await tomorrow();
      expect(mailsTo(address)).toHaveLength(returns + 1);
      expect(await running.account(id)).toMatchObject({ ...REGENERATED, message: { state: 'ACCEPTED', returns } });
    }
    await told(mailsTo(address).at(-1), 'SoftBounce');
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    expect(mailsTo(address)).toHaveLength(3);
    expect(await openTasks(id)).toEqual(ASKED);
    expect(await filed(id)).toEqual(['stopped RETURNED', 'stopped RETURNED', 'stopped RETURNED']);
  });

  it('waits for no day when there is another address', async () => {
    const [address, next] = [fresh('full', 'example.com'), fresh('next', 'example.com')];
    const id = await taken(address);
    await told(mailsTo(address)[0], 'SoftBounce');
    expect(await readdressed(id, next)).toBe('STARTED');
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
    await tomorrow();
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
  });

  it('that is told twice counts once', async () => {
    const address = fresh('full', 'example.com');
    const id = await taken(address);
    await told(mailsTo(address)[0], 'SoftBounce', 'SoftBounce');
    await told(mailsTo(address)[0], 'SoftBounce');
    expect((await running.account(id)).message).toMatchObject({ state: 'OWED', returns: 1 });
  });
});

describe('a mail that arrived', () => {
  it('is received, says the chart; nothing else changes', async () => {
    const id = await taken(fresh('success'));
    expect(await running.account(id)).toMatchObject({ ...REGENERATED, attempt: 1, message: { state: 'ACCEPTED' } });
    const [communication] = await running.fhir<Communication>(`Communication?subject=Patient/${id}`);
    expect(communication).toMatchObject({ status: 'completed', received: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it.each<[string, Telling[]]>([
    ['before the delivery', ['AutomaticAnswer', 'Delivery']],
    ['after it', ['Delivery', 'AutomaticAnswer']],
  ])('and was answered by itself, which is told %s: nothing is sent again', async (_when, tellings) => {
    const address = fresh('away', 'example.com');
    const id = await taken(address);
    const before = await running.account(id);
    for (const telling of tellings) await told(mailsTo(address)[0], telling);
    expect(await running.account(id)).toEqual({ ...before, version: expect.any(String) });
    await tomorrow();
    expect(mailsTo(address)).toHaveLength(1);
    expect(await filed(id)).toEqual(['completed']);
  });

  it('ooto@ arrives', async () => {
    const address = fresh('ooto');
    const id = await taken(address);
    expect(await running.account(id)).toMatchObject({ ...REGENERATED, attempt: 1 });
    expect(await filed(id)).toEqual(['completed']);
  });

  it('a delivery that is told after the bounce makes no difference', async () => {
    const address = fresh('late', 'example.com');
    const id = await taken(address);
    await told(mailsTo(address)[0], 'Bounce');
    await told(mailsTo(address)[0], 'Delivery');
    expect(await running.account(id)).toMatchObject(SUPPRESSED);
    expect(await filed(id)).toEqual(['stopped BOUNCED']);
  });
});

describe('a mail that SES keeps', () => {
  it('is tried again as a soft bounce is; then a person is asked to tell the patient', async () => {
    const address = fresh('virus', 'example.com');
    const id = await taken(address);
    for (let again = 0; again < 2; again++) {
      await told(mailsTo(address).at(-1), 'Reject');
      await tomorrow();
    }
    await told(mailsTo(address).at(-1), 'Reject');
    expect(await running.account(id)).toMatchObject({ outcome: 'FAILED', reason: 'EmailRejectedError' });
    expect(await openTasks(id)).toEqual(['notify-patient']);
    expect(await filed(id)).toEqual(['not-done NOT_SENT', 'not-done NOT_SENT', 'not-done NOT_SENT']);
    const next = fresh('next', 'example.com');
    await readdressed(id, next);
    expect(await running.account(id)).toMatchObject(REGENERATED);
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([3, 1]);
    expect(await openTasks(id)).toEqual([]);
  });
});

describe('late events and events of unknown mails', () => {
  it('a bounce of the old PIN’s mail does not touch the new PIN', async () => {
    const address = fresh('slow', 'example.com');
    const id = await taken(address);
    const [old] = mailsTo(address);
    await running.platform.clock.advance('P31D');
    await running.platform.settled();
    const before = await running.account(id);
    expect(mailsTo(address).length).toBeGreaterThan(1);
    await told(old, 'Bounce', 'Complaint', 'SoftBounce');
    expect(await running.account(id)).toEqual(before);
  });

  it('an event about another sender’s mail is dropped once it is ten minutes old', async () => {
    const address = fresh('other', 'example.com');
    await taken(address);
    const [mail] = mailsTo(address);
    if (mail === undefined) throw new Error('no mail');
    const hour = 60 * 60;
    const dead = running.platform.emailEvents.deadLetters.length;
    await told({ ...mail, messageId: 'another-sender-1', at: mail.at - hour }, 'Bounce');
    expect(running.platform.emailEvents.deadLetters).toHaveLength(dead);
    // A young one is told again: the record may not know the mail yet.
    await told({ ...mail, messageId: 'another-sender-2' }, 'Bounce');
    expect(running.platform.emailEvents.deadLetters).toHaveLength(dead + 1);
  });

  it('while starts are paused nothing starts, and the next sweep takes it', async () => {
    const [address, next] = [fresh('paused', 'example.com'), fresh('next', 'example.com')];
    const id = await taken(address, next);
    const { pauseSwitch } = running.decisionPorts;
    await pauseSwitch.set({ actor: 'ops', reason: 'test', at: toInstant(running.platform.clock.now()) });
    await told(mailsTo(address)[0], 'Bounce');
    await pauseSwitch.set(null);
    expect(await running.account(id)).toMatchObject({ attempt: 1, message: { state: 'OWED' } });
    await tomorrow();
    expect(await running.account(id)).toMatchObject(REGENERATED);
    expect([mailsTo(address).length, mailsTo(next).length]).toEqual([1, 1]);
  });
});
