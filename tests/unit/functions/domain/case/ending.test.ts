import { describe, expect, it } from 'vitest';
import { type Account, newAccount, type StaffTaskCode } from '../../../../../functions/domain/case/account.ts';
import {
  checkSigningTask,
  endFigures,
  holdTask,
  nextCheckDay,
  tasksThatStay,
} from '../../../../../functions/domain/case/ending.ts';

const account = (more: Partial<Account> = {}): Account => ({ ...newAccount('p1'), ...more });

describe('nextCheckDay', () => {
  // 02:30 UTC on the 16th is still the 15th in New York; the PIN dies at 03:00 UTC, which is the day before there, too.
  const practice = {
    now: Date.parse('2026-06-16T02:30:00Z'),
    timeZone: 'America/New_York',
    recheckDays: 7,
    reminderDays: [20, 27],
  };
  const living = account({ expiresAt: '2026-07-16T03:00:00Z' });

  const issued = { ...living, issuedAt: '2026-06-16T03:00:00Z' };
  const again = (notBefore: string) =>
    ({ kind: 'NEW_PIN', state: 'OWED', document: 'd', sesId: 's', filed: true, returns: 1, notBefore }) as const;
  const told = { ...issued, portalEvent: { status: 'REGISTERED', at: '2026-06-16T04:00:00Z' } } as const;
  it.each([
    ['REGENERATED', null, issued, '2026-07-05'],
    ['NOT_NEEDED', 'NOT_EXPIRED', { ...issued, reminder: 20 }, '2026-07-12'],
    ['NOT_NEEDED', 'NOT_EXPIRED', { ...issued, reminder: 27 }, '2026-07-15'],
    ['NOT_NEEDED', 'NOT_EXPIRED', told, '2026-07-15'],
    ['NOT_NEEDED', 'NOT_EXPIRED', { ...issued, message: again('2026-06-17') }, '2026-06-17'],
    ['REGENERATED', null, { ...issued, message: again('2026-08-01') }, '2026-07-05'],
    ['NOT_NEEDED', 'NOT_EXPIRED', { ...issued, message: again('2026-06-15') }, '2026-07-05'],
    ['EMAIL_MISSING', 'NONE', { ...issued, message: again('2026-06-17') }, '2026-06-22'],
    ['REGENERATED', null, living, '2026-07-15'],
    ['REGENERATED', null, account(), '2026-06-15'],
    ['NOT_NEEDED', 'NOT_EXPIRED', living, '2026-07-15'],
    ['NOT_NEEDED', 'NOT_EXPIRED', account(), '2026-06-15'],
    ['NOT_NEEDED', 'NEVER_ISSUED', living, null],
    ['NOT_NEEDED', 'ALREADY_REGISTERED', living, null],
    ['NOT_NEEDED', 'OPTED_OUT', living, null],
    ['NOT_NEEDED', 'DECEASED', living, null],
    ['NOT_NEEDED', 'INACTIVE', living, null],
    ['NOT_NEEDED', 'MERGED', living, null],
    ['EMAIL_MISSING', 'NONE', living, '2026-06-22'],
    ['HELD', 'CYCLE_LIMIT', living, '2026-06-22'],
    ['FAILED', 'EhrUnavailableError', living, '2026-06-16'],
    ['FAILED', 'TIMED_OUT', account(), '2026-06-16'],
    ['FAILED', 'PatientNotFoundError', living, '2026-06-22'],
  ] as const)('%s %s', (outcome, reason, some, day) => {
    expect(nextCheckDay(some, outcome, reason, practice)).toBe(day);
  });
});

