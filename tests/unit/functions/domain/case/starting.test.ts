import { describe, expect, it } from 'vitest';
import { type Account, type Draft, newAccount } from '../../../../../functions/domain/case/account.ts';
import { isDueByRecord } from '../../../../../functions/domain/case/starting.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const TODAY = '2026-06-15';
const PRACTICE = { timeZone: 'UTC', reminderDays: [20, 27] };
const DRAFT: Draft = {
  cycle: 'c',
  document: 'd',
  form: 'f',
  encounter: 'e',
  request: null,
  compared: { generalPractitioner: '', careTeam: '', author: '', draftOrders: [] },
};
const OWED = { kind: 'NEW_PIN', state: 'OWED', document: 'd', sesId: null, filed: false } as const;
const valid: Partial<Account> = { outcome: 'REGENERATED', document: 'd', expiresAt: '2026-06-15T12:00:01Z' };
const due = (more: Partial<Account>, factChanged = false) =>
  isDueByRecord({ ...newAccount('p1'), ...more }, NOW, PRACTICE, factChanged);

describe('isDueByRecord', () => {
  it.each<[string, Partial<Account>, boolean, boolean]>([
    ['no outcome yet', {}, false, true],
    ['a valid PIN', valid, false, false],
    ['a valid PIN, a fact changed', { ...valid, nextCheckDay: '2026-07-01' }, true, false],
    ['a PIN that dies this instant', { ...valid, expiresAt: '2026-06-15T12:00:00Z' }, false, true],
    ['a valid PIN, its day has come', { ...valid, nextCheckDay: TODAY }, false, false],
    ['a message owed', { ...valid, message: OWED }, false, true],
    [
      'a message owed, after a signing that a person checks',
      { ...valid, message: OWED, violations: ['ROUTED'] },
      false,
      false,
    ],
    ['a message of a PIN replaced since', { ...valid, message: { ...OWED, document: 'old' } }, false, false],
    ['a message that waits for tomorrow', { ...valid, message: { ...OWED, notBefore: '2026-06-16' } }, false, false],
    ['a message due today', { ...valid, message: { ...OWED, notBefore: TODAY } }, false, true],
    ['a message that was given up', { ...valid, message: { ...OWED, state: 'REFUSED', gaveUp: true } }, false, true],
    ['a complaint', { ...valid, complainedAt: '2026-06-15T11:00:00Z' }, false, true],
    [
      'a complaint, no address',
      { ...valid, outcome: 'EMAIL_MISSING', nextCheckDay: '2026-06-16', complainedAt: '2026-06-15T11:00:00Z' },
      false,
      false,
    ],
    ['a draft noted', { ...valid, draft: DRAFT }, false, true],
    ['not needed, no PIN', { outcome: 'NOT_NEEDED' }, false, false],
    ['not needed, no PIN, a fact changed', { outcome: 'NOT_NEEDED' }, true, true],
    ['a tracked PIN that never was a case', { document: 'd', expiresAt: '2026-07-01T00:00:00Z' }, false, false],
    ['a reminder has come', { ...valid, issuedAt: '2026-05-26T00:00:00Z' }, false, true],
    ['a reminder comes tomorrow', { ...valid, issuedAt: '2026-05-27T00:00:00Z' }, false, false],
    ['a reminder is done', { ...valid, issuedAt: '2026-05-26T00:00:00Z', reminder: 20 }, false, false],
    [
      'a reminder of a PIN that never was a case',
      { document: 'd', issuedAt: '2026-05-26T00:00:00Z', expiresAt: '2026-06-25T00:00:00Z' },
      false,
      true,
    ],
    [
      'a reminder has come, held',
      { ...valid, issuedAt: '2026-05-26T00:00:00Z', outcome: 'HELD', nextCheckDay: '2026-06-16' },
      false,
      false,
    ],
    [
      'a reminder has come, no address',
      { ...valid, issuedAt: '2026-05-26T00:00:00Z', outcome: 'EMAIL_MISSING', nextCheckDay: '2026-06-16' },
      false,
      false,
    ],
    [
      'a reminder has come, failed today',
      { ...valid, issuedAt: '2026-05-26T00:00:00Z', outcome: 'FAILED', nextCheckDay: '2026-06-16' },
      false,
      false,
    ],
    ['not needed, expired', { outcome: 'NOT_NEEDED', expiresAt: '2026-06-01T00:00:00Z' }, false, true],
    ['failed today', { outcome: 'FAILED', nextCheckDay: '2026-06-16' }, false, false],
    ['failed today, a fact changed', { outcome: 'FAILED', nextCheckDay: '2026-06-16' }, true, false],
    [
      'no address to send to',
      { outcome: 'FAILED', reason: 'AddressUnusableError', nextCheckDay: '2026-06-16' },
      false,
      false,
    ],
    [
      'no address to send to, one was entered',
      { outcome: 'FAILED', reason: 'AddressUnusableError', nextCheckDay: '2026-06-16' },
      true,
      true,
    ],
    [
      'an address refused, one was entered',
      { outcome: 'FAILED', reason: 'EmailRejectedError', nextCheckDay: '2026-06-16' },
      true,
      true,
    ],
    [
      'failed today, with a draft and a message',
      { outcome: 'FAILED', nextCheckDay: '2026-06-16', draft: DRAFT, document: 'd', message: OWED },
      false,
      false,
    ],
    ['failed yesterday', { outcome: 'FAILED', nextCheckDay: TODAY }, false, true],
    ['failed for good', { outcome: 'FAILED', nextCheckDay: null }, false, false],
    ['held', { outcome: 'HELD', nextCheckDay: '2026-06-16', expiresAt: '2026-06-01T00:00:00Z' }, false, false],
    ['held, its day has come', { outcome: 'HELD', nextCheckDay: TODAY }, false, true],
    ['held, its day was missed', { outcome: 'HELD', nextCheckDay: '2026-05-31' }, false, true],
    ['held, a fact changed', { outcome: 'HELD', nextCheckDay: '2026-06-16' }, true, true],
    ['no address', { outcome: 'EMAIL_MISSING', nextCheckDay: '2026-06-16' }, false, false],
    ['no address, its day has come', { outcome: 'EMAIL_MISSING', nextCheckDay: TODAY }, false, true],
    ['no address, one was entered', { outcome: 'EMAIL_MISSING', nextCheckDay: '2026-06-16' }, true, true],
  ])('%s', (_case, more, factChanged, expected) => expect(due(more, factChanged)).toBe(expected));
});
