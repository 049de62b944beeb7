import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../../../functions/domain/case/account.ts';
import { lifeOf } from '../../../../../functions/domain/chart/expiry.ts';
import { LeaseHeldError, RecordConflictError } from '../../../../../functions/domain/errors.ts';
import { executionName, webhookRequestId } from '../../../../../functions/domain/identity.ts';
import type { Outcome } from '../../../../../functions/domain/outcomes.ts';
import { endCase } from '../../../../../functions/usecases/case/end-case.ts';
import { start } from '../../../../../functions/usecases/case/start.ts';
import { decideEhrEvent } from '../../../../../functions/usecases/webhook/decide-ehr-event.ts';
import {
  EXPIRED,
  emailChanged,
  ended,
  expired,
  failed,
  held,
  issued,
  missing,
  neverIssued,
  optedOut,
  pin,
  RECHECK,
  registered,
  registeredAlready,
  requested,
  type Told,
  timestamp,
  tracked,
  updated,
  VALID,
  valid,
} from '../../../../support/worlds/told-events.ts';
import { TODAY, type WebhookWorld, webhookWorld } from '../../../../support/worlds/webhook-world.ts';

let world: WebhookWorld;
beforeAll(async () => {
  world = await webhookWorld();
});
afterAll(() => world.close());

const take = (patientId: string, told: Told, attempt = 0) =>
  decideEhrEvent(world.ports, { webhookId: `msg_${patientId}`, attempt, event: told(patientId) });
const decisionOn = async (record: Partial<Account> | null, told: Told, signedAt?: string) => {
  const id = await world.patient(record, signedAt);
  const { decision, execution } = await take(id, told, record?.attempt ?? 0);
  return { id, decision, execution, started: world.started(id) };
};

