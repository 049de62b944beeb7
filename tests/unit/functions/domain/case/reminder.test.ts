import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { latestReminderBy, nextReminderDay, reminderDue } from '../../../../../functions/domain/case/reminder.ts';

const RULE = { timeZone: 'America/New_York', reminderDays: [20, 27] };
/** 22:30 on 1 June in New York: the practice's day counts, not UTC's. */
const ISSUED = '2026-06-02T02:30:00Z';
const EXPIRES = '2026-07-02T02:30:00Z';
const account = (more: Partial<Account> = {}): Account => ({
  ...newAccount('p1'),
  document: 'd1',
  issuedAt: ISSUED,
  expiresAt: EXPIRES,
  ...more,
});
/** Midnight in New York, where it is summer: 04:00 UTC. */
const startOf = (day: string) => Date.parse(`${day}T04:00:00Z`);
const told = (status: 'REGISTERED' | 'OPTED_OUT' | 'DECEASED', at: string) => ({ portalEvent: { status, at } });

describe('the reminder that is due', () => {
  it.each<[string, number, Partial<Account>, number | null]>([
    ['the last second before day 20', startOf('2026-06-21') - 1, {}, null],
    ['day 20', startOf('2026-06-21'), {}, 20],
    ['day 20, it is done', startOf('2026-06-21'), { reminder: 20 }, null],
    ['day 26, it was missed', startOf('2026-06-27'), {}, 20],
    ['day 27, both were missed: the latest alone', startOf('2026-06-28'), {}, 27],
    ['day 27, the first is done', startOf('2026-06-28'), { reminder: 20 }, 27],
    ['day 29, both are done', startOf('2026-06-30'), { reminder: 27 }, null],
    ['the last second of the PIN', Date.parse(EXPIRES) - 1, {}, 27],
    ['the PIN is dead', Date.parse(EXPIRES), {}, null],
    ['no PIN', startOf('2026-06-28'), { issuedAt: null, expiresAt: null }, null],
  ])('%s', (_case, now, more, due) => expect(reminderDue(account(more), now, RULE)).toBe(due));

  it('is none where the practice wants none', () => {
    expect(reminderDue(account(), startOf('2026-06-28'), { ...RULE, reminderDays: [] })).toBeNull();
  });

  it('is none of a day that the practice took out, and one of a day that it put in', () => {
    const late = startOf('2026-06-27');
    expect(reminderDue(account({ reminder: 20 }), late, { ...RULE, reminderDays: [10] })).toBeNull();
    expect(reminderDue(account({ reminder: 20 }), late, { ...RULE, reminderDays: [10, 25] })).toBe(25);
  });
});

describe('the day of the next reminder', () => {
  it.each<[string, number, Partial<Account>, string | null]>([
    ['a new PIN', Date.parse(ISSUED), {}, '2026-06-21'],
    ['day 20 is due', startOf('2026-06-22'), {}, '2026-06-21'],
    ['day 20 is done', startOf('2026-06-22'), { reminder: 20 }, '2026-06-28'],
    ['day 27 stands for both', startOf('2026-06-28'), {}, '2026-06-28'],
    ['all are done', startOf('2026-06-28'), { reminder: 27 }, null],
    ['registered since', startOf('2026-06-10'), told('REGISTERED', '2026-06-05T00:00:00Z'), null],
    ['opted out since', startOf('2026-06-10'), told('OPTED_OUT', '2026-06-05T00:00:00Z'), null],
    ['news older than the PIN', startOf('2026-06-10'), told('REGISTERED', ISSUED), '2026-06-21'],
    ['no PIN', startOf('2026-06-10'), { issuedAt: null, expiresAt: null }, null],
    ['an expired PIN', startOf('2026-07-03'), {}, null],
  ])('%s', (_case, now, more, day) => expect(nextReminderDay(account(more), now, RULE)).toBe(day));
});

describe('the reminder that has come before anybody knew of the PIN', () => {
  it.each([
    ['2026-06-20', null],
    ['2026-06-21', 20],
    ['2026-06-28', 27],
    ['2026-09-01', 27],
  ])('on %s: %s', (day, latest) => expect(latestReminderBy(ISSUED, startOf(day), RULE)).toBe(latest));
});

describe('a day of 23 and one of 25 hours', () => {
  it.each([
    // The clocks go forward on 8 March, back on 1 November: the calendar counts.
    ['2026-02-20T05:00:00Z', '2026-03-12T04:00:00Z'],
    ['2026-10-20T04:00:00Z', '2026-11-09T05:00:00Z'],
  ])('a PIN of midnight %s is reminded of from midnight %s on', (issuedAt, midnight) => {
    const some = account({ issuedAt, expiresAt: '2027-01-01T00:00:00Z' });
    expect(reminderDue(some, Date.parse(midnight) - 1, RULE)).toBeNull();
    expect(reminderDue(some, Date.parse(midnight), RULE)).toBe(20);
  });
});
