/** EmailFeedback breaks at each of its outside calls, and the queue repeats the event: the effect happens once. */
import type { SQSEvent } from 'aws-lambda';
import type { Communication } from 'fhir/r4';
import pMap from 'p-map';
import { afterAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../../functions/domain/time/calendar.ts';
import { email } from '../../../local/demo/chart-builders.ts';
import type { Mail } from '../../../local/ses/mailbox.ts';
import { eventOf, type Telling } from '../../../local/ses/ses-events.ts';
import { type PatientState, stateOf } from '../../support/harness/chart-state.ts';
import { addressOf, chart } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import { FAILURES, type Failure, holdAt } from '../../support/harness/failures.ts';
import { Invocation } from '../../support/harness/invocation.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());
const { handler } = await import('../../../functions/triggers/email-feedback.ts');

const secondOf = (patientId: string) => `${patientId}@second.example.com`;

/** What must be so in the end. */
interface Expected {
  ending: [outcome: string, reason: string | null];
  /** Executions there were in all. */
  attempts: number;
  message: object;
  /** Mails to the first address and to the second. */
  mails: [number, number];
  /** What the chart says of each mail. */
  filed: string[];
  staffTasks: string[];
  /** Days from today on. */
  nextLook?: number;
}

interface Scenario {
  telling: Telling;
  name: string;
  hasSecond?: true;
  expected: Expected;
}

const SUPPRESSED: Expected['ending'] = ['EMAIL_MISSING', 'SUPPRESSED'];
const REGENERATED: Expected['ending'] = ['REGENERATED', null];

const SCENARIOS: Scenario[] = [
  {
    name: 'the only address bounces',
    telling: 'Bounce',
    expected: {
      ending: SUPPRESSED,
      attempts: 2,
      message: { state: 'OWED', sesId: null },
      mails: [1, 0],
      filed: ['stopped BOUNCED'],
      staffTasks: ['enter-email SUPPRESSED'],
    },
  },
  {
    name: 'the first of two addresses bounces',
    telling: 'Bounce',
    hasSecond: true,
    expected: {
      ending: REGENERATED,
      attempts: 2,
      message: { state: 'ACCEPTED', filed: true },
      mails: [1, 1],
      filed: ['stopped BOUNCED', 'completed'],
      staffTasks: [],
    },
  },
  {
    name: 'a complaint',
    telling: 'Complaint',
    expected: {
      ending: SUPPRESSED,
      attempts: 2,
      message: { state: 'OWED', sesId: null },
      mails: [1, 0],
      filed: ['completed COMPLAINED'],
      staffTasks: ['enter-email SUPPRESSED'],
    },
  },
  {
    name: 'a soft bounce',
    telling: 'SoftBounce',
    expected: {
      ending: REGENERATED,
      attempts: 1,
      message: { state: 'OWED', returns: 1 },
      mails: [1, 0],
      filed: ['stopped RETURNED'],
      staffTasks: [],
      nextLook: 1,
    },
  },
  {
    name: 'SES keeps the mail',
    telling: 'Reject',
    expected: {
      ending: REGENERATED,
      attempts: 1,
      message: { state: 'OWED', returns: 1 },
      mails: [1, 0],
      filed: ['not-done NOT_SENT'],
      staffTasks: [],
      nextLook: 1,
    },
  },
  {
    name: 'a delivery',
    telling: 'Delivery',
    expected: {
      ending: REGENERATED,
      attempts: 1,
      message: { state: 'ACCEPTED', filed: true },
      mails: [1, 0],
      filed: ['completed received'],
      staffTasks: [],
    },
  },
];

let patients = 0;
/** A patient notified of a new PIN. */
async function told({ hasSecond }: Pick<Scenario, 'hasSecond'>): Promise<string> {
  const id = `feedback-${++patients}`;
  const telecom = [email(addressOf(id), { rank: 1 }), ...(hasSecond ? [email(secondOf(id), { rank: 2 })] : [])];
  await practice.admit([chart(id, practice.platform.clock.now(), 31, { telecom })]);
  await practice.run(id);
  practice.journey(id).heal();
  return id;
}

function mailTo(address: string): Mail {
  const mail = practice.platform.mailbox.mails().find(({ sent }) => sent.destination[0] === address);
  if (mail === undefined) throw new Error(`no mail to ${address}`);
  return mail;
}

/** One delivery of the queue, as an invocation of its own; whether it was taken. */
async function deliver(id: string, telling: Telling): Promise<boolean> {
  const record = { messageId: 'm1', body: JSON.stringify(eventOf(mailTo(addressOf(id)), telling)) };
  const invocation = new Invocation('feedback', id, null);
  try {
    const { batchItemFailures } = await invocation.run(() => handler({ Records: [record] } as unknown as SQSEvent));
    return batchItemFailures.length === 0;
  } catch {
    return false;
  }
}

/** Until it is taken, at most ten times, each when all that the last one started has ended; and once more. */
async function tell(id: string, telling: Telling, onFailure: () => void): Promise<void> {
  let isTaken = await deliver(id, telling);
  for (let tries = 0; !isTaken && tries < 10; tries++) {
    onFailure();
    await practice.quiet();
    isTaken = await deliver(id, telling);
  }
  await practice.quiet();
  expect(isTaken).toBe(true);
  expect(await deliver(id, telling)).toBe(true);
  await practice.quiet();
}

const mailsTo = (address: string) =>
  practice.platform.mailbox.mails().filter(({ sent }) => sent.destination[0] === address).length;
const filedAs = ({ status, statusReason, received }: Communication) =>
  [status, statusReason?.text, received && 'received'].filter(Boolean).join(' ');

/** What is otherwise than it must be. */
async function brokenAfter(id: string, { ending, attempts, message, mails, filed, staffTasks, nextLook }: Expected) {
  const state: PatientState = await stateOf(practice, id);
  const { account, documents, openStaffTasks } = state;
  const is = {
    ending: [account?.outcome, account?.reason],
    attempts: account?.attempt,
    message: Object.fromEntries(Object.entries(account?.message ?? {}).filter(([key]) => key in message)),
    mails: [mailsTo(addressOf(id)), mailsTo(secondOf(id))],
    filed: state.communications.map(filedAs),
    staffTasks: openStaffTasks,
    signed: documents.filter(({ status, docStatus }) => status === 'current' && docStatus === 'final').length,
    lease: account?.lease ?? null,
    endedBy: account?.endedBy === account?.execution,
    ...(nextLook !== undefined && { day: account?.nextCheckDay }),
  };
  const today = dayOf(state.now, practice.ports.practice.timeZone);
  const wanted = { ending, attempts, message, mails, filed, staffTasks, signed: 1, lease: null, endedBy: true };
  const wantedDay = nextLook !== undefined && { day: addDays(today, nextLook) };
  const text = JSON.stringify(is);
  return text === JSON.stringify({ ...wanted, ...wantedDay }) ? [] : [text];
}

/** What can happen to a Lambda that is no step of an execution. */
const CRASHES = FAILURES.filter(({ name, appliesTo }) => appliesTo === undefined && !name.includes('at each retry'));
const SAMPLE: readonly Failure[] = CRASHES.filter(({ name }) => name === 'takes effect, the Lambda dies');
const failures = process.env.PROVE === 'full' ? CRASHES : SAMPLE;

describe.each(SCENARIOS)('$name', (scenario) => {
  const { telling, expected } = scenario;

  it('undisturbed, and told twice', async () => {
    const id = await told(scenario);
    await tell(id, telling, () => expect.unreachable('it fails undisturbed'));
    expect(await brokenAfter(id, expected)).toEqual([]);
  });

  it.each(failures)('$name, at each call', { timeout: 300_000 }, async (failure) => {
    const calm = await told(scenario);
    await deliver(calm, telling);
    const calls = practice.journey(calm).calls.filter(({ step }) => step === 'feedback').length;
    await practice.quiet();
    expect(calls).toBeGreaterThan(4);
    const problems = await pMap(
      Array.from({ length: calls }, (_, index) => index + 1),
      async (nth) => {
        const id = await told(scenario);
        const journey = practice.journey(id);
        journey.fail((call) => call.step === 'feedback' && call.nth === nth, failure);
        let struck = '';
        await tell(id, telling, () => {
          struck ||= journey.struck?.label ?? '';
          // What was down is up again when the queue hands it over once more.
          journey.heal();
        });
        return (await brokenAfter(id, expected)).map((each) => `${failure.name}, call ${nth}, ${struck}: ${each}`);
      },
      { concurrency: 4 },
    );
    expect(problems.flat()).toEqual([]);
  });
});

describe('at once', () => {
  const [onlyBounces] = SCENARIOS;
  if (onlyBounces === undefined) throw new Error('no scenario');

  it('the same event ten times: it follows once', async () => {
    const id = await told({});
    const taken = await Promise.all(Array.from({ length: 10 }, () => deliver(id, 'Bounce')));
    await practice.quiet();
    expect(taken).toContain(true);
    await tell(id, 'Bounce', () => undefined);
    expect(await brokenAfter(id, onlyBounces.expected)).toEqual([]);
  });

  it('a delivery, a bounce and a complaint: the bounce counts', async () => {
    const id = await told({});
    const tellings: Telling[] = ['Delivery', 'Bounce', 'Complaint'];
    await Promise.all(tellings.map((telling) => deliver(id, telling)));
    await practice.quiet();
    for (const telling of tellings) await tell(id, telling, () => undefined);
    expect(await brokenAfter(id, onlyBounces.expected)).toEqual([]);
  });

  it('an event that comes before the sending execution has ended waits for its end', async () => {
    const id = `feedback-${++patients}`;
    await practice.admit([chart(id, practice.platform.clock.now(), 31)]);
    const held = holdAt();
    practice.journey(id).fail(({ label }) => label === 'EHR transaction: POST Communication', held.failure);
    const started = await practice.trigger(id);
    await held.reached;
    // SES is faster than the EHR.
    expect(await deliver(id, 'Bounce')).toBe(false);
    held.release();
    await practice.ended(started?.execution ?? '');
    await tell(id, 'Bounce', () => expect.unreachable('nothing is in its way'));
    expect(await brokenAfter(id, onlyBounces.expected)).toEqual([]);
  });

  it('an event that is faster than the record waits for it', async () => {
    const id = `feedback-${++patients}`;
    await practice.admit([chart(id, practice.platform.clock.now(), 31)]);
    const held = holdAt();
    practice.journey(id).fail(({ label }) => label === 'DynamoDB PutItem MESSAGE', held.failure);
    const started = await practice.trigger(id);
    await held.reached;
    expect(await deliver(id, 'Bounce')).toBe(false);
    held.release();
    await practice.ended(started?.execution ?? '');
    await tell(id, 'Bounce', () => expect.unreachable('nothing is in its way'));
    expect(await brokenAfter(id, onlyBounces.expected)).toEqual([]);
  });
});