describe('Tasks for staff', () => {
  it.each([
    ['RESPONSIBLE_PROVIDER_UNRESOLVED', [], { code: 'resolve-provider', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' }],
    ['CHART_UNCLEAR', [], { code: 'review-chart', reason: 'CHART_UNCLEAR' }],
    ['CYCLE_LIMIT', [], { code: 'review-chart', reason: 'CYCLE_LIMIT' }],
    ['ATTEMPTS_EXHAUSTED', [], { code: 'review-chart', reason: 'ATTEMPTS_EXHAUSTED' }],
    ['CHART_UNCLEAR', ['ROUTED', 'AUTHOR_CHANGED'], { code: 'check-signing', reason: 'ROUTED AUTHOR_CHANGED' }],
  ] as const)('a hold for %s with %j', (reason, violations, task) => {
    expect(holdTask(account({ violations: [...violations] }), reason)).toEqual(task);
  });

  it('a signing to be checked says what is to be checked', () => {
    expect(checkSigningTask(account({ violations: ['ROUTED'] }))).toEqual({ code: 'check-signing', reason: 'ROUTED' });
  });

  const task = (code: StaffTaskCode) => ({ code, reason: 'x' });
  const unknown = (document: string) => ({
    kind: 'NEW_PIN' as const,
    state: 'UNKNOWN' as const,
    document,
    sesId: null,
    filed: false,
  });
  const codes = ['enter-email', 'resolve-provider', 'review-chart', 'notify-patient', 'check-signing'] as const;
  const all = codes.map(task);
  it.each<[string, Partial<Account>, StaffTaskCode[]]>([
    ['nothing stays by itself', {}, []],
    ['an unchecked signing', { violations: ['ROUTED'] }, ['check-signing']],
    ['a message with unknown delivery', { document: 'd', message: unknown('d') }, ['notify-patient']],
    ['not for a PIN that was replaced', { document: 'd2', message: unknown('d') }, []],
    ['not once it was refused', { document: 'd', message: { ...unknown('d'), state: 'REFUSED' } }, []],
  ])('%s', (_case, more, stay) => {
    expect(tasksThatStay(account({ staffTasks: all, ...more }), null)).toEqual(stay.map(task));
  });

  const locked = { code: 'notify-patient', reason: 'PICKUP_LOCKED', document: 'd' } as const;
  it.each<[string, string, string | null, boolean]>([
    ['a locked link, while its PIN is the newest', 'd', 'NOT_EXPIRED', true],
    ['also when a mail was sent', 'd', null, true],
    ['not for a PIN that was replaced', 'd2', 'NOT_EXPIRED', false],
    ['not for a registered patient', 'd', 'ALREADY_REGISTERED', false],
    ['not for a deceased patient', 'd', 'DECEASED', false],
  ])('%s', (_case, document, reason, stays) => {
    expect(tasksThatStay(account({ staffTasks: [locked], document }), reason)).toEqual(stays ? [locked] : []);
  });
});

describe('how long it took', () => {
  const now = Date.parse('2026-06-16T02:30:00.900Z');
  const day = '2026-06-15T02:30:00Z';
  const week = '2026-06-09T02:30:00Z';
  it.each<[NonNullable<Account['outcome']>, Partial<Account>, number | null, number | null]>([
    ['FAILED', {}, 0, null],
    ['FAILED', { unresolvedSince: day, withoutAccessSince: week }, 86_400, null],
    ['HELD', { unresolvedSince: week }, 604_800, null],
    ['EMAIL_MISSING', { unresolvedSince: day }, 86_400, null],
    ['REGENERATED', {}, null, null],
    ['REGENERATED', { withoutAccessSince: week, unresolvedSince: day }, null, 604_800],
    // An instant ahead is a clock that went back; no figure is below nothing.
    ['REGENERATED', { withoutAccessSince: '2026-06-17T00:00:00Z' }, null, 0],
    ['NOT_NEEDED', { withoutAccessSince: week, unresolvedSince: day }, null, null],
  ])('%s %j: unresolved %s s, without access %s s', (outcome, more, unresolvedSeconds, accessSeconds) => {
    expect(endFigures(account(more), outcome, now)).toEqual({ unresolvedSeconds, accessSeconds });
  });
});