describe('what is decided', () => {
  it.each<[string, string, string, Partial<Account> | null, Told, string | undefined]>([
    ['no record, a PIN in the chart', 'pin.issued', 'TRACKED', null, issued, VALID],
    ['no record, an expired PIN in the chart', 'pin.issued', 'TRACKED', null, issued, EXPIRED],
    ['no record, no PIN in the chart', 'pin.issued', 'STARTED', null, issued, undefined],
    ['tracked, never a case', 'pin.issued', 'TRACKED', tracked, issued, VALID],
    ['a valid PIN', 'pin.issued', 'NOT_DUE', valid, issued, VALID],
    ['an expired PIN', 'pin.issued', 'STARTED', expired, issued, VALID],
    ['no PIN was needed', 'pin.issued', 'STARTED', neverIssued, issued, VALID],
    ['held', 'pin.issued', 'STARTED', held('CHART_UNCLEAR'), issued, VALID],
    ['failed today', 'pin.issued', 'NOT_DUE', failed('EhrUnavailableError'), issued, VALID],

    ['no record', 'request', 'STARTED', null, requested(), undefined],
    ['a valid PIN', 'request', 'STARTED', valid, requested(), VALID],
    ['a valid PIN', 'forced request', 'STARTED', valid, requested(true), VALID],
    ['failed today', 'request', 'STARTED', failed('EhrUnavailableError'), requested(false), VALID],
    ['registered', 'forced request', 'STARTED', registeredAlready, requested(true), VALID],

    ['no record', 'email', 'STARTED', null, emailChanged, undefined],
    ['an address is missing', 'email', 'STARTED', missing, emailChanged, EXPIRED],
    ['the address was refused', 'email', 'STARTED', failed('EmailRejectedError'), emailChanged, EXPIRED],
    ['the address went away', 'email', 'STARTED', failed('AddressUnusableError'), emailChanged, EXPIRED],
    ['the EHR was down', 'email', 'NOT_DUE', failed('EhrUnavailableError'), emailChanged, EXPIRED],
    ['a valid PIN', 'email', 'NOT_DUE', valid, emailChanged, VALID],
    ['an expired PIN', 'email', 'STARTED', expired, emailChanged, EXPIRED],
    ['no provider', 'email', 'NOT_DUE', held('RESPONSIBLE_PROVIDER_UNRESOLVED'), emailChanged, EXPIRED],
    ['no check is scheduled', 'email', 'STARTED', registeredAlready, emailChanged, VALID],

    ['no provider', 'provider', 'STARTED', held('RESPONSIBLE_PROVIDER_UNRESOLVED'), updated('provider'), EXPIRED],
    ['too many cycles', 'provider', 'NOT_DUE', held('CYCLE_LIMIT'), updated('provider'), EXPIRED],
    ['an address is missing', 'provider', 'NOT_DUE', missing, updated('provider'), EXPIRED],
    ['a valid PIN', 'provider', 'NOT_DUE', valid, updated('provider'), VALID],

    ['no record', 'registered', 'NOT_DUE', null, registered, undefined],
    ['tracked', 'registered', 'STOPPED', tracked, registered, VALID],
    ['a valid PIN', 'registered', 'STOPPED', valid, registered, VALID],
    ['a valid PIN', 'opted out', 'STOPPED', valid, optedOut, VALID],
    ['a valid PIN', 'deceased', 'STOPPED', valid, updated('deceased'), VALID],
    ['a valid PIN', 'inactive', 'STOPPED', valid, updated('inactive'), VALID],
    ['a valid PIN', 'merged', 'STOPPED', valid, updated('merged'), VALID],
    ['failed today', 'registered', 'STOPPED', failed('EhrUnavailableError'), registered, EXPIRED],
    ['an address is missing', 'opted out', 'STOPPED', missing, optedOut, EXPIRED],
    ['held', 'registered', 'STOPPED', held('CYCLE_LIMIT'), registered, EXPIRED],
    [
      'a PIN issued since',
      'registered',
      'OUTDATED',
      ended('REGENERATED', pin('2026-06-15T12:00:00Z')),
      registered,
      VALID,
    ],
    [
      'newer news',
      'registered',
      'OUTDATED',
      { ...valid, portalEvent: { status: 'OPTED_OUT', at: '2026-06-15T12:00:00Z' } },
      registered,
      VALID,
    ],
  ])('%s; %s: %s', async (_case, _event, expected, record, told, signedAt) => {
    const { id, decision, execution, started } = await decisionOn(record, told, signedAt);
    expect(decision).toBe(expected);
    const isLookedAt = decision === 'STOPPED' && (record?.outcome === 'EMAIL_MISSING' || record?.outcome === 'HELD');
    expect(started).toHaveLength(decision === 'STARTED' || isLookedAt ? 1 : 0);
    if (started[0] !== undefined) expect(execution).toBe(started[0].name);
    else expect(execution === null || decision === 'NOT_DUE').toBe(true);
    expect((await world.ports.cases.read(id))?.nextCheckDay ?? null).toBe(
      started.length > 0 ? earlier(record?.nextCheckDay) : dayLeft(record, decision, signedAt),
    );
  });

  /** A start is due from today on, or from the day it was due before. */
  const earlier = (day: string | null | undefined) => (day != null && day < TODAY ? day : TODAY);
  /** A case that is not started keeps its due day; a newly tracked one gets the first reminder's day, or the day of expiry after that. */
  function dayLeft(record: Partial<Account> | null, decision: string, signedAt = '') {
    if (record === null && decision === 'TRACKED')
      return signedAt === VALID ? '2026-06-30' : lifeOf(Date.parse(signedAt)).expiresAt.slice(0, 10);
    return record?.nextCheckDay ?? null;
  }

  it.each([issued, requested(), requested(true), emailChanged, registered, optedOut, updated('merged')])(
    'of a patient unknown to the EHR: UNKNOWN_PATIENT, and nothing is written (%#)',
    async (told) => {
      expect(await take('unknown-1', told)).toEqual({ decision: 'UNKNOWN_PATIENT', execution: null });
      expect(await world.ports.cases.read('unknown-1')).toBeNull();
      expect(await world.ports.staffRequests.read('unknown-1', webhookRequestId('msg_unknown-1'))).toBeNull();
    },
  );

  it('of a registration: counted once, at the PIN’s location, and only for a PIN of ours', async () => {
    const ours = { ...valid, location: 'org-1', issuedBy: 1 };
    const before = world.registrations.length;
    const { id } = await decisionOn(ours, registered, VALID);
    expect(world.registrations.slice(before)).toEqual(['org-1']);
    expect((await world.ports.cases.read(id))?.registeredAt).toBe(timestamp);
    // Reported again by another webhook, and for a patient with a hand-made PIN.
    await take(id, registered, 2);
    await decisionOn({ ...valid, location: 'org-1' }, registered, VALID);
    await decisionOn(ours, optedOut, VALID);
    expect(world.registrations.slice(before)).toEqual(['org-1']);
  });

  it('of another address: a message that was to wait goes out at once', async () => {
    const message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: 's1', filed: true, returns: 1 } as const;
    const waits = { ...valid, message: { ...message, notBefore: '2026-06-16' } };
    expect((await decisionOn(waits, issued, VALID)).decision).toBe('NOT_DUE');
    const { id, decision } = await decisionOn(waits, emailChanged, VALID);
    expect(decision).toBe('STARTED');
    const { returns: _none, ...owed } = { ...message, sesId: null, filed: false };
    expect((await world.ports.cases.read(id))?.message).toEqual(owed);
  });

  it('of a case that runs: its execution', async () => {
    for (const told of [issued, requested(true), emailChanged]) {
      const { id, execution } = await decisionOn(expired, told, VALID);
      expect(await take(id, emailChanged, 2)).toEqual({ decision: 'RUNNING', execution });
    }
  });
});

