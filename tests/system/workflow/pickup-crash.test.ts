/** Every outside call of an answer fails in every way, or the Lambda dies there: what is left must be mended by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsUnavailableError } from '../../../functions/domain/errors.ts';
import { ANSWER_LIMIT } from '../../../functions/domain/pickup/pickup.ts';
import { askForNewPin } from '../../../functions/usecases/pickup/new-pin-request.ts';
import { pickUp } from '../../../functions/usecases/pickup/pick-up.ts';
import { BIRTH_DATE, type PickupWorld, type Ports, pickupWorld } from '../../support/worlds/pickup-world.ts';

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld(600_000);
});
afterAll(() => world.close());

const RIGHT = { birthDate: BIRTH_DATE, lastName: null };
const WRONG = { birthDate: '1999-12-31', lastName: null };
const DAY = 86_400_000;

interface Fault {
  /** The n-th call, from 1. */
  at: number;
  takesEffect: boolean;
  /** Nothing gets through from there on. */
  dies: boolean;
}

/** `PROVE=full` takes every fault at every call; else each call and each fault has its turn. */
const IS_FULL = process.env.PROVE === 'full';
const FAULTS = [true, false].flatMap((takesEffect) => [true, false].map((dies) => ({ takesEffect, dies })));
const OUTSIDE = ['ehr', 'cases', 'pickups', 'fingerprint', 'executions', 'pauseSwitch'] as const;

/** The ports with a hand on every call; `calls` are their names in order. */
function failing(fault: Fault | null): { ports: Ports; calls: string[] } {
  const calls: string[] = [];
  const around = <T extends object>(port: T, name: string): T =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          calls.push(`${name}.${String(key)}`);
          const isDead = fault?.dies === true && calls.length > fault.at;
          if (isDead) throw new AwsUnavailableError('DEAD');
          const result = calls.length === fault?.at && !fault.takesEffect ? null : await method.apply(target, args);
          if (calls.length === fault?.at) throw new AwsUnavailableError('FAULT');
          return result;
        };
      },
    });
  const wrapped = Object.fromEntries(OUTSIDE.map((name) => [name, around(world.ports[name], name)]));
  return { ports: { ...world.ports, ...wrapped }, calls };
}

/** Once for each call and fault, with a patient of its own; the names of the calls that there are. */
async function everyFault(
  prepare: () => Promise<{ id: string; token: string }>,
  strike: (ports: Ports, token: string) => Promise<unknown>,
  check: (made: { id: string; token: string }, fault: Fault, outcome: unknown) => Promise<void>,
): Promise<string[]> {
  const { ports, calls } = failing(null);
  await strike(ports, (await prepare()).token);
  const names = [...calls];
  for (let at = 1; at <= names.length; at++) {
    for (const kind of IS_FULL ? FAULTS : FAULTS.filter((_kind, column) => (at + column) % 2 === 0)) {
      const made = await prepare();
      const fault = { at, ...kind };
      const outcome = await strike(failing(fault).ports, made.token).catch((error: unknown) => error);
      await check(made, fault, outcome);
    }
  }
  return names;
}

const kindOf = (outcome: unknown) => (outcome as { kind?: string }).kind;
/** No page shows a PIN and an error together, and an error reveals nothing. */
const isSilent = (outcome: unknown) => outcome instanceof AwsUnavailableError && /^(FAULT|DEAD)$/.test(outcome.message);

async function withLink(wrong = 0) {
  const id = await world.patient();
  const token = await world.mail(id);
  const of = { patientId: id, document: `d-${id}` };
  for (let n = 0; n < wrong; n++) await world.ports.pickups.takeAnswer(of, world.now(), 9_999_999_999);
  return { id, token };
}

describe('every call fails in every way', { timeout: 120_000 }, () => {
  it('at the right answer: it is right again the next time, its first view recorded and at most one answer lost', async () => {
    const names = await everyFault(
      () => withLink(),
      (ports, token) => pickUp(ports, token, RIGHT),
      async ({ id, token }, _fault, outcome) => {
        expect(isSilent(outcome)).toBe(true);
        expect((await pickUp(world.ports, token, RIGHT)).kind).toBe('PIN');
        expect(new Set(world.told(id).audits)).toEqual(new Set(['VIEWED']));
        const left: string[] = [];
        for (let n = 0; n < ANSWER_LIMIT; n++) {
          const told = await pickUp(world.ports, token, WRONG);
          left.push(told.kind === 'REFUSED' ? told.why : told.kind);
        }
        expect(left.filter((why) => why === 'WRONG').length).toBeGreaterThanOrEqual(ANSWER_LIMIT - 1);
      },
    );
    expect(names).toEqual([
      'pickups.readToken',
      'cases.read',
      'pickups.takeAnswer',
      'ehr.readPickupFacts',
      'ehr.readPin',
      'ehr.audit',
      'cases.read',
      'cases.save',
      'pickups.returnAnswer',
    ]);
  });

  it('at the fifth wrong answer: the page does not say so, no further answer is checked, and the front desk is told', async () => {
    const names = await everyFault(
      () => withLink(ANSWER_LIMIT - 1),
      (ports, token) => pickUp(ports, token, WRONG),
      async ({ id, token }, _fault, outcome) => {
        expect(kindOf(outcome) === 'REFUSED' || isSilent(outcome)).toBe(true);
        world.read();
        for (let n = 0; n < 3; n++) {
          expect((await pickUp(world.ports, token, WRONG)).kind).toBe('REFUSED');
          world.advance(61_000);
        }
        // One more where the fifth was not looked at.
        expect(world.read()).toBeLessThanOrEqual(1);
        const { audits, tasks } = world.told(id);
        expect([tasks, new Set(audits)]).toEqual([['notify-patient PICKUP_LOCKED'], new Set(['LOCKED'])]);
        expect((await world.account(id)).staffTasks).toHaveLength(1);
        expect(await pickUp(world.ports, token, RIGHT)).toMatchObject({ kind: 'REFUSED', why: 'LOCKED' });
      },
    );
    expect(names.slice(-6)).toEqual([
      'pickups.lock',
      'cases.read',
      'cases.save',
      'ehr.openStaffTask',
      'ehr.audit',
      'pickups.noteTold',
    ]);
  });

  it('at the right answer to an expired link: it may be given again', async () => {
    await everyFault(
      async () => {
        const made = await withLink();
        world.advance(25 * DAY);
        return made;
      },
      (ports, token) => pickUp(ports, token, RIGHT),
      async ({ token }, _fault, outcome) => {
        expect(isSilent(outcome)).toBe(true);
        expect((await pickUp(world.ports, token, RIGHT)).kind).toBe('EXPIRED');
      },
    );
  });

  it('at "Send me a new one": pressed again, one execution runs for it', async () => {
    const proofs = new Map<string, string>();
    await everyFault(
      async () => {
        const made = await withLink();
        world.advance(25 * DAY);
        const told = await pickUp(world.ports, made.token, RIGHT);
        proofs.set(made.token, told.kind === 'EXPIRED' ? told.proof : '');
        return made;
      },
      (ports, token) => askForNewPin(ports, token, proofs.get(token) ?? ''),
      async ({ id, token }, _fault, outcome) => {
        expect(isSilent(outcome)).toBe(true);
        expect((await askForNewPin(world.ports, token, proofs.get(token) ?? '')).kind).toBe('ASKED');
        expect(world.told(id).started).toHaveLength(1);
      },
    );
  });
});
