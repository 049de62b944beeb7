import { describe, expect, it } from 'vitest';
import {
  type Account,
  type Draft,
  isMessageOwed,
  MESSAGE_STATES,
  type Message,
  newAccount,
  withReminder,
} from '../../../../../functions/domain/case/account.ts';
import { type End, withEnd } from '../../../../../functions/domain/case/ending.ts';
import { assertLease, LEASE_MS, withLease } from '../../../../../functions/domain/case/lease.ts';
import { withAdopted, withSigned } from '../../../../../functions/domain/case/signing.ts';
import { LeaseHeldError, LeaseLostError } from '../../../../../functions/domain/errors.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const account = (more: Partial<Account> = {}): Account => ({ ...newAccount('p1'), ...more });
const DRAFT: Draft = {
  cycle: 'old',
  document: 'new',
  form: 'f',
  encounter: 'e',
  request: 'r1',
  compared: { generalPractitioner: 'g', careTeam: 'c', author: 'a', draftOrders: [] },
};
const message = (more: Partial<Message> = {}): Message => ({
  kind: 'NEW_PIN',
  state: 'OWED',
  document: 'new',
  sesId: null,
  filed: false,
  ...more,
});

describe('the lease', () => {
  it('is taken for 60 minutes', () => {
    expect(withLease(account(), 'x1', NOW).lease).toEqual({ owner: 'x1', until: '2026-06-15T13:00:00Z' });
    expect(LEASE_MS).toBe(3_600_000);
  });

  it('is kept, never renewed, by its owner, even after it lapsed', () => {
    const leased = withLease(account(), 'x1', NOW);
    expect(withLease(leased, 'x1', NOW + 1)).toBe(leased);
    expect(withLease(leased, 'x1', NOW + 2 * LEASE_MS)).toBe(leased);
    expect(() => assertLease(leased, 'x1')).not.toThrow();
  });

  it('is refused to another until it lapses', () => {
    const leased = withLease(account(), 'x1', NOW);
    expect(() => withLease(leased, 'x2', NOW)).toThrow(LeaseHeldError);
    expect(() => withLease(leased, 'x2', NOW + LEASE_MS - 1)).toThrow(LeaseHeldError);
    expect(withLease(leased, 'x2', NOW + LEASE_MS).lease?.owner).toBe('x2');
  });

  it.each([
    ['another owner', account({ lease: { owner: 'x2', until: '2026-06-15T13:00:00Z' } })],
    ['no execution', account()],
    ['no record', null],
  ])('is missing with %s', (_case, some) => expect(() => assertLease(some, 'x1')).toThrow(LeaseLostError));
});

describe('withAdopted (a PIN made by hand)', () => {
  const signing = { document: 'hand', signedAt: NOW + 1, location: 'org-1' };
  const claimed = { issuedBy: 4, pickedUpAt: '2026-06-01T00:00:00Z', registeredAt: '2026-06-02T00:00:00Z' };
  const unclaimed = { issuedBy: null, pickedUpAt: null, registeredAt: null };
  const before = account({
    document: 'old',
    location: 'org-0',
    ...claimed,
    message: message({ document: 'old' }),
    complainedAt: '2026-06-02T00:00:00Z',
    unclaimedCycles: 2,
  });

  it('takes document, life and cycles from the chart, and owes no message', () => {
    expect(withAdopted(before, signing, 0, 20)).toEqual({
      ...before,
      document: 'hand',
      location: 'org-1',
      ...unclaimed,
      complainedAt: null,
      issuedAt: '2026-06-15T12:00:01Z',
      expiresAt: '2026-07-15T12:00:01Z',
      reminder: 20,
      unclaimedCycles: 0,
      message: null,
    });
  });

  it('waits for no access: staff that made it by hand told the patient', () => {
    const waiting = { ...before, withoutAccessSince: '2026-06-01T00:00:00Z' };
    expect(withAdopted(waiting, signing, 0, null).withoutAccessSince).toBeNull();
  });

  it('is idempotent by document id', () => {
    const adopted = withAdopted(before, signing, 1, null);
    expect(withAdopted(adopted, signing, 4, 27)).toBe(adopted);
  });

  it('does not touch a message that is owed for that very document', () => {
    const owed = account({ document: 'new', message: message() });
    expect(withAdopted(owed, { document: 'new', signedAt: NOW, location: 'org-1' }, 0, 27)).toBe(owed);
  });
});

