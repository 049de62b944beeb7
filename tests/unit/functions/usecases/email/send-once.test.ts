import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../../../../functions/domain/case/account.ts';
import {
  AwsUnavailableError,
  ConfigurationError,
  EmailRejectedError,
  EmailThrottledError,
  NotificationFateUnknownError,
  RecordConflictError,
} from '../../../../../functions/domain/errors.ts';
import type { CaseRecords } from '../../../../../functions/ports/case/case-records.ts';
import type { FiledMessage } from '../../../../../functions/ports/ehr/ehr.ts';
import { sendOnce } from '../../../../../functions/usecases/email/send-once.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const MAIL = { to: 'pat@example.com', from: 'a@practice.example', subject: 's', text: 't', html: 'h' };
const message: Message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false };
const account: Account = {
  ...newAccount('p1'),
  document: 'd1',
  message,
  rejectedAddresses: ['old'],
  pickupToken: 'earlier',
};

const notRead = () => Promise.reject(new Error('read'));

describe('a mail that SES took', () => {
  /** What is written, in this order, where each write may fail. */
  async function sent(failing: 'SentMessages.put' | 'none') {
    const down = new AwsUnavailableError('HTTP_503');
    const written: string[] = [];
    const sentMessages = {
      put: async ({ sesId }: FiledMessage) => {
        written.push(`message ${sesId}`);
        if (failing === 'SentMessages.put') throw down;
      },
    };
    const cases: CaseRecords = {
      read: notRead,
      save: async (_previous: Account | null, next: Account) => {
        written.push(`account ${next.message?.state}`);
        return next;
      },
    };
    const ports = {
      cases,
      sentMessages,
      mailer: { send: async () => 's1' },
      fingerprint: { of: async () => 'digest' },
      clock: { now: () => NOW },
    };
    const answer: unknown = await sendOnce(ports, account, message, MAIL, 'newer').catch((caught) => caught);
    return { written, answer };
  }
  const writes = ['account INTENDED', 'message s1', 'account ACCEPTED'];

  it('is noted by its id before it is accepted: SES may tell of it at once', async () => {
    const accepted = { ...message, state: 'ACCEPTED', sesId: 's1' };
    expect(await sent('none')).toMatchObject({ written: writes, answer: { message: accepted } });
  });

  it('stays accepted where the table refuses what is noted next: that error is not about the mail', async () => {
    const saved: Account[] = [];
    const refuses = new ConfigurationError('AccessDeniedException');
    const sentMessages = { put: async () => undefined };
    const cases: CaseRecords = {
      read: notRead,
      save: async (_previous: Account | null, next: Account) => {
        if (next.message?.state === 'ACCEPTED') throw refuses;
        saved.push(next);
        return next;
      },
    };
    const ports = {
      cases,
      sentMessages,
      mailer: { send: async () => 's1' },
      fingerprint: { of: async () => 'digest' },
      clock: { now: () => NOW },
    };
    await expect(sendOnce(ports, account, message, MAIL, 'newer')).rejects.toBe(refuses);
    expect(saved.map((each) => each.message?.state)).toEqual(['INTENDED']);
  });

  it('is accepted also where that cannot be noted, and the step is run again', async () => {
    expect(await sent('SentMessages.put')).toMatchObject({ written: writes, answer: { name: 'AwsUnavailableError' } });
  });
});

