import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmailEvent } from '../../../../../functions/domain/email/email-event.ts';
import { RecordConflictError } from '../../../../../functions/domain/errors.ts';
import { executionName } from '../../../../../functions/domain/identity.ts';
import type { FiledMessage } from '../../../../../functions/ports/ehr/ehr.ts';
import { type EmailEventPorts, takeEmailEvent } from '../../../../../functions/usecases/email/take-email-event.ts';
import { accepted, type FeedbackWorld, feedbackWorld, SENDER } from '../../../../support/worlds/feedback-world.ts';

let world: FeedbackWorld;
beforeAll(async () => {
  world = await feedbackWorld({ dailyLimit: 20 });
});
afterAll(() => world.close());

const AT = '2026-06-15T12:10:00Z';
const said = (kind: EmailEvent['kind'], { sesId, sentAt }: FiledMessage, address = 'pat@mail.example'): EmailEvent => ({
  sesId,
  sentAt,
  address,
  sender: SENDER,
  kind,
  at: AT,
});
const take = (event: EmailEvent, more: Partial<EmailEventPorts> = {}) =>
  takeEmailEvent({ ...world.ports, ...more }, event);

describe('an execution that is at work', () => {
  it('is not disturbed: the event is told again', async () => {
    const execution = executionName('at-work', 7);
    const { patientId, mail } = await world.patient({ execution, attempt: 7 });
    world.set(execution, 'RUNNING');
    for (const kind of ['DELIVERED', 'PERMANENT_BOUNCE'] as const) {
      await expect(take(said(kind, mail))).rejects.toMatchObject({ name: 'LeaseHeldError', code: 'EXECUTION_AT_WORK' });
    }
    expect((await world.account(patientId)).rejectedAddresses).toEqual([]);
    world.set(execution, 'TIMED_OUT');
    // It failed; machines wait for tomorrow, and then the message is owed.
    expect(await take(said('PERMANENT_BOUNCE', mail))).toMatchObject({ decision: 'NOT_DUE', patientId });
    const waits = { outcome: 'FAILED', nextCheckDay: '2026-06-16', message: { state: 'OWED' } };
    expect(await world.account(patientId)).toMatchObject(waits);
    expect((await world.account(patientId)).rejectedAddresses).toHaveLength(1);
  });

  it('that was recorded and never started blocks nothing', async () => {
    const execution = executionName('never-started', 2);
    const { mail } = await world.patient({ execution, attempt: 2 });
    expect(await take(said('PERMANENT_BOUNCE', mail))).toMatchObject({ decision: 'STARTED', execution });
  });

  it('is not asked about where the case has ended', async () => {
    const { mail } = await world.patient();
    const describe = () => expect.unreachable('the smallest quota of all');
    const executions = { ...world.ports.executions, describe };
    expect(await take(said('DELIVERED', mail), { executions })).toMatchObject({ decision: 'NOTED' });
  });
});

describe('an event of a mail that is not in the record', () => {
  const JUST_NOW = '2026-06-15T12:19:59Z';
  const event = (sender: string | null) => ({
    ...said('PERMANENT_BOUNCE', { patientId: 'p0', document: 'd0', sesId: 'foreign-1', sentAt: JUST_NOW }),
    sender,
  });

  it('is dropped and counted where another sender sent it, however young it is', async () => {
    const before = world.counted.length;
    const dropped = { decision: 'FOREIGN_MESSAGE', patientId: null, execution: null };
    expect(await take(event('newsletter@practice.example'))).toEqual(dropped);
    expect(world.counted.slice(before)).toEqual(['FOREIGN_MESSAGE']);
  });
  it.each([SENDER, null])('is told again where %s sent it', async (sender) => {
    await expect(take(event(sender))).rejects.toMatchObject({ name: 'MessageUnknownError' });
  });
});

describe('a mail of an address that the practice has left since', () => {
  it('is ours all the same: the record knows it', async () => {
    const { patientId, mail } = await world.patient();
    expect(await take({ ...said('DELIVERED', mail), sender: 'old@practice.example' })).toMatchObject({ patientId });
  });
});