describe('withSigned (our PIN)', () => {
  const signing = { document: 'new', signedAt: NOW, location: 'org-1' };
  const before = account({
    document: 'old',
    location: 'org-0',
    issuedBy: 1,
    pickedUpAt: '2026-05-01T00:00:00Z',
    registeredAt: '2026-05-02T00:00:00Z',
    complainedAt: '2026-05-03T00:00:00Z',
    attempt: 3,
    draft: DRAFT,
    reminder: 27,
    unclaimedCycles: 1,
    servedRequest: 'r0',
  });

  it('records document, life, cycle, served request and the message owed; draft and reminders are no more', () => {
    expect(withSigned(before, signing, ['ROUTED'])).toEqual({
      ...before,
      document: 'new',
      location: 'org-1',
      issuedBy: 3,
      pickedUpAt: null,
      registeredAt: null,
      complainedAt: null,
      issuedAt: '2026-06-15T12:00:00Z',
      expiresAt: '2026-07-15T12:00:00Z',
      unclaimedCycles: 2,
      servedRequest: 'r1',
      draft: null,
      violations: ['ROUTED'],
      reminder: null,
      message: message({ kind: 'REQUESTED' }),
    });
  });

  it('keeps the request served before when the draft serves none', () => {
    const plain = { ...before, draft: { ...DRAFT, request: null } };
    expect(withSigned(plain, signing, [])).toMatchObject({ servedRequest: 'r0', message: { kind: 'NEW_PIN' } });
  });

  it.each<[string, Partial<Account>, string | null]>([
    ['a PIN that had expired: since then', { expiresAt: '2026-06-01T00:00:00Z' }, '2026-06-01T00:00:00Z'],
    ['one that expired that very second', { expiresAt: '2026-06-15T12:00:00Z' }, '2026-06-15T12:00:00Z'],
    ['one that still lived', { expiresAt: '2026-06-15T12:00:01Z' }, null],
    ['none that is known', { expiresAt: null }, null],
    [
      'one that the patient was never told of: since the one before',
      { expiresAt: '2026-06-01T00:00:00Z', withoutAccessSince: '2026-05-01T00:00:00Z' },
      '2026-05-01T00:00:00Z',
    ],
    [
      'a living one that the patient was never told of',
      { expiresAt: '2026-07-01T00:00:00Z', withoutAccessSince: '2026-05-01T00:00:00Z' },
      '2026-05-01T00:00:00Z',
    ],
  ])('in place of %s', (_case, more, since) => {
    expect(withSigned({ ...before, ...more }, signing, []).withoutAccessSince).toBe(since);
  });

  it('is idempotent by document id: no second cycle, no second message, violations kept', () => {
    const signed = withSigned(before, signing, ['ROUTED']);
    const sent: Account = { ...signed, message: message({ state: 'ACCEPTED', sesId: 's', filed: true }) };
    expect(withSigned(sent, signing, [])).toBe(sent);
  });
});

describe('withReminder', () => {
  const living = account({ document: 'new' });
  const reminder = message({ kind: 'REMINDER' });
  it.each<[string, Message | null, Message]>([
    ['nothing was ever sent: the reminder is owed', null, reminder],
    ['the mail is through', message({ state: 'ACCEPTED', sesId: 's', filed: true }), reminder],
    ['delivery is unknown', message({ state: 'UNKNOWN' }), reminder],
    ['a person saw to the mail', message({ state: 'SETTLED' }), reminder],
    ['the mail was for the PIN before', message({ document: 'old' }), reminder],
    ['the mail is still to be sent: it goes alone', message(), message()],
    ['the mail was refused: it goes alone', message({ state: 'REFUSED' }), message({ state: 'REFUSED' })],
  ])('%s', (_case, before, after) => {
    expect(withReminder({ ...living, message: before }, 20)).toEqual({ ...living, reminder: 20, message: after });
  });
});

