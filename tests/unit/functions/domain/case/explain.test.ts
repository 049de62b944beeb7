import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../../../../functions/domain/case/account.ts';
import { explain } from '../../../../../functions/domain/case/explain.ts';

const PRACTICE = { timeZone: 'UTC', reminderDays: [20, 27] };
const NOW = Date.parse('2026-06-23T12:00:00Z');
const account = (more: Partial<Account> = {}): Account => ({
  ...newAccount('p1'),
  document: 'd1',
  issuedAt: '2026-06-02T12:00:00Z',
  expiresAt: '2026-07-02T12:00:00Z',
  ...more,
});
const factOf = (rule: RegExp, more: Partial<Account>, practice = PRACTICE) =>
  explain(account(more), NOW, practice).find((line) => rule.test(line.rule))?.fact ?? null;

describe('why: the reminders', () => {
  it.each<[string, Partial<Account>, string]>([
    ['one is due', {}, 'none yet; day 20 is due'],
    ['one is done', { reminder: 20 }, 'day 20 is done; the next is due on 2026-06-29'],
    ['all are done', { reminder: 27 }, 'day 27 is done; none comes any more for this PIN'],
    [
      'the PIN is dead',
      { issuedAt: '2026-05-20T12:00:00Z', expiresAt: '2026-06-19T12:00:00Z' },
      'none yet; none comes any more for this PIN',
    ],
    [
      'registered meanwhile',
      { reminder: 20, portalEvent: { status: 'REGISTERED', at: '2026-06-22T00:00:00Z' } },
      'day 20 is done; no more: the EHR said REGISTERED at 2026-06-22T00:00:00Z',
    ],
  ])('%s', (_case, more, fact) =>
    expect(factOf(/^An unregistered patient is reminded on day 20 and day 27/, more)).toBe(fact),
  );

  it('are not spoken of where there is no PIN, or where the practice wants none', () => {
    expect(factOf(/reminded/, { document: null })).toBeNull();
    expect(factOf(/reminded/, {}, { ...PRACTICE, reminderDays: [] })).toBeNull();
  });

  it('which mail is under way', () => {
    const message = { kind: 'REMINDER', state: 'REFUSED', document: 'd1', sesId: null, filed: false } as const;
    expect(factOf(/told once/, { message })).toBe('REMINDER REFUSED, still owed');
    expect(factOf(/told once/, { message: { ...message, document: 'd0' } })).toBeNull();
  });
});

it.each<[Partial<Message>, string]>([
  [{ returns: 1, notBefore: '2026-06-24' }, 'NEW_PIN OWED, still owed; came back for now: 1, again on 2026-06-24'],
  [{ state: 'ACCEPTED', filed: true, returns: 2, notBefore: '2026-06-22' }, 'NEW_PIN ACCEPTED; came back for now: 2'],
  [
    { state: 'REFUSED', gaveUp: true },
    'NEW_PIN REFUSED, still owed; it came back too often: "resend" sends it once more',
  ],
])('why: a message that came back (%j)', (more, fact) => {
  const message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false, ...more } as const;
  expect(factOf(/told once/, { message })).toBe(fact);
});

it('why: addresses that bounced, where there are some', () => {
  expect(factOf(/^An address that bounced/, { rejectedAddresses: ['a', 'b'] })).toBe('how many: 2');
  expect(factOf(/^An address that bounced/, {})).toBeNull();
});

it('why: the next look is by the practice’s calendar', () => {
  expect(factOf(/next look/, { nextCheckDay: '2026-06-23' })).toBe('2026-06-23, due');
  const kiritimati = { ...PRACTICE, timeZone: 'Pacific/Kiritimati' };
  expect(factOf(/next look/, { nextCheckDay: '2026-06-24' }, kiritimati)).toBe('2026-06-24, due');
  expect(factOf(/next look/, { nextCheckDay: '2026-06-24' })).toBe('2026-06-24');
});
