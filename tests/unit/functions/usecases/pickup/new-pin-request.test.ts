import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseHeldError } from '../../../../../functions/domain/errors.ts';
import { pickupRequestId } from '../../../../../functions/domain/identity.ts';
import type { PickupFacts } from '../../../../../functions/domain/pickup/pickup.ts';
import { start } from '../../../../../functions/usecases/case/start.ts';
import { askForNewPin } from '../../../../../functions/usecases/pickup/new-pin-request.ts';
import { pickUp } from '../../../../../functions/usecases/pickup/pick-up.ts';
import { overLimit } from '../../../../../functions/usecases/pickup/source-limit.ts';
import { BIRTH_DATE, type PickupWorld, pickupWorld } from '../../../../support/worlds/pickup-world.ts';

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld();
});
afterAll(() => world.close());

const MINUTE = 60_000;
const DAY = 86_400_000;
const ask = (token: string, proof: string) => askForNewPin(world.ports, token, proof);

/** A patient with an expired PIN and the proof from the right answer. */
async function expired(facts: Partial<PickupFacts> = {}) {
  const id = await world.patient();
  const token = await world.mail(id);
  world.advance(25 * DAY);
  const told = await pickUp(world.ports, token, { birthDate: BIRTH_DATE, lastName: null });
  if (told.kind !== 'EXPIRED') throw new Error(`it is ${told.kind}`);
  Object.assign(world.chart(id), facts);
  return { id, token, proof: told.proof };
}

describe('"Send me a new one"', () => {
  it('starts the ordinary workflow as the patient’s request, of which the reason is kept', async () => {
    const { id, token, proof } = await expired();
    expect(await ask(token, proof)).toEqual({ kind: 'ASKED', patientId: id, language: 'es' });
    const request = pickupRequestId(`d-${id}`);
    expect(world.told(id).started).toEqual([{ patientId: id, attempt: 1, force: request }]);
    expect(await world.ports.staffRequests.read(id, request)).toMatchObject({
      action: 'regenerate',
      actor: 'patient',
    });
  });

  it('starts once, however often it is pressed and at once', async () => {
    const { id, token, proof } = await expired();
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(token, proof)));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['ASKED']));
    expect(world.told(id).started).toHaveLength(1);
    // And is not offered again.
    const told = await pickUp(world.ports, token, { birthDate: BIRTH_DATE, lastName: null });
    expect(told.kind).toBe('ASKED');
  });

  it('is told to come back while an execution is at work that knows nothing of it, which may end without a PIN', async () => {
    const { id, token, proof } = await expired();
    const { version } = await world.account(id);
    await start(world.ports, { patientId: id, trigger: 'person', force: null, awaitedFactChanged: false });
    expect((await world.account(id)).version).not.toBe(version);
    await expect(ask(token, proof)).rejects.toThrow(LeaseHeldError);
    const { execution } = await world.account(id);
    await world.change(id, { endedBy: execution, outcome: 'HELD', reason: 'CYCLE_LIMIT', lease: null });
    world.end(execution ?? '', 'SUCCEEDED');
    expect((await ask(token, proof)).kind).toBe('ASKED');
    expect(world.told(id).started.map(({ force }) => force)).toEqual([null, pickupRequestId(`d-${id}`)]);
  });

  it.each(['FAILED', 'HELD', 'EMAIL_MISSING'] as const)(
    'starts once, also where its execution ended %s: the case is the sweep’s or the front desk’s then',
    async (outcome) => {
      const { id, token, proof } = await expired();
      await ask(token, proof);
      const { execution } = await world.account(id);
      await world.change(id, { endedBy: execution, outcome, reason: 'x', lease: null });
      world.end(execution ?? '', outcome === 'FAILED' ? 'FAILED' : 'SUCCEEDED');
      // The page is still open, or loaded again.
      expect((await ask(token, proof)).kind).toBe('ASKED');
      expect(world.told(id).started).toHaveLength(1);
    },
  );

  it('is offered anew for the next PIN that expires', async () => {
    const { id, token, proof } = await expired();
    await ask(token, proof);
    const { request } = await world.account(id);
    await world.change(id, { document: `d2-${id}`, servedRequest: request });
    const told = await pickUp(world.ports, token, { birthDate: BIRTH_DATE, lastName: null });
    expect(told.kind).toBe('EXPIRED');
  });

  it('says so even if staff signed one by hand without a webhook: it stays valid', async () => {
    const { id, token, proof } = await expired({ isCurrent: false });
    expect((await ask(token, proof)).kind).toBe('REPLACED');
    expect(world.told(id).started).toEqual([]);
  });

  it('says that there is a newer PIN where one was made meanwhile', async () => {
    const { id, token, proof } = await expired();
    await world.change(id, { document: `d2-${id}`, expiresAt: new Date(world.now() + DAY).toISOString() });
    expect((await ask(token, proof)).kind).toBe('REPLACED');
    expect(world.told(id).started).toEqual([]);
  });

  it.each<[string, Partial<PickupFacts>]>([
    ['REGISTERED', { standing: 'ALREADY_REGISTERED' }],
    ['REFUSED', { standing: 'OPTED_OUT' }],
    ['REFUSED', { standing: 'DECEASED' }],
  ])('starts nothing and says %s for %j', async (kind, facts) => {
    const { id, token, proof } = await expired(facts);
    expect((await ask(token, proof)).kind).toBe(kind);
    expect(world.told(id).started).toEqual([]);
  });

  it('starts nothing while all starts are paused, and may be pressed again', async () => {
    const { id, token, proof } = await expired();
    await world.ports.pauseSwitch.set({ actor: 'admin', reason: 'EHR upgrade', at: '2026-06-15T12:00:00Z' });
    expect((await ask(token, proof)).kind).toBe('PAUSED');
    await world.ports.pauseSwitch.set(null);
    expect((await ask(token, proof)).kind).toBe('ASKED');
    expect(world.told(id).started).toHaveLength(1);
  });
});

