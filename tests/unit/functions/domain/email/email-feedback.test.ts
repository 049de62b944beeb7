import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../../../../functions/domain/case/account.ts';
import { withMailFate } from '../../../../../functions/domain/case/mail-fate.ts';
import { withMessageAtOnce, withoutUsableAddress } from '../../../../../functions/domain/case/message.ts';
import { FEEDBACK_KINDS, type FeedbackKind } from '../../../../../functions/domain/email/email-event.ts';
import {
  type Feedback,
  MAIL_FATES,
  type MailFate,
  mailFate,
  withFeedback,
} from '../../../../../functions/domain/email/email-feedback.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const AT = '2026-06-15T11:59:00Z';
const RULE = { timeZone: 'UTC', reminderDays: [20, 27], softBounceRetries: 2 };
const MAIL = { sesId: 's1', document: 'd1', digest: 'mac-a' };
const accepted: Message = { kind: 'NEW_PIN', state: 'ACCEPTED', document: 'd1', sesId: 's1', filed: true };
const owed: Message = { ...accepted, state: 'OWED', sesId: null, filed: false };
const gaveUp: Message = { ...owed, state: 'REFUSED', gaveUp: true };
const postponed: Message = { ...accepted, state: 'OWED', returns: 1, notBefore: '2026-06-16' };
/** Told of the PIN of yesterday; the first reminder is the next look. */
const told: Account = {
  ...newAccount('p1'),
  document: 'd1',
  issuedAt: '2026-06-14T12:00:00Z',
  expiresAt: '2026-07-14T12:00:00Z',
  message: accepted,
  outcome: 'REGENERATED',
  nextCheckDay: '2026-07-04',
};
const met = (account: Account, fate: MailFate, before: MailFate = 'SENT', mail = MAIL, rule = RULE) =>
  withMailFate(account, mail, { before, after: fate, at: AT }, rule, NOW);

describe('the fate of a mail', () => {
  it.each<[FeedbackKind[], MailFate]>([
    [[], 'SENT'],
    [['DELIVERED'], 'DELIVERED'],
    [['SOFT_BOUNCE'], 'RETURNED'],
    [['SOFT_BOUNCE', 'DELIVERED'], 'RETURNED'],
    [['UNREPORTED_BOUNCE'], 'RETURNED'],
    [['UNREPORTED_BOUNCE', 'DELIVERED'], 'DELIVERED'],
    [['UNREPORTED_BOUNCE', 'SOFT_BOUNCE', 'DELIVERED'], 'RETURNED'],
    [['COMPLAINT'], 'COMPLAINED'],
    [['COMPLAINT', 'DELIVERED', 'SOFT_BOUNCE'], 'COMPLAINED'],
    [['NOT_SENT'], 'NOT_SENT'],
    [['PERMANENT_BOUNCE'], 'BOUNCED'],
    [['PERMANENT_BOUNCE', 'DELIVERED', 'COMPLAINT', 'SOFT_BOUNCE'], 'BOUNCED'],
  ])('after %j: %s', (kinds, fate) => {
    for (const order of [kinds, kinds.toReversed()]) {
      expect(mailFate(order.reduce<Feedback>((feedback, kind) => withFeedback(feedback, kind, AT), {}))).toBe(fate);
    }
  });

  it('is told by what was said first; what is said twice is said once', () => {
    const once = withFeedback({}, 'DELIVERED', AT);
    expect(once).toEqual({ DELIVERED: AT });
    expect(withFeedback(once, 'DELIVERED', '2026-06-16T00:00:00Z')).toBe(once);
  });
});