it('a forced request that finds an execution at work which knows nothing of it is asked for again, until that ends', async () => {
  const { id, execution } = await decisionOn(expired, issued, VALID);
  const webhook = { webhookId: `forced_${id}`, attempt: 1, event: requested(true)(id) };
  await expect(decideEhrEvent(world.ports, webhook)).rejects.toThrow(LeaseHeldError);
  const account = await world.ports.cases.read(id);
  expect(account).toMatchObject({ execution, request: null });
  if (account !== null) await world.ports.cases.save(account, { ...account, endedBy: execution, lease: null });
  world.end(execution ?? '', 'SUCCEEDED');
  expect((await decideEhrEvent(world.ports, webhook)).decision).toBe('STARTED');
  expect(world.started(id).map(({ input }) => input.force)).toEqual([null, webhookRequestId(`forced_${id}`)]);
});

describe('a request', () => {
  it.each([
    [true, 'regenerate'],
    [false, 'redrive'],
    [undefined, 'redrive'],
  ] as const)('force %s: is recorded as %s with requester and reason, and forces only then', async (force, action) => {
    const { id, started } = await decisionOn(valid, requested(force), VALID);
    const request = webhookRequestId(`msg_${id}`);
    expect(await world.ports.staffRequests.read(id, request)).toMatchObject({ action, actor: 'ann', reason: 'lost' });
    expect(started[0]?.input.force).toBe(force ? request : null);
  });
});

describe('a patient who no longer needs a PIN', () => {
  it('has none that is tracked, and what happened is noted', async () => {
    const id = await world.patient(valid, VALID);
    const life = lifeOf(Date.parse(VALID));
    await world.ports.pins.put({ patientId: id, document: 'd1', fingerprint: 'f', ...life });
    await take(id, optedOut);
    expect(await world.ports.pins.read(id)).toBeNull();
    expect(await world.ports.cases.read(id)).toMatchObject({
      portalEvent: { status: 'OPTED_OUT', at: timestamp },
      outcome: 'REGENERATED',
      nextCheckDay: RECHECK,
    });
  });

  it('keeps the PIN when the news are old', async () => {
    const id = await world.patient(ended('REGENERATED', pin('2026-06-15T12:00:00Z')), VALID);
    const life = lifeOf(Date.parse(VALID));
    await world.ports.pins.put({ patientId: id, document: 'd1', fingerprint: 'f', ...life });
    await take(id, registered);
    expect(await world.ports.pins.read(id)).not.toBeNull();
    expect((await world.ports.cases.read(id))?.portalEvent).toBeNull();
  });
});