describe('the proof that the answer was right', () => {
  it('lasts 15 minutes', async () => {
    const { id, token, proof } = await expired();
    world.advance(15 * MINUTE);
    expect(await ask(token, proof)).toEqual({ kind: 'LATE', patientId: null, language: null });
    expect(world.told(id).started).toEqual([]);
  });

  it('is of one link', async () => {
    const [one, other] = [await expired(), await expired()];
    expect((await ask(other.token, one.proof)).kind).toBe('LATE');
    expect((await ask('nothing', one.proof)).kind).toBe('LATE');
  });

  it('cannot be made up', async () => {
    const { id, token, proof } = await expired();
    const [until = '', mac = ''] = proof.split('.');
    const later = String(Number(until) + 600);
    for (const made of [
      '',
      '.',
      proof.slice(1),
      `${later}.${mac}`,
      `${until}.${'A'.repeat(43)}`,
      `${proof}=`,
      'x'.repeat(9999),
    ]) {
      expect((await ask(token, made)).kind).toBe('LATE');
    }
    expect(world.told(id).started).toEqual([]);
  });

  it('names neither the patient nor the link', async () => {
    const { id, token, proof } = await expired();
    expect(proof).toMatch(/^\d{10}\.[A-Za-z0-9_-]{43}$/);
    expect(proof).not.toContain(id);
    expect(proof).not.toContain(token);
  });

  it('is none of a link that a newer mail killed', async () => {
    const { id, token, proof } = await expired();
    await world.mail(id);
    expect((await ask(token, proof)).kind).toBe('LATE');
  });
});

describe('the limit of a source', () => {
  const limited = (triesPerHour: number) => ({ ...world.ports, practice: { pickup: { triesPerHour } } });
  it('is so many tries an hour, whatever they try', async () => {
    const ports = limited(3);
    for (let n = 0; n < 3; n++) expect(await overLimit(ports, '192.0.2.1')).toBeNull();
    const seconds = (await overLimit(ports, '192.0.2.1')) ?? 0;
    expect([seconds > 0, seconds <= 3600]).toEqual([true, true]);
    expect(await overLimit(ports, '192.0.2.2')).toBeNull();
    world.advance(seconds * 1000);
    expect(await overLimit(ports, '192.0.2.1')).toBeNull();
  });
  it('holds for a whole network of IPv6, in which one machine has any address', async () => {
    const ports = limited(1);
    expect(await overLimit(ports, '2001:db8:1:2::1')).toBeNull();
    expect(await overLimit(ports, '2001:db8:1:2:ffff:ffff:ffff:ffff')).not.toBeNull();
  });
});
