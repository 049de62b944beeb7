/** Many guess at one link at once, over HTTP and the table: no more answers are looked at than a PIN has. */
import pMap from 'p-map';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANSWER_LIMIT } from '../../../functions/domain/pickup/pickup.ts';
import { pickUp } from '../../../functions/usecases/pickup/pick-up.ts';
import { BIRTH_DATE, type PickupWorld, pickupWorld } from '../../support/worlds/pickup-world.ts';

const IS_FULL = process.env.PROVE === 'full';
/** Ten thousand take two minutes on two slow cores. */
const GUESSES = IS_FULL ? 10_000 : 300;
/** As many as the SDK has connections for twice: the others wait for one. */
const AT_ONCE = 100;
const LIFETIME_MS = 900_000;

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld(LIFETIME_MS);
});
afterAll(() => world.close());

/** The n-th day since 1930, as a guesser would try them in order. */
const dayOf = (n: number) => new Date(Date.UTC(1930, 0, 1 + n)).toISOString().slice(0, 10);

it(`${GUESSES} guesses on one link: five are looked at, none sees a PIN, the front desk has one Task`, {
  timeout: LIFETIME_MS,
}, async () => {
  const id = await world.patient();
  // Over both links that were sent of one PIN; the first was killed by the second.
  const links = [await world.mail(id), await world.mail(id)];
  const told = await pMap(
    Array.from({ length: GUESSES }, (_, n) => n),
    (n) => pickUp(world.ports, links[n % 4 === 0 ? 0 : 1] ?? '', { birthDate: dayOf(n), lastName: null }),
    { concurrency: AT_ONCE },
  );
  expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['REFUSED']));
  expect(world.read()).toBe(ANSWER_LIMIT);
  expect(world.told(id)).toEqual({ audits: ['LOCKED'], tasks: ['notify-patient PICKUP_LOCKED'], started: [] });
  expect(world.counted()).toEqual(['PickupLocked']);
  // And the right answer comes too late.
  const late = await pickUp(world.ports, links[1] ?? '', { birthDate: BIRTH_DATE, lastName: null });
  expect(late).toMatchObject({ kind: 'REFUSED', why: 'LOCKED' });
});
