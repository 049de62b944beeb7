import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../../../functions/domain/case/account.ts';
import { start } from '../../../../../functions/usecases/case/start.ts';
import { decideEhrEvent } from '../../../../../functions/usecases/webhook/decide-ehr-event.ts';
import {
  EXPIRED,
  emailChanged,
  expired,
  held,
  issued,
  missing,
  neverIssued,
  pin,
  RECHECK,
  registered,
  registeredAlready,
  requested,
  type Told,
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

describe('while all starts are paused', () => {
  const paused = async (id: string, told: Told) => {
    const { pauseSwitch, cases } = world.ports;
    await pauseSwitch.set({ actor: 'ops', reason: 'go-live', at: '2026-06-15T00:00:00Z' });
    const answer = await decideEhrEvent(world.ports, { webhookId: `msg_${id}`, attempt: 1, event: told(id) });
    await pauseSwitch.set(null);
    return { answer, account: await cases.read(id) };
  };

  it.each<[string, Partial<Account> | null, Told, string | null]>([
    ['an address was entered', missing, emailChanged, TODAY],
    ['a provider was entered', held('RESPONSIBLE_PROVIDER_UNRESOLVED'), updated('provider'), TODAY],
    ['there was no record', null, emailChanged, TODAY],
    ['no PIN was needed, one was issued', neverIssued, issued, TODAY],
    ['a valid PIN, a request', valid, requested(true), RECHECK],
    ['a valid PIN, another address', valid, emailChanged, RECHECK],
    ['registered, another address', { ...registeredAlready, ...pin(VALID) }, emailChanged, TODAY],
    ['opted out, a new PIN was issued', { ...registeredAlready, reason: 'OPTED_OUT', ...pin(VALID) }, issued, TODAY],
    ['was due before', expired, emailChanged, '2026-06-09'],
    ['too many cycles, another address', held('CYCLE_LIMIT'), emailChanged, RECHECK],
  ])('%s: the next sweep looks', async (_what, record, told, day) => {
    const id = await world.patient(record, undefined);
    const { answer, account } = await paused(id, told);
    expect(answer).toEqual({ decision: 'PAUSED', execution: null });
    expect(account?.nextCheckDay ?? null).toBe(day);
    if (day !== TODAY) return;
    // As the sweep does, which finds it in the index.
    const swept = { patientId: id, trigger: 'machine', force: null, awaitedFactChanged: false } as const;
    expect((await start(world.ports, swept)).decision).toBe('STARTED');
  });

  it('a registration is noted, and its open Task is left to the sweep', async () => {
    const id = await world.patient(missing, EXPIRED);
    const { answer, account } = await paused(id, registered);
    expect(answer).toEqual({ decision: 'STOPPED', execution: null });
    expect(account).toMatchObject({ portalEvent: { status: 'REGISTERED' }, nextCheckDay: TODAY });
  });

  it('TRACKED needs no start', async () => {
    const id = await world.patient(null, VALID);
    expect((await paused(id, issued)).answer).toEqual({ decision: 'TRACKED', execution: null });
  });
});