describe('a start', () => {
  it('takes one from the day’s limit; beyond it the next sweep finds the case', async () => {
    const limited = await feedbackWorld({ dailyLimit: 1 });
    const decisions = [];
    for (let n = 0; n < 2; n++) {
      const { patientId, mail } = await limited.patient();
      decisions.push((await takeEmailEvent(limited.ports, said('PERMANENT_BOUNCE', mail))).decision);
      expect(await limited.account(patientId)).toMatchObject({
        message: { state: 'OWED' },
        nextCheckDay: '2026-06-15',
      });
    }
    expect(decisions).toEqual(['STARTED', 'LEFT_TO_SWEEP']);
    await limited.close();
  });

  it('that is paused takes nothing from it', async () => {
    const { patientId, mail } = await world.patient();
    await world.ports.pauseSwitch.set({ actor: 'ops', reason: 'x', at: AT });
    expect(await take(said('COMPLAINT', mail))).toMatchObject({ decision: 'PAUSED', patientId, execution: null });
    await world.ports.pauseSwitch.set(null);
    expect(await world.account(patientId)).toMatchObject({ complainedAt: AT, nextCheckDay: '2026-06-15', attempt: 1 });
  });

  it('is none for a case with no scheduled check', async () => {
    const { patientId, mail } = await world.patient({ nextCheckDay: null, outcome: 'NOT_NEEDED', reason: 'OPTED_OUT' });
    const before = world.started.length;
    expect(await take(said('PERMANENT_BOUNCE', mail))).toMatchObject({ decision: 'NOTED' });
    expect([world.started.length, (await world.account(patientId)).nextCheckDay]).toEqual([before, null]);
  });

  it('follows for an address that bounces although it was to be avoided: a person is asked, and it goes round no more', async () => {
    const address = 'round@mail.example';
    const rejectedAddresses = [await world.ports.fingerprint.of(address)];
    const { patientId, mail } = await world.patient({ rejectedAddresses });
    expect(await take(said('PERMANENT_BOUNCE', mail, address))).toMatchObject({ decision: 'STARTED' });
    const { message } = await world.account(patientId);
    expect(message).toMatchObject({ state: 'REFUSED', gaveUp: true });
  });
});

describe('a mail of an older PIN', () => {
  it('is filed as it is told, and the case stays', async () => {
    const newer = { document: 'd2', message: { ...accepted('s2'), document: 'd2' } };
    const { patientId, mail } = await world.patient(newer);
    const before = await world.account(patientId);
    for (const kind of ['DELIVERED', 'PERMANENT_BOUNCE', 'COMPLAINT', 'SOFT_BOUNCE', 'NOT_SENT'] as const) {
      expect(await take(said(kind, mail))).toEqual({ decision: 'NOTED', patientId, execution: null });
    }
    expect(await world.account(patientId)).toEqual(before);
    expect(world.told.filter((line) => line.includes(mail.sesId)).at(-1)).toBe(`BOUNCED ${mail.sesId} ${AT}`);
  });
});

describe('a race', () => {
  it('is run again: what another noted meanwhile is seen', async () => {
    const { patientId, mail } = await world.patient();
    let raced = false;
    const sentMessages = {
      ...world.ports.sentMessages,
      noteFeedback: async (...noted: Parameters<EmailEventPorts['sentMessages']['noteFeedback']>) => {
        if (!raced) {
          raced = true;
          await take(said('DELIVERED', mail));
        }
        return world.ports.sentMessages.noteFeedback(...noted);
      },
    };
    expect(await take(said('SOFT_BOUNCE', mail), { sentMessages })).toMatchObject({ patientId });
    const message = await world.ports.sentMessages.read(mail.sesId);
    expect(message?.feedback).toEqual({ DELIVERED: AT, SOFT_BOUNCE: AT });
    // What the chart is told last is what came of both.
    expect(world.told.filter((line) => line.includes(mail.sesId)).at(-1)).toBe(`RETURNED ${mail.sesId} ${AT}`);
    expect((await world.account(patientId)).message).toMatchObject({ state: 'OWED', returns: 1 });
  });

  it('that is lost five times is told again', async () => {
    const { mail } = await world.patient();
    let tries = 0;
    const noteFeedback = async () => {
      tries += 1;
      throw new RecordConflictError('FEEDBACK_CHANGED');
    };
    const taken = take(said('DELIVERED', mail), { sentMessages: { ...world.ports.sentMessages, noteFeedback } });
    await expect(taken).rejects.toMatchObject({ code: 'EMAIL_EVENT_RACES_LOST' });
    expect(tries).toBe(5);
  });
});
