import { describe, expect, it } from 'vitest';
import { type Account, type Message, newAccount } from '../../../../../functions/domain/case/account.ts';
import { fittingActions, isAtWork, todoOf, workEntryOf } from '../../../../../functions/domain/case/work.ts';
import { EMAIL_MISSING_REASONS, HELD_REASONS, NOT_NEEDED_REASONS } from '../../../../../functions/domain/outcomes.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const LATER = '2026-06-20T12:00:00Z';
const EARLIER = '2026-06-10T12:00:00Z';

const account = (more: Partial<Account>): Account => ({ ...newAccount('p1'), endedAt: EARLIER, ...more });
const message = (state: Message['state'], document = 'd1'): Message => ({
  ...{ kind: 'NEW_PIN', state, document, sesId: null, filed: false },
});
const tasks = (...codes: Account['staffTasks'][number]['code'][]) => ({
  staffTasks: codes.map((code) => ({ code, reason: 'R' })),
});

describe('what a person is to do', () => {
  it.each(EMAIL_MISSING_REASONS)('EMAIL_MISSING/%s: enter an address', (reason) => {
    expect(todoOf(account({ outcome: 'EMAIL_MISSING', reason }))).toBe('enter-email');
  });

  it.each(HELD_REASONS)('HELD/%s has something of its own', (reason) => {
    const todos = {
      RESPONSIBLE_PROVIDER_UNRESOLVED: 'resolve-provider',
      CHART_UNCLEAR: 'review-chart',
      CYCLE_LIMIT: 'decide',
      ATTEMPTS_EXHAUSTED: 'decide',
    };
    expect(todoOf(account({ outcome: 'HELD', reason }))).toBe(todos[reason]);
  });

  it.each<[string, Partial<Account>, string | null]>([
    ['never looked at', { outcome: null }, null],
    ['regenerated', { outcome: 'REGENERATED' }, null],
    ['failed by the EHR', { outcome: 'FAILED', reason: 'EhrUnavailableError' }, 'see-failure'],
    ['stopped from outside', { outcome: 'FAILED', reason: 'ABORTED' }, 'see-failure'],
    ['an address that is usable no more', { outcome: 'FAILED', reason: 'AddressUnusableError' }, 'enter-email'],
    [
      'an address that the mail service refused, and staff were asked to tell the patient',
      { outcome: 'FAILED', reason: 'EmailRejectedError', ...tasks('notify-patient') },
      'enter-email',
    ],
    [
      'a mail with unknown delivery',
      { outcome: 'FAILED', reason: 'NotificationFateUnknownError', ...tasks('notify-patient') },
      'notify-patient',
    ],
    [
      'the same, after a person told the patient',
      { outcome: 'FAILED', reason: 'NotificationFateUnknownError', document: 'd1', message: message('SETTLED') },
      null,
    ],
    [
      'a message of an earlier PIN that was settled does not excuse a failure',
      { outcome: 'FAILED', reason: 'EhrUnavailableError', document: 'd2', message: message('SETTLED', 'd1') },
      'see-failure',
    ],
    [
      'a signing that broke something, whatever else',
      { outcome: 'HELD', reason: 'CHART_UNCLEAR', violations: ['ROUTED'], ...tasks('check-signing') },
      'check-signing',
    ],
    ['a resolved case with an open Task', { outcome: 'NOT_NEEDED', ...tasks('notify-patient') }, 'notify-patient'],
    ['the same, to look at the chart', { outcome: 'REGENERATED', ...tasks('review-chart') }, 'review-chart'],
    ['the same, for the provider', { outcome: 'REGENERATED', ...tasks('resolve-provider') }, 'resolve-provider'],
    ['the same, for an address', { outcome: 'REGENERATED', ...tasks('enter-email') }, 'enter-email'],
    ['the same, to check a signing', { outcome: 'REGENERATED', ...tasks('check-signing') }, 'check-signing'],
  ])('%s', (_what, more, todo) => expect(todoOf(account(more))).toBe(todo));

  it.each(NOT_NEEDED_REASONS)('NOT_NEEDED/%s: nothing', (reason) => {
    const resolved = account({ outcome: 'NOT_NEEDED', reason });
    expect([todoOf(resolved), workEntryOf(resolved)]).toEqual([null, null]);
  });
});

describe('the place in the work list', () => {
  it('is since the case first waited', () => {
    const held = account({ outcome: 'HELD', reason: 'CYCLE_LIMIT', unresolvedSince: '2026-06-01T00:00:00Z' });
    expect(workEntryOf(held)).toEqual({ outcome: 'HELD', since: '2026-06-01T00:00:00Z', todo: 'decide' });
  });
  it('is since the last look where the case itself is resolved', () => {
    const told = account({ outcome: 'REGENERATED', ...tasks('notify-patient') });
    expect(workEntryOf(told)).toEqual({ outcome: 'REGENERATED', since: EARLIER, todo: 'notify-patient' });
  });
  it('stays while a fresh execution is at work', () => {
    const held = account({ outcome: 'HELD', reason: 'CYCLE_LIMIT', execution: 'x2', endedBy: 'x1' });
    expect(workEntryOf({ ...held, lease: { owner: 'x2', until: LATER } })).not.toBeNull();
  });
});

describe('whether an execution is at work', () => {
  const leased = { execution: 'x2', endedBy: 'x1', lease: { owner: 'x2', until: LATER } };
  it.each<[string, Partial<Account>, boolean]>([
    ['none was ever started', {}, false],
    ['the latest has its lease', leased, true],
    ['the latest ended the case', { ...leased, endedBy: 'x2', lease: null }, false],
    ['the lease has lapsed: it was stopped from outside', { ...leased, lease: { owner: 'x2', until: EARLIER } }, false],
    ['a second one that found the lease held, and the first has ended since', { ...leased, lease: null }, false],
  ])('%s', (_what, more, expected) => expect(isAtWork(account(more), NOW)).toBe(expected));
});

describe('which actions fit', () => {
  const alive = { document: 'd1', expiresAt: LATER };
  const dead = { document: 'd1', expiresAt: EARLIER };
  it.each<[string, Partial<Account>, string[]]>([
    ['never looked at', { outcome: null }, ['regenerate', 'redrive']],
    [
      'a living PIN that was told of',
      { outcome: 'REGENERATED', ...alive, message: message('ACCEPTED') },
      ['regenerate', 'resend'],
    ],
    ['a living PIN made by hand', { outcome: 'NOT_NEEDED', ...alive }, ['regenerate']],
    ['an expired one', { outcome: 'REGENERATED', ...dead, message: message('ACCEPTED') }, ['regenerate', 'redrive']],
    ['no address', { outcome: 'EMAIL_MISSING', ...dead }, ['regenerate', 'redrive']],
    ['held', { outcome: 'HELD', ...dead }, ['regenerate', 'redrive', 'release']],
    [
      'a mail with unknown delivery',
      { outcome: 'FAILED', ...alive, message: message('UNKNOWN') },
      ['regenerate', 'redrive', 'resend', 'acknowledge'],
    ],
    [
      'a mail of an earlier PIN',
      { outcome: 'NOT_NEEDED', ...alive, message: message('ACCEPTED', 'd0') },
      ['regenerate'],
    ],
    [
      'a signing to be checked',
      { outcome: 'FAILED', ...alive, violations: ['ROUTED'], message: message('OWED') },
      ['regenerate', 'redrive', 'release'],
    ],
    ['at work', { outcome: 'HELD', execution: 'x', lease: { owner: 'x', until: LATER } }, []],
  ])('%s', (_what, more, actions) => expect(fittingActions(account(more), NOW)).toEqual(actions));
});
