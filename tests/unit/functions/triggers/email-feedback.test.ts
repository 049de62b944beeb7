import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../../functions/domain/case/account.ts';
import { executionName } from '../../../../functions/domain/identity.ts';
import { takeEmailFeedback } from '../../../../functions/triggers/email-feedback.ts';
import { SES_FIXTURES, type SesFixture, sesFixture, sesFixtureOf } from '../../../support/harness/ses-fixtures.ts';
import { accepted, type FeedbackWorld, feedbackWorld, NOW, SENT_AT } from '../../../support/worlds/feedback-world.ts';
import { find } from '../../../system/scenarios/canary-search.ts';

let world: FeedbackWorld;
const lines: string[] = [];
beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  world = await feedbackWorld();
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const record = (body: unknown, messageId = 'm1') =>
  ({ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) }) as SQSRecord;
/** What the one line of the log says. */
const logged = () => {
  const said = lines.map((line) => JSON.parse(line));
  expect(said).toHaveLength(1);
  return said[0];
};
const digestOf = (address: string) => `mac-${Buffer.from(address).toString('hex')}`;

interface Follows {
  decision: string;
  /** What the chart is told, and what is counted; nothing where nothing follows. */
  fate?: string;
  counted?: string;
  account?: (address: string, sesId: string) => Partial<Account>;
}

const owed = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false } as const;
const bounced: Follows = {
  decision: 'STARTED',
  fate: 'BOUNCED',
  counted: 'PERMANENT_BOUNCE',
  account: (address) => ({ rejectedAddresses: [digestOf(address)], message: owed }),
};
const returned = (fate: string, counted: string): Follows => ({
  decision: 'NOTED',
  fate,
  counted,
  account: (_address, sesId) => ({
    message: { ...accepted(sesId), state: 'OWED', returns: 1, notBefore: '2026-06-16' },
    nextCheckDay: '2026-06-16',
  }),
});
const complained: Follows = {
  decision: 'STARTED',
  fate: 'COMPLAINED',
  counted: 'COMPLAINT',
  account: (address) => ({ rejectedAddresses: [digestOf(address)], complainedAt: '2026-06-15T12:10:00Z' }),
};
const nothing: Follows = { decision: 'NOTHING' };

const FOLLOWS: Record<string, Follows> = {
  'bounce-automatic-answer': returned('RETURNED', 'UNREPORTED_BOUNCE'),
  'bounce-no-email': bounced,
  'bounce-on-account-suppression-list': bounced,
  'bounce-permanent': bounced,
  'bounce-suppressed': bounced,
  'bounce-transient-attachment-rejected': returned('RETURNED', 'SOFT_BOUNCE'),
  'bounce-transient-content-rejected': returned('RETURNED', 'SOFT_BOUNCE'),
  'bounce-transient-general': returned('RETURNED', 'SOFT_BOUNCE'),
  'bounce-transient-mailbox-full': returned('RETURNED', 'SOFT_BOUNCE'),
  'bounce-transient-message-too-large': returned('RETURNED', 'SOFT_BOUNCE'),
  'bounce-undetermined': returned('RETURNED', 'UNREPORTED_BOUNCE'),
  click: nothing,
  complaint: complained,
  'complaint-not-spam': nothing,
  'complaint-on-account-suppression-list': bounced,
  'complaint-without-report': complained,
  delivery: { decision: 'NOTED', fate: 'DELIVERED', counted: 'DELIVERED' },
  'delivery-delay': nothing,
  open: nothing,
  reject: returned('NOT_SENT', 'NOT_SENT'),
  'rendering-failure': returned('NOT_SENT', 'NOT_SENT'),
  send: nothing,
  subscription: nothing,
};

describe('each event that SES documents, through the function', () => {
  it('is here', () => expect(Object.keys(FOLLOWS)).toEqual(SES_FIXTURES.toSorted()));

  it.each(Object.entries(FOLLOWS))('%s', async (name, { decision, fate, counted, account }) => {
    const { patientId, mail, address } = await world.patient();
    const before = await world.account(patientId);
    const [told, count] = [world.told.length, world.counted.length];
    const event = sesFixtureOf(name, { ...mail, address });
    expect(await takeEmailFeedback(world.ports, [record(event)])).toEqual({ batchItemFailures: [] });
    expect(logged()).toMatchObject({ step: 'EmailFeedback', due: decision });
    const after = await world.account(patientId);
    const more = account?.(address, mail.sesId) ?? {};
    expect(after).toMatchObject({ ...before, ...more, version: expect.any(String), ...startedAs(patientId, decision) });
    const receivedAt = fate === 'DELIVERED' ? '2026-06-15T12:00:03Z' : '–';
    expect(world.told.slice(told)).toEqual(fate === undefined ? [] : [`${fate} ${mail.sesId} ${receivedAt}`]);
    expect(world.counted.slice(count)).toEqual(counted === undefined ? [] : [counted]);
    // Told twice, it is known.
    lines.length = 0;
    await takeEmailFeedback(world.ports, [record(event)]);
    expect(logged().due).toBe(decision === 'NOTHING' ? 'NOTHING' : 'KNOWN');
    expect(await world.account(patientId)).toEqual(after);
    expect([world.told.length, world.counted.length]).toEqual([
      told + (fate === undefined ? 0 : 1),
      count + (counted === undefined ? 0 : 1),
    ]);
  });
});

/** What the start of an execution writes into the account. */
function startedAs(patientId: string, decision: string): Partial<Account> {
  if (decision !== 'STARTED') return {};
  const execution = executionName(patientId, 2);
  return { attempt: 2, execution, lease: expect.objectContaining({ owner: execution }), nextCheckDay: '2026-06-15' };
}

