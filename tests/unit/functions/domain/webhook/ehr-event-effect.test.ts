import { describe, expect, it } from 'vitest';
import { type Account, newAccount, type PortalEventStatus } from '../../../../../functions/domain/case/account.ts';
import { withPortalEvent } from '../../../../../functions/domain/case/claim.ts';
import type { EhrEvent } from '../../../../../functions/domain/webhook/ehr-event.ts';
import { isAwaited, portalStatusOf, waitsForStaff } from '../../../../../functions/domain/webhook/ehr-event-effect.ts';

const timestamp = '2026-06-15T12:00:00Z';
const data = { patientId: 'p1' };
const issued: EhrEvent = { type: 'pin.issued', timestamp, data };
const requested: EhrEvent = {
  type: 'pin.regeneration_requested',
  timestamp,
  data: { ...data, actor: 'a', reason: 'r', force: true },
};
const registered: EhrEvent = { type: 'portal.registered', timestamp, data };
const emailChanged: EhrEvent = { type: 'patient.email_changed', timestamp, data };
const optedOut: EhrEvent = { type: 'patient.opted_out', timestamp, data };
const updated = (change: 'deceased' | 'inactive' | 'merged' | 'provider'): EhrEvent => ({
  type: 'patient.updated',
  timestamp,
  data: { ...data, change },
});

describe('what an event says of the portal', () => {
  it.each<[EhrEvent, PortalEventStatus | null]>([
    [issued, null],
    [requested, null],
    [emailChanged, null],
    [updated('provider'), null],
    [registered, 'REGISTERED'],
    [optedOut, 'OPTED_OUT'],
    [updated('deceased'), 'DECEASED'],
    [updated('inactive'), 'INACTIVE'],
    [updated('merged'), 'MERGED'],
  ])('%j: %s', (event, status) => expect(portalStatusOf(event)).toBe(status));
});

const inDays: Partial<Account> = { nextCheckDay: '2026-06-20' };
const missing: Partial<Account> = { ...inDays, outcome: 'EMAIL_MISSING', reason: 'NONE' };
const unresolved: Partial<Account> = { ...inDays, outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' };
const unclear: Partial<Account> = { ...inDays, outcome: 'HELD', reason: 'CHART_UNCLEAR' };
const failed = (reason: string): Partial<Account> => ({ ...inDays, outcome: 'FAILED', reason });
const valid: Partial<Account> = { ...inDays, outcome: 'REGENERATED', document: 'd1' };
const registeredAlready: Partial<Account> = { outcome: 'NOT_NEEDED', reason: 'ALREADY_REGISTERED' };

describe('whether it is what the case waits for', () => {
  it.each<[string, Partial<Account> | null, EhrEvent, boolean]>([
    ['no account', null, emailChanged, false],
    ['no account', null, issued, false],
    ['an address is missing', missing, emailChanged, true],
    ['an address is missing', missing, updated('provider'), false],
    ['an address is missing', missing, issued, true],
    ['the address was refused', failed('EmailRejectedError'), emailChanged, true],
    ['the address went away', failed('AddressUnusableError'), emailChanged, true],
    ['the EHR was down', failed('EhrUnavailableError'), emailChanged, false],
    ['the EHR was down', failed('EhrUnavailableError'), issued, false],
    ['the EHR was down', failed('EhrUnavailableError'), updated('provider'), false],
    ['no provider', unresolved, updated('provider'), true],
    ['no provider', unresolved, emailChanged, false],
    ['an unclear chart', unclear, updated('provider'), false],
    ['an unclear chart', unclear, issued, true],
    ['a valid PIN', valid, emailChanged, false],
    ['a valid PIN', valid, updated('provider'), false],
    ['no check is scheduled', registeredAlready, emailChanged, true],
    ['no check is scheduled', registeredAlready, updated('provider'), false],
    ['an unclear chart', unclear, requested, false],
    ['an address is missing', missing, registered, false],
    ['no provider', unresolved, updated('merged'), false],
  ])('%s, %#', (_case, account, event, awaited) => {
    expect(isAwaited(account === null ? null : { ...newAccount('p1'), ...account }, event)).toBe(awaited);
  });
});

describe('a case that waits for staff', () => {
  it.each([
    ['EMAIL_MISSING', true],
    ['HELD', true],
    ['FAILED', false],
    ['REGENERATED', false],
    ['NOT_NEEDED', false],
    [null, false],
  ] as const)('%s: %s', (outcome, waits) => expect(waitsForStaff({ ...newAccount('p1'), outcome })).toBe(waits));
});

describe('news about the portal', () => {
  const at = (instant: string, status: PortalEventStatus = 'OPTED_OUT') => ({ status, at: instant });
  const old = null;
  it.each<[string, Partial<Account>, string, ReturnType<typeof at> | null]>([
    ['the first', {}, timestamp, at(timestamp)],
    ['in another zone, with milliseconds', {}, '2026-06-15T08:00:00.900-04:00', at(timestamp)],
    ['newer than the noted', { portalEvent: at('2026-06-15T11:59:59Z', 'REGISTERED') }, timestamp, at(timestamp)],
    ['older than the noted', { portalEvent: at('2026-06-15T12:00:01Z', 'REGISTERED') }, timestamp, old],
    ['of the same second as another', { portalEvent: at(timestamp, 'REGISTERED') }, timestamp, old],
    ['the very same again', { portalEvent: at(timestamp) }, timestamp, at(timestamp)],
    [
      'the very same again, though a PIN was issued since',
      { portalEvent: at(timestamp), issuedAt: '2026-06-16T00:00:00Z' },
      timestamp,
      at(timestamp),
    ],
    ['after the newest PIN', { issuedAt: '2026-06-15T11:59:59Z' }, timestamp, at(timestamp)],
    ['before the newest PIN', { issuedAt: '2026-06-15T12:00:01Z' }, timestamp, old],
    ['when the newest PIN was issued', { issuedAt: timestamp }, timestamp, old],
  ])('%s', (_what, more, happened, noted) => {
    const account = { ...newAccount('p1'), ...more };
    const next = withPortalEvent(account, 'OPTED_OUT', happened);
    expect(next).toEqual(noted === null ? null : { ...account, portalEvent: noted });
  });

  it('of a registration tells when it was, the first time and of a PIN alone', () => {
    const issued = { ...newAccount('p1'), document: 'd1', issuedAt: '2026-06-15T11:00:00Z' };
    const registered = withPortalEvent(issued, 'REGISTERED', timestamp);
    expect(registered).toEqual({ ...issued, portalEvent: at(timestamp, 'REGISTERED'), registeredAt: timestamp });
    const again = withPortalEvent(registered ?? issued, 'REGISTERED', '2026-06-16T12:00:00Z');
    expect(again?.registeredAt).toBe(timestamp);
    expect(withPortalEvent(newAccount('p1'), 'REGISTERED', timestamp)?.registeredAt).toBeNull();
  });

  it('taken in twice is the same account, so that nothing is written', () => {
    const account = withPortalEvent(newAccount('p1'), 'MERGED', timestamp);
    expect(withPortalEvent(account ?? newAccount(''), 'MERGED', timestamp)).toBe(account);
  });
});