describe('the same webhook, decided again after a crash', () => {
  /** The execution that the first decision started has ended since. */
  async function endedSince(id: string, more: Partial<Account>): Promise<string> {
    const account = await world.ports.cases.read(id);
    const execution = account?.execution ?? '';
    if (account !== null) {
      await world.ports.cases.save(account, { ...account, endedBy: execution, lease: null, ...more });
    }
    world.end(execution, 'SUCCEEDED');
    return execution;
  }

  it.each<[string, Told, Partial<Account>]>([
    ['a request', requested(), { outcome: 'HELD', reason: 'CYCLE_LIMIT' }],
    ['a forced request', requested(true), { outcome: 'HELD', reason: 'CYCLE_LIMIT' }],
    ['an address', emailChanged, { outcome: 'EMAIL_MISSING', reason: 'INVALID' }],
    ['a PIN', issued, { outcome: 'HELD', reason: 'CHART_UNCLEAR' }],
  ])('%s: what it started is the answer, also when that has ended', async (_what, told, more) => {
    const id = await world.patient(missing, EXPIRED);
    const first = await take(id, told, 1);
    expect(await take(id, told, 1)).toEqual({ ...first, decision: 'RUNNING' });
    const execution = await endedSince(id, more);
    expect(await take(id, told, 1)).toEqual({ decision: 'STARTED', execution });
    expect(world.started(id)).toHaveLength(1);
  });

  it('a forced request is not answered by an execution that did not know it', async () => {
    const id = await world.patient(missing, EXPIRED);
    await take(id, emailChanged, 1);
    await endedSince(id, { outcome: 'REGENERATED' });
    expect(await take(id, requested(true), 1)).toEqual({ decision: 'STARTED', execution: executionName(id, 3) });
    expect(world.started(id)[1]?.input.force).toBe(webhookRequestId(`msg_${id}`));
  });

  it('a forced request that a PIN has served is answered', async () => {
    const id = await world.patient(valid, VALID);
    const { execution } = await take(id, requested(true), 1);
    await endedSince(id, { outcome: 'REGENERATED', request: null, servedRequest: webhookRequestId(`msg_${id}`) });
    expect(await take(id, requested(true), 1)).toEqual({ decision: 'STARTED', execution });
  });

  it('a registration is taken in again: the PIN that was left there goes', async () => {
    const id = await world.patient({ ...valid, portalEvent: { status: 'REGISTERED', at: timestamp } }, VALID);
    await world.ports.pins.put({ patientId: id, document: 'd1', fingerprint: 'f', ...lifeOf(Date.parse(VALID)) });
    expect(await take(id, registered)).toEqual({ decision: 'STOPPED', execution: null });
    expect(await world.ports.pins.read(id)).toBeNull();
  });
});

