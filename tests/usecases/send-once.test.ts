import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../functions/domain/account.ts';
import {
  AwsUnavailableError,
  EmailRejectedError,
  EmailThrottledError,
  NotificationFateUnknownError,
} from '../../functions/domain/errors.ts';
import type { PinRecords } from '../../functions/ports.ts';
import { sendOnce } from '../../functions/usecases/send-once.ts';

const MAIL = { to: 'pat@example.com', from: 'a@practice.example', subject: 's', text: 't', html: 'h' };
const message: Message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false };
const account: Account = {
  ...newAccount('p1'),
  document: 'd1',
  message,
  rejectedAddresses: ['old'],
  pickupToken: 'earlier',
};

/** What the record says after a mail that was refused, and by what the step fails. */
async function refusedBy(error: Error, fingerprint: () => Promise<string> = async () => 'digest') {
  const saved: Account[] = [];
  const records = {
    save: async (_previous: Account | null, next: Account) => {
      saved.push(next);
      return next;
    },
  };
  const failure: unknown = await sendOnce(
    // Of the records a sending uses this method alone.
    {
      records: records as unknown as PinRecords,
      mailer: { send: () => Promise.reject(error) },
      fingerprint: { of: fingerprint },
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

  it.each([new EmailRejectedError('MessageRejected'), new EmailThrottledError('Throttling')])(
    'for another reason: nothing is remembered, and no digest is asked for',
    async (error) => {
      const asked = () => Promise.reject(new Error('asked'));
      // The link that was sent before counts again.
      const links = ['newer', 'earlier'];
      const refused = { failure: error, state: 'REFUSED', rejectedAddresses: ['old'], saves: 2, links };
      expect(await refusedBy(error, asked)).toEqual(refused);
    },
  );

  it('is known to be refused also where the digest cannot be had, and the step is run again', async () => {
    const down = new AwsUnavailableError('KMSInternalException');
    const refused = { failure: down, state: 'REFUSED', rejectedAddresses: ['old'] };
    expect(await refusedBy(address, () => Promise.reject(down))).toMatchObject(refused);
  });
});

it('a mail whose fate nobody knows may have left: its link counts, and the earlier one does not', async () => {
  const { failure, state, links } = await refusedBy(new NotificationFateUnknownError('ANSWER_LOST'));
  expect([failure, state, links]).toEqual([
    new NotificationFateUnknownError('ANSWER_LOST'),
    'UNKNOWN',
    ['newer', 'newer'],
  ]);
});
