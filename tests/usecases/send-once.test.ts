import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../functions/domain/account.ts';
import { AwsUnavailableError, EmailRejectedError, EmailThrottledError } from '../../functions/domain/errors.ts';
import type { PinRecords } from '../../functions/ports.ts';
import { sendOnce } from '../../functions/usecases/send-once.ts';

const MAIL = { to: 'pat@example.com', from: 'a@practice.example', subject: 's', text: 't', html: 'h' };
const message: Message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false };
const account: Account = { ...newAccount('p1'), document: 'd1', message, rejectedAddresses: ['old'] };

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
  ).catch((caught) => caught);
  const { message: last, rejectedAddresses } = saved.at(-1) ?? account;
  return { failure, state: last?.state, rejectedAddresses, saves: saved.length };
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
      const refused = { failure: error, state: 'REFUSED', rejectedAddresses: ['old'], saves: 2 };
      expect(await refusedBy(error, asked)).toEqual(refused);
    },
  );

  it('is known to be refused also where the digest cannot be had, and the step is run again', async () => {
    const down = new AwsUnavailableError('KMSInternalException');
    const refused = { failure: down, state: 'REFUSED', rejectedAddresses: ['old'] };
    expect(await refusedBy(address, () => Promise.reject(down))).toMatchObject(refused);
  });
});