describe('a record that another writer changes while the mail is sent', () => {
  const lease = { owner: 'x-1', until: '2026-06-15T13:00:00Z' };
  const leased: Account = { ...account, version: 'v0', lease };

  /** A record that `meanwhile` is written into when SES answers, as a registration or a link that was opened is. */
  async function sentWhile(meanwhile: (stored: Account) => Account, send: () => Promise<string>) {
    let stored = leased;
    let version = 0;
    const put = (next: Account) => (stored = { ...next, version: `v${++version}` });
    const sentMessages = { put: async () => undefined };
    const cases: CaseRecords = {
      read: async () => stored,
      save: async (previous: Account | null, next: Account) => {
        if (previous?.version !== stored.version) throw new RecordConflictError('ACCOUNT_CHANGED');
        return put(next);
      },
    };
    const ports = {
      cases,
      sentMessages,
      mailer: {
        send: () => {
          put(meanwhile(stored));
          return send();
        },
      },
      fingerprint: { of: async () => 'digest' },
      clock: { now: () => NOW },
    };
    const answer: unknown = await sendOnce(ports, leased, message, MAIL, 'newer').catch((caught) => caught);
    return { stored, answer };
  }
  const registered = (stored: Account): Account => ({
    ...stored,
    portalEvent: { status: 'REGISTERED', at: '2026-06-15T12:00:00Z' },
  });

  it('says of a mail that SES took that it was accepted, beside what was written', async () => {
    const { stored, answer } = await sentWhile(registered, async () => 's1');
    const accepted = { message: { state: 'ACCEPTED', sesId: 's1' }, pickupToken: 'newer' };
    expect(stored).toMatchObject({ ...accepted, portalEvent: { status: 'REGISTERED' } });
    expect(answer).toMatchObject({ account: accepted, message: accepted.message });
  });

  it.each([new EmailThrottledError('Throttling'), new EmailRejectedError('InvalidParameterValue')])(
    'says of a mail that SES refused that it was not sent, beside what was written (%s)',
    async (error) => {
      const { stored, answer } = await sentWhile(registered, () => Promise.reject(error));
      expect(answer).toBe(error);
      expect(stored).toMatchObject({ message: { state: 'REFUSED' }, pickupToken: 'earlier' });
      expect(stored.portalEvent?.status).toBe('REGISTERED');
    },
  );

  it.each<[string, Partial<Account>]>([
    ['another execution has the case', { lease: { ...lease, owner: 'x-2' } }],
    ['a person has settled it', { message: { ...message, state: 'SETTLED' } }],
    ['another PIN is the newest', { document: 'd2', message: { ...message, document: 'd2' } }],
  ])('says nothing where %s', async (_what, more) => {
    const { stored, answer } = await sentWhile(
      (each) => ({ ...each, ...more }),
      async () => 's1',
    );
    expect(answer).toBeInstanceOf(RecordConflictError);
    expect(stored).toMatchObject(more);
  });
});

/** What the record says after a mail that was refused, and by what the step fails. */
async function refusedBy(error: Error, fingerprint: () => Promise<string> = async () => 'digest') {
  const saved: Account[] = [];
  const sentMessages = { put: async () => undefined };
  const cases: CaseRecords = {
    read: notRead,
    save: async (_previous: Account | null, next: Account) => {
      saved.push(next);
      return next;
    },
  };
  const failure: unknown = await sendOnce(
    {
      cases,
      sentMessages,
      mailer: { send: () => Promise.reject(error) },
      fingerprint: { of: fingerprint },
      clock: { now: () => NOW },
    },
    account,
    message,
    MAIL,
    'newer',
  ).catch((caught) => caught);
  const { message: last, rejectedAddresses } = saved.at(-1) ?? account;
  const links = saved.map(({ pickupToken }) => pickupToken);
  return { failure, state: last?.state, rejectedAddresses, saves: saved.length, links };
}

describe('a mail that SES refused', () => {
  const address = new EmailRejectedError('InvalidParameterValue');
  it('for its address: the address is remembered', async () => {
    const remembered = { state: 'REFUSED', rejectedAddresses: ['old', 'digest'] };
    expect(await refusedBy(address)).toMatchObject({ ...remembered, failure: address });
  });

  it.each([
    new EmailRejectedError('MessageRejected'),
    new EmailThrottledError('Throttling'),
    new ConfigurationError('AccessDenied'),
  ])('for another reason: nothing is remembered, and no digest is asked for', async (error) => {
    const asked = () => Promise.reject(new Error('asked'));
    // The link that was sent before counts again.
    const links = ['newer', 'earlier'];
    const refused = { failure: error, state: 'REFUSED', rejectedAddresses: ['old'], saves: 2, links };
    expect(await refusedBy(error, asked)).toEqual(refused);
  });

  it('is known to be refused also where the digest cannot be had, and the step is run again', async () => {
    const down = new AwsUnavailableError('KMSInternalException');
    const refused = { failure: down, state: 'REFUSED', rejectedAddresses: ['old'] };
    expect(await refusedBy(address, () => Promise.reject(down))).toMatchObject(refused);
  });
});

it('a mail with unknown delivery may have left: its link counts, and the earlier one does not', async () => {
  const { failure, state, links } = await refusedBy(new NotificationFateUnknownError('ANSWER_LOST'));
  expect([failure, state, links]).toEqual([
    new NotificationFateUnknownError('ANSWER_LOST'),
    'UNKNOWN',
    ['newer', 'newer'],
  ]);
});
