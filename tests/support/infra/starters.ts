/** Lets every function that begins something by itself do all that it can do, each call of it watched. */
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import type { StartRequest } from '../../../functions/usecases/case/start.ts';
import { trackPin } from '../../../functions/usecases/regeneration/track-pin.ts';
import { removalRecord } from '../../../local/dynamodb/dynamodb-stream.ts';
import { eventOf, type Telling } from '../../../local/ses/ses-events.ts';
import { addressOf, chart } from '../harness/charts.ts';
import { freshId, secretOf, signed } from '../harness/ehr-sender.ts';
import type { FailingPractice } from '../harness/failing-practice.ts';
import { Invocation } from '../harness/invocation.ts';
import type { OutsideCall } from '../harness/outside-call.ts';
import { requestOf } from '../requests/http-events.ts';
import { administerAll } from './administering.ts';

/** The patients of the pick-up page and their answers. */
const BORN = { month: '2', day: '29', year: '2000' };

type Handler = (event: object, context: Context) => Promise<unknown>;

/** What EhrWebhook, PickupPage, AdminApi and the other starters asked of the world, as OutsideCalls with the function as step. */
export async function callsOfStarters(practice: FailingPractice): Promise<OutsideCall[]> {
  const handlers = {
    EhrWebhook: (await import('../../../functions/triggers/ehr-webhook.ts')).handler as unknown as Handler,
    SweepMinute: (await import('../../../functions/steps/sweep-minute.ts')).handler as unknown as Handler,
    AdminApi: (await import('../../../functions/admin/admin-api.ts')).handler as unknown as Handler,
    PickupPage: (await import('../../../functions/pickup/pickup-page.ts')).handler as unknown as Handler,
    PinLapsed: (await import('../../../functions/triggers/pin-lapsed.ts')).handler as unknown as Handler,
    EmailFeedback: (await import('../../../functions/triggers/email-feedback.ts')).handler as unknown as Handler,
    DiscoverPage: (await import('../../../functions/steps/discover-page.ts')).handler as unknown as Handler,
  };
  const secret = await secretOf(practice.platform.url);
  const seen = practice.journey('starters');
  let patients = 0;

  const run = (name: keyof typeof handlers, event: object) =>
    new Invocation(name, seen.patientId, null).run(() => handlers[name](event, {} as Context));

  /** Of a patient with a PIN of so many days. */
  async function admitted(days: number, isTracked: boolean): Promise<string> {
    const patientId = `started-${++patients}`;
    await practice.admit([chart(patientId, practice.platform.clock.now(), days)]);
    if (isTracked) await trackPin(practice.ports, patientId);
    return patientId;
  }

  /** With an execution that has begun and does not end until `release` is called. */
  async function running(): Promise<{ patientId: string; release(): Promise<unknown> }> {
    return runningOf(await admitted(31, true), 'machine');
  }

  async function runningOf(patientId: string, trigger: StartRequest['trigger']) {
    const { promise, resolve } = Promise.withResolvers<void>();
    practice.journey(patientId).beforeStep = () => promise;
    const answer = await practice.trigger(patientId, trigger);
    if (answer?.decision !== 'STARTED') throw new Error(`${patientId} was not started: ${answer?.decision}`);
    return {
      patientId,
      release() {
        resolve();
        return practice.ended(answer.execution);
      },
    };
  }

  async function webhook(type: EhrEvent['type'], patientId: string, more: object = {}): Promise<void> {
    const timestamp = toInstant(practice.platform.clock.now());
    const body = JSON.stringify({ type, timestamp, data: { patientId, ...more } });
    await run('EhrWebhook', requestOf(body, signed(secret, freshId(), body)));
  }

  async function lapse(patientId: string): Promise<void> {
    const account = await practice.ports.cases.read(patientId);
    const { document, expiresAt } = account ?? {};
    const keys = { pk: { S: `PATIENT#${patientId}` }, sk: { S: 'PIN' } };
    const image = { ...keys, document: { S: String(document) }, expiresAt: { S: String(expiresAt) } };
    const { now } = practice.platform.clock;
    const event: DynamoDBStreamEvent = { Records: [removalRecord('arn:aws:dynamodb', keys, image, 1, now())] };
    await run('PinLapsed', event);
  }

  /** Answers on the page of the newest mail to a patient; what it answered. */
  async function pickUp(patientId: string, fields: Record<string, string>): Promise<string> {
    const mails = practice.platform.mailbox
      .mails()
      .filter(({ sent }) => sent.destination.includes(addressOf(patientId)));
    const token = /\/pickup\/([\w-]+)/.exec(mails.at(-1)?.body.text ?? '')?.[1] ?? '';
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = requestOf(new URLSearchParams(fields).toString(), form, { path: '/pickup/{token}' });
    const answer = await run('PickupPage', { ...request, pathParameters: { token } });
    return (answer as { body: string }).body;
  }

  /** A patient with a mail and a lapsing PIN, and an answer on the page before and after. */
  async function picksUp(): Promise<string> {
    const patientId = `started-${++patients}`;
    const born = { birthDate: '2000-02-29' };
    await practice.admit([chart(patientId, practice.platform.clock.now(), 31, born)]);
    await practice.run(patientId);
    await pickUp(patientId, BORN);
    return patientId;
  }

  /** What SES tells of the mail that the patient's execution sent, while another one runs and when it has ended. */
  async function emailFeedback(telling: Telling): Promise<void> {
    const patientId = await admitted(31, true);
    await practice.run(patientId);
    const { release } = await runningOf(patientId, 'person');
    const [mail] = practice.platform.mailbox.mails().filter(({ sent }) => sent.destination[0] === addressOf(patientId));
    const body = JSON.stringify(mail && eventOf(mail, telling));
    const told = () => run('EmailFeedback', { Records: [{ messageId: freshId(), body }] });
    await told();
    await release();
    await told();
  }

  const sweep = () => run('SweepMinute', { execution: `sweep-${freshId()}`, dryRun: false, cursor: null });

  const held = await running();
  const young = await admitted(3, false);
  await webhook('pin.issued', young);
  await webhook('pin.regeneration_requested', young, { actor: 'ann', reason: 'lost', force: true });
  await webhook('pin.regeneration_requested', held.patientId, { actor: 'ann', reason: 'lost', force: false });
  await webhook('portal.registered', await admitted(3, true));
  await admitted(31, true);
  await sweep();
  await lapse(held.patientId);
  await lapse(await admitted(31, true));
  await emailFeedback('Delivery');
  await emailFeedback('Bounce');
  await admitted(3, false);
  await run('DiscoverPage', { execution: `discovery-${freshId()}`, cursor: null });
  await held.release();
  await practice.quiet();
  await administerAll(practice, (event) => run('AdminApi', event), held.patientId);
  await practice.quiet();
  const picked = await picksUp();
  await practice.platform.clock.advance('P30D');
  const proof = /name="proof" value="([^"]+)"/.exec(await pickUp(picked, BORN))?.[1] ?? '';
  // Pressed twice: the second one asks how the execution of the first one stands.
  const { promise, resolve } = Promise.withResolvers<void>();
  practice.journey(picked).beforeStep = () => promise;
  await pickUp(picked, { proof });
  await pickUp(picked, { proof });
  resolve();
  await practice.quiet();
  return seen.calls;
}