describe('withEnd', () => {
  const end = { execution: 'x1', reason: null, nextCheckDay: null, staffTasks: [], now: NOW + 999 };
  const leased = account({ failures: 2, lease: { owner: 'x1', until: '2026-06-15T13:00:00Z' } });

  it('records outcome, execution and time, and frees the lease', () => {
    const staffTasks = [{ code: 'enter-email', reason: 'NONE' } as const];
    const ended = withEnd(leased, {
      ...end,
      outcome: 'EMAIL_MISSING',
      reason: 'NONE',
      nextCheckDay: '2026-06-22',
      staffTasks,
    });
    expect(ended).toEqual({
      ...leased,
      failures: 0,
      lease: null,
      staffTasks,
      outcome: 'EMAIL_MISSING',
      reason: 'NONE',
      endedBy: 'x1',
      endedAt: '2026-06-15T12:00:00Z',
      nextCheckDay: '2026-06-22',
      unresolvedSince: '2026-06-15T12:00:00Z',
    });
  });

  it("leaves another's lease alone", () => {
    const other = account({ lease: { owner: 'x2', until: '2026-06-15T13:00:00Z' } });
    expect(withEnd(other, { ...end, outcome: 'FAILED' }).lease).toEqual(other.lease);
  });

  it.each([
    ['FAILED', 3],
    ['HELD', 2],
    ['REGENERATED', 0],
    ['NOT_NEEDED', 0],
    ['EMAIL_MISSING', 0],
  ] as const)('%s after two failures counts %i', (outcome, failures) => {
    expect(withEnd(leased, { ...end, outcome }).failures).toBe(failures);
  });

  it.each<[End['outcome'], before: string | null, unresolvedSince: string | null, withoutAccessSince: string | null]>([
    ['FAILED', null, '2026-06-15T12:00:00Z', '2026-06-03T00:00:00Z'],
    ['FAILED', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'],
    ['HELD', null, '2026-06-15T12:00:00Z', '2026-06-03T00:00:00Z'],
    ['HELD', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'],
    ['EMAIL_MISSING', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'],
    ['REGENERATED', '2026-06-01T00:00:00Z', null, null],
    ['NOT_NEEDED', '2026-06-01T00:00:00Z', null, null],
  ])('%s, unresolved since %s: then since %s, without access since %s', (outcome, before, ...since) => {
    const waiting = { ...leased, unresolvedSince: before, withoutAccessSince: '2026-06-03T00:00:00Z' };
    const { unresolvedSince, withoutAccessSince } = withEnd(waiting, { ...end, outcome });
    expect([unresolvedSince, withoutAccessSince]).toEqual(since);
  });
});

describe('isMessageOwed', () => {
  const OWED: Record<(typeof MESSAGE_STATES)[number], boolean> = {
    OWED: true,
    INTENDED: true,
    REFUSED: true,
    ACCEPTED: true,
    UNKNOWN: false,
    SETTLED: false,
  };
  it.each(MESSAGE_STATES)('%s', (state) => {
    expect(isMessageOwed(account({ document: 'new', message: message({ state }) }))).toBe(OWED[state]);
  });
  it('not once the chart has it too', () => {
    const accepted = message({ state: 'ACCEPTED', sesId: 's', filed: true });
    expect(isMessageOwed(account({ document: 'new', message: accepted }))).toBe(false);
  });
  it('not for a PIN that was replaced since', () => {
    expect(isMessageOwed(account({ document: 'newer', message: message() }))).toBe(false);
  });
  it('not without a message', () => expect(isMessageOwed(account({ document: 'new' }))).toBe(false));
});