describe('what follows', () => {
  const rejected = { rejectedAddresses: ['mac-a'] };
  const today = { nextCheckDay: '2026-06-15' };
  it.each<[string, Partial<Account>, MailFate, Partial<Account>]>([
    ['a delivery', {}, 'DELIVERED', {}],
    ['a permanent bounce', {}, 'BOUNCED', { ...rejected, ...today, message: owed }],
    [
      'a permanent bounce of a reminder',
      { message: { ...accepted, kind: 'REMINDER' } },
      'BOUNCED',
      {
        ...rejected,
        ...today,
        message: { ...owed, kind: 'REMINDER' },
      },
    ],
    [
      'one more address bounces',
      { rejectedAddresses: ['mac-b'] },
      'BOUNCED',
      {
        rejectedAddresses: ['mac-b', 'mac-a'],
        ...today,
        message: owed,
      },
    ],
    ['an address bounces that was to be avoided', rejected, 'BOUNCED', { ...rejected, ...today, message: gaveUp }],
    ['an earlier mail bounces', { message: { ...accepted, sesId: 's2' } }, 'BOUNCED', rejected],
    [
      'an earlier mail bounces while another is sent',
      { message: { ...accepted, state: 'INTENDED' } },
      'BOUNCED',
      rejected,
    ],
    ['a mail with unknown delivery bounces', { message: { ...accepted, state: 'UNKNOWN' } }, 'BOUNCED', rejected],
    ['a complaint', {}, 'COMPLAINED', { ...rejected, ...today, complainedAt: AT }],
    ['a complaint about an earlier mail', { message: owed }, 'COMPLAINED', { ...rejected, ...today, complainedAt: AT }],
    ['a complaint from an address that is written to no more', rejected, 'COMPLAINED', {}],
    ['a soft bounce', {}, 'RETURNED', { message: postponed, nextCheckDay: '2026-06-16' }],
    [
      'a second soft bounce',
      { message: { ...accepted, returns: 1 } },
      'RETURNED',
      {
        message: { ...postponed, returns: 2 },
        nextCheckDay: '2026-06-16',
      },
    ],
    [
      'a third soft bounce: the address counts as dead',
      { message: { ...accepted, returns: 2 } },
      'RETURNED',
      {
        ...rejected,
        ...today,
        message: owed,
      },
    ],
    ['a soft bounce of an earlier mail', { message: { ...accepted, sesId: 's2' } }, 'RETURNED', {}],
    ['SES keeps the mail', {}, 'NOT_SENT', { message: postponed, nextCheckDay: '2026-06-16' }],
    [
      'SES keeps it for the third time: a person is asked',
      { message: { ...accepted, returns: 2 } },
      'NOT_SENT',
      {
        ...today,
        message: gaveUp,
      },
    ],
    ['a soft bounce when the case is looked at sooner', today, 'RETURNED', { message: postponed }],
    [
      'a permanent bounce of a case with no scheduled check',
      { nextCheckDay: null },
      'BOUNCED',
      { ...rejected, message: owed },
    ],
  ])('%s', (_what, more, fate, changed) => {
    const account = { ...told, ...more };
    const next = met(account, fate);
    expect(next).toEqual({ ...account, ...changed });
    if (Object.keys(changed).length === 0) expect(next).toBe(account);
  });

  it('a soft bounce is no bounce where the practice sends nothing again', () => {
    const never = { ...RULE, softBounceRetries: 0 };
    expect(met(told, 'RETURNED', 'SENT', MAIL, never)).toMatchObject({ ...rejected, message: owed });
  });

  it('a permanent bounce after a complaint about the same mail: its address is no loop', () => {
    const complained = met(told, 'COMPLAINED');
    expect(met(complained, 'BOUNCED', 'COMPLAINED')).toEqual({ ...told, ...rejected, ...today, message: owed });
  });

  it.each(MAIL_FATES)('nothing for a mail of an older PIN: %s', (fate) => {
    const newer = { ...told, document: 'd2', message: { ...accepted, document: 'd2', sesId: 's2' } };
    expect(met(newer, fate)).toBe(newer);
    // Also where the newer one was made by hand, and no mail tells of it.
    const byHand = { ...newer, message: null };
    expect(met(byHand, fate)).toBe(byHand);
  });

  it.each(MAIL_FATES)('nothing that follows twice: %s', (fate) => {
    const once = met(told, fate);
    expect(met(once, fate)).toEqual(once);
    expect(met(once, fate, fate)).toBe(once);
  });
});

describe('a mail that came back and arrived after all', () => {
  it('is not sent again, and the next look is as before', () => {
    const returned = met(told, 'RETURNED');
    expect(met(returned, 'DELIVERED', 'RETURNED')).toEqual(told);
  });
  it('counts the earlier returns on', () => {
    const second = { ...told, message: { ...accepted, returns: 1 } };
    expect(met(met(second, 'RETURNED'), 'DELIVERED', 'RETURNED')).toEqual(second);
  });
  it('is looked at when the case is looked at for something else', () => {
    const held: Account = { ...told, outcome: 'HELD', nextCheckDay: '2026-06-16' };
    expect(met(met(held, 'RETURNED'), 'DELIVERED', 'RETURNED')).toEqual(held);
  });
  it('stays as it is when it was sent again meanwhile', () => {
    const again: Account = { ...told, message: { ...accepted, sesId: 's2', returns: 1 } };
    expect(met(again, 'DELIVERED', 'RETURNED')).toBe(again);
  });
});

/** What can be said of one mail that SES sent. */
const SENT_KINDS = FEEDBACK_KINDS.filter((kind) => kind !== 'NOT_SENT');