describe('what is no event of SES', () => {
  const CANARY = 'wynne.canary@mail.example';
  const withCanary = (change: (event: SesFixture & { detail: { bounce?: object } }) => unknown) => {
    const event = JSON.parse(
      JSON.stringify(sesFixture('bounce-permanent')).replaceAll('pat.fixture@mail.example', CANARY),
    );
    change(event);
    return event;
  };
  it.each<[string, unknown, string]>([
    ['no JSON', `{"detail":"${CANARY}"`, 'NO_JSON'],
    ['nothing', '', 'NO_JSON'],
    ['null', null, 'NO_SES_EVENT: '],
    ['a list', [CANARY], 'NO_SES_EVENT: '],
    ['of another service', withCanary((event) => Object.assign(event, { source: CANARY })), 'NO_SES_EVENT: source'],
    [
      'without a mail',
      withCanary(({ detail }) => Object.assign(detail, { mail: CANARY })),
      'NO_SES_EVENT: detail.mail',
    ],
    [
      'a bounce of no type',
      withCanary(({ detail }) => Object.assign(detail.bounce ?? {}, { bounceType: CANARY })),
      'NO_SES_EVENT: detail.bounce.bounceType',
    ],
    [
      'of a type that is an address',
      withCanary(({ detail }) => Object.assign(detail, { eventType: CANARY })),
      'NO_SES_EVENT: detail.eventType',
    ],
    [
      'with a member that is an address',
      withCanary(({ detail }) => Object.assign(detail, { [CANARY]: CANARY, mail: { [CANARY]: CANARY } })),
      'NO_SES_EVENT: detail.mail.timestamp, detail.mail.messageId, detail.mail.destination',
    ],
  ])('%s: fails clearly, and says nothing of it', async (_what, body, code) => {
    expect(await takeEmailFeedback(world.ports, [record(body, 'm7')])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm7' }],
    });
    expect(logged()).toMatchObject({ step: 'EmailFeedback', error: 'StepContractError', code });
    expect(find([CANARY, 'wynne'], [{ where: 'log', text: lines.join() }])).toEqual([]);
  });

  it('leaves the others of its batch alone', async () => {
    const [one, other] = [await world.patient(), await world.patient()];
    const batch = [
      record(sesFixtureOf('delivery', { ...one.mail, address: one.address }), 'm1'),
      record('{', 'm2'),
      record(sesFixtureOf('bounce-permanent', { ...other.mail, address: other.address }), 'm3'),
    ];
    expect(await takeEmailFeedback(world.ports, batch)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect((await world.account(other.patientId)).message).toMatchObject({ state: 'OWED' });
  });
});

describe('a mail that the record does not know', () => {
  const unknown = (sentAt: string) =>
    sesFixtureOf('bounce-permanent', { sesId: 'unknown-1', address: 'a@b.example', sentAt });
  it('is asked for again while it is young: the record may not know it yet', async () => {
    const tenMinutesAgo = new Date(NOW - 10 * 60 * 1000 + 1000).toISOString();
    const told = await takeEmailFeedback(world.ports, [record(unknown(tenMinutesAgo))]);
    expect(told.batchItemFailures).toHaveLength(1);
    expect(logged()).toMatchObject({ error: 'MessageUnknownError', code: 'NOT_NOTED_YET' });
  });
  it('belongs to another sender afterwards, and ends harmlessly', async () => {
    const [told, count] = [world.told.length, world.counted.length];
    expect(await takeEmailFeedback(world.ports, [record(unknown(SENT_AT))])).toEqual({ batchItemFailures: [] });
    expect(logged()).toMatchObject({ due: 'UNKNOWN_MESSAGE' });
    expect(world.told.slice(told)).toEqual([]);
    expect(world.counted.slice(count)).toEqual(['UNKNOWN_MESSAGE']);
  });
});

describe('generated events', () => {
  /** Any documented event, of one of a few mails or of an unknown one; in any order, some of them spoilt. */
  const events = (mails: number) =>
    fc.array(
      fc.record({
        name: fc.constantFrom(...SES_FIXTURES),
        mail: fc.nat({ max: mails }),
        spoil: fc.option(fc.constantFrom('source', 'detail', 'time', 'detail-type'), { freq: 6 }),
      }),
      { minLength: 1, maxLength: 12 },
    );

  it('whatever comes: each is taken or refused, an ended case is started once for all, and no address gets out', async () => {
    await fc.assert(
      fc.asyncProperty(events(2), async (generated) => {
        lines.length = 0;
        const patients = [await world.patient(), await world.patient()];
        const batch = generated.map(({ name, mail, spoil }, index) => {
          const patient = patients[mail];
          const of = patient
            ? { ...patient.mail, address: patient.address }
            : { sesId: 'unknown-2', address: 'x@y.example', sentAt: SENT_AT };
          const event = { ...sesFixtureOf(name, of), ...(spoil !== null && { [spoil]: 7 }) };
          return record(event, `m${index}`);
        });
        const { batchItemFailures } = await takeEmailFeedback(world.ports, batch);
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const [index, { spoil }] of generated.entries()) {
          if (spoil !== null) expect(failed).toContain(`m${index}`);
        }
        for (const { patientId, address, mail } of patients) {
          const account = await world.account(patientId);
          // Once an execution has begun, the others wait for its end.
          expect(account.attempt).toBeLessThanOrEqual(2);
          expect(account.rejectedAddresses.length).toBeLessThanOrEqual(1);
          const text = JSON.stringify([account, lines, world.told, await world.ports.sentMessages.read(mail.sesId)]);
          expect(text).not.toContain(address);
          expect(text).not.toContain('canary@');
        }
      }),
      { numRuns: 60 },
    );
  });
});