describe('a fact that is told while an execution runs, which may have looked before', () => {
  /** A case that is at work again, as its second execution. */
  async function atWork(record: Partial<Account> = missing) {
    const id = await world.patient(record, EXPIRED);
    const answer = await start(world.ports, {
      patientId: id,
      trigger: 'person',
      force: null,
      awaitedFactChanged: false,
    });
    return { id, execution: answer.execution ?? '' };
  }
  async function endAs(id: string, execution: string, outcome: Outcome | 'FAILED', reason: string | null) {
    const account = await world.ports.cases.read(id);
    if (account === null) throw new Error(`no record of ${id}`);
    const ehr = { openStaffTask: async () => undefined, closeStaffTask: async () => undefined };
    const ports = { ...world.ports, ehr };
    const practice = { ...world.ports.practice, recheckDays: 7 };
    await endCase({ ...ports, practice }, account, { execution, outcome, reason, staffTask: null });
    world.end(execution, 'SUCCEEDED');
    return (await world.ports.cases.read(id))?.nextCheckDay;
  }
  const sweeps = async (patientId: string) =>
    (await start(world.ports, { patientId, trigger: 'machine', force: null, awaitedFactChanged: false })).decision;

  it.each<[string, Told, Outcome, string]>([
    ['an address', emailChanged, 'EMAIL_MISSING', 'NONE'],
    ['a provider', updated('provider'), 'HELD', 'RESPONSIBLE_PROVIDER_UNRESOLVED'],
    ['a PIN, with an unclear chart before', issued, 'HELD', 'CHART_UNCLEAR'],
    ['a PIN, where none was', issued, 'NOT_NEEDED', 'NEVER_ISSUED'],
    ['a PIN, after opting out', issued, 'NOT_NEEDED', 'OPTED_OUT'],
    ['a registration', registered, 'EMAIL_MISSING', 'NONE'],
  ])('%s: the next sweep looks once more, and once only', async (_what, told, outcome, reason) => {
    const { id, execution } = await atWork();
    await take(id, told, 2);
    expect(await endAs(id, execution, outcome, reason)).toBe(TODAY);
    expect(await sweeps(id)).toBe('STARTED');
    const again = (await world.ports.cases.read(id))?.execution ?? '';
    // Without a day no sweep finds it.
    const isOver = outcome === 'NOT_NEEDED';
    expect(await endAs(id, again, outcome, reason)).toBe(isOver ? null : '2026-06-22');
    if (!isOver) expect(await sweeps(id)).toBe('NOT_DUE');
  });

  it('is not asked about again where it ended well, nor today where it failed', async () => {
    for (const outcome of ['REGENERATED', 'FAILED'] as const) {
      const { id, execution } = await atWork({ ...valid, outcome: 'EMAIL_MISSING', reason: 'NONE' });
      await take(id, emailChanged, 2);
      const day = outcome === 'FAILED' ? '2026-06-16' : '2026-06-30';
      expect(await endAs(id, execution, outcome, null)).toBe(day);
      expect(await sweeps(id)).toBe('NOT_DUE');
    }
  });

  it('was seen by an execution that started after it was told', async () => {
    const { id, execution } = await atWork();
    await take(id, emailChanged, 1);
    expect(await endAs(id, execution, 'EMAIL_MISSING', 'NONE')).toBe('2026-06-22');
  });

  it('and that ends just then: the case goes on by itself', async () => {
    const { id, execution } = await atWork();
    let isRunning = true;
    const executions = {
      ...world.ports.executions,
      describe: async (name: string) => {
        const answer = await world.ports.executions.describe(name);
        if (isRunning) await endAs(id, execution, 'EMAIL_MISSING', 'NONE');
        isRunning = false;
        return answer;
      },
    };
    const taken = { webhookId: 'm', attempt: 2, event: emailChanged(id) };
    const { decision } = await decideEhrEvent({ ...world.ports, executions }, taken);
    expect([decision, world.started(id).length]).toEqual(['STARTED', 2]);
  });
});

describe('two that write at once', () => {
  it('the loser decides again, on what the winner wrote', async () => {
    const id = await world.patient(valid, VALID);
    let winners = 1;
    const cases = {
      ...world.ports.cases,
      save: async (previous: Account | null, next: Account) => {
        if (winners-- > 0 && previous !== null) await world.ports.cases.save(previous, { ...previous, failures: 3 });
        return world.ports.cases.save(previous, next);
      },
    };
    const event = registered(id);
    const answer = await decideEhrEvent({ ...world.ports, cases }, { webhookId: 'm', attempt: 1, event });
    expect(answer.decision).toBe('STOPPED');
    expect(await world.ports.cases.read(id)).toMatchObject({ failures: 3, portalEvent: { status: 'REGISTERED' } });
  });

  it('and gives up after five, which the sender repeats', async () => {
    const id = await world.patient(valid, VALID);
    const cases = { ...world.ports.cases, save: () => Promise.reject(new RecordConflictError('ACCOUNT_CHANGED')) };
    const taken = { webhookId: 'm', attempt: 1, event: registered(id) };
    await expect(decideEhrEvent({ ...world.ports, cases }, taken)).rejects.toThrow(RecordConflictError);
  });
});