describe('events in any order, and any of them twice,', () => {
  interface Known {
    account: Account;
    feedback: Feedback;
  }
  const take = ({ account, feedback }: Known, kind: FeedbackKind): Known => {
    const heard = withFeedback(feedback, kind, AT);
    return { feedback: heard, account: met(account, mailFate(heard), mailFate(feedback)) };
  };
  const all = (kinds: readonly FeedbackKind[], account = told) =>
    kinds.reduce(take, { account, feedback: {} } as Known);
  const shuffled = fc.subarray([...SENT_KINDS], { minLength: 1 }).chain((kinds) =>
    fc.record({
      kinds: fc.constant(kinds),
      order: fc.shuffledSubarray(kinds, { minLength: kinds.length }),
      again: fc.shuffledSubarray(kinds),
    }),
  );

  it('come to the same', () => {
    fc.assert(
      fc.property(shuffled, ({ kinds, order, again }) => {
        const once = all(kinds);
        const other = all([...order, ...again]);
        expect(other.feedback).toEqual(once.feedback);
        expect(other.account).toEqual(once.account);
      }),
    );
  });

  it('change nothing of a PIN that is newer, whatever its mail has met', () => {
    fc.assert(
      fc.property(shuffled, ({ order, again }) => {
        const newer: Account = { ...told, document: 'd2', message: { ...accepted, document: 'd2', sesId: 's2' } };
        expect(all([...order, ...again], newer).account).toBe(newer);
      }),
    );
  });

  it('send nothing again of an earlier mail', () => {
    fc.assert(
      fc.property(shuffled, ({ order, again }) => {
        const resent: Account = { ...told, message: { ...accepted, sesId: 's2' } };
        expect(all([...order, ...again], resent).account.message).toEqual(resent.message);
      }),
    );
  });

  it('of one mail after another end: a message is sent at most twice more for soft bounces, and to no address twice after a bounce', () => {
    const mails = fc.array(fc.shuffledSubarray([...SENT_KINDS], { minLength: 1 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(mails, (said) => {
        let account = told;
        const sentTo: string[] = ['mac-0'];
        for (const [n, kinds] of said.entries()) {
          let feedback: Feedback = {};
          const mail = { sesId: `s${n + 1}`, document: 'd1', digest: sentTo.at(-1) ?? '' };
          for (const kind of kinds) {
            const heard = withFeedback(feedback, kind, AT);
            account = withMailFate(
              account,
              mail,
              { before: mailFate(feedback), after: mailFate(heard), at: AT },
              RULE,
              NOW,
            );
            feedback = heard;
          }
          if (account.message?.state !== 'OWED') break;
          // As the next execution does: to the first address that is not rejected.
          const digest = [0, 1, 2]
            .map((each) => `mac-${each}`)
            .find((each) => !account.rejectedAddresses.includes(each));
          if (digest === undefined) break;
          sentTo.push(digest);
          account = { ...account, message: { ...account.message, state: 'ACCEPTED', sesId: `s${n + 2}` } };
        }
        const perAddress = [0, 1, 2].map((each) => sentTo.filter((digest) => digest === `mac-${each}`).length);
        expect(Math.max(...perAddress)).toBeLessThanOrEqual(1 + RULE.softBounceRetries);
      }),
    );
  });
});

describe('where no address takes mail', () => {
  it('the living PIN’s mail counts for nothing', () => {
    expect(withoutUsableAddress(told, 'SUPPRESSED')).toEqual({ ...told, message: owed });
  });
  it.each<[string, Partial<Account>]>([
    ['is owed already', { message: owed }],
    ['was given up', { message: gaveUp }],
    ['may have left', { message: { ...accepted, state: 'UNKNOWN' } }],
    ['was of an older PIN', { message: { ...accepted, document: 'd0' } }],
    ['never was', { message: null }],
  ])('one that %s stays', (_what, more) => {
    const account = { ...told, ...more };
    expect(withoutUsableAddress(account, 'SUPPRESSED')).toBe(account);
  });
  it.each(['NONE', 'INVALID'] as const)('%s: it went to one that took it', (reason) => {
    expect(withoutUsableAddress(told, reason)).toBe(told);
  });
});

describe('a new address, or a person,', () => {
  it.each([
    ['postponed', postponed],
    ['given up', gaveUp],
  ])('takes up a message that was %s', (_what, message) => {
    expect(withMessageAtOnce({ ...told, message })).toEqual({ ...told, message: owed });
  });
  it.each<[string, Message | null]>([
    ['with its patient', { ...accepted, returns: 1, notBefore: '2026-06-10' }],
    ['owed', owed],
    ['on its way', { ...postponed, state: 'INTENDED' }],
    ['of unknown fate', { ...postponed, state: 'UNKNOWN' }],
    ['there is none', null],
  ])('leaves it: %s', (_what, message) => {
    const account = { ...told, message };
    expect(withMessageAtOnce(account)).toBe(account);
  });
});
