/** A person's decision that is sent again, its answer having been lost between the start and the person. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FrontDesk } from '../../../../../functions/ports/ehr/ehr.ts';
import { actOnCase } from '../../../../../functions/usecases/staff/act-on-case.ts';
import { type PickupWorld, pickupWorld } from '../../../../support/worlds/pickup-world.ts';

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld();
});
afterAll(() => world.close());

/** The chart is asked for nothing but whether the patient is there. */
const ports = () => ({ ...world.ports, ehr: { readPatient: async () => ({}) } as unknown as FrontDesk });

async function seen(force: boolean) {
  const patientId = await world.patient();
  const { version } = await world.account(patientId);
  return {
    patientId,
    order: {
      patientId,
      version: version ?? '',
      id: `of-${patientId}`,
      actor: 'robin',
      reason: 'lost the letter',
      action: 'regenerate',
      force,
    },
  } as const;
}

it('a forced regeneration is answered as the first time, while it runs and after, and starts nothing more', async () => {
  const { patientId, order } = await seen(true);
  const first = await actOnCase(ports(), order);
  expect(first.decision).toBe('STARTED');
  expect(await actOnCase(ports(), order)).toEqual({ ...first, decision: 'RUNNING' });
  world.end(first.execution ?? '', 'SUCCEEDED');
  await world.change(patientId, { endedBy: first.execution, outcome: 'REGENERATED', servedRequest: order.id });
  expect(await actOnCase(ports(), order)).toEqual(first);
  expect(world.told(patientId).started).toHaveLength(1);
});

it('another person’s about the case as it was is refused', async () => {
  const { patientId, order } = await seen(true);
  await actOnCase(ports(), order);
  await expect(actOnCase(ports(), { ...order, id: 'of-another-user' })).rejects.toThrow('CASE_CHANGED');
  expect(world.told(patientId).started).toHaveLength(1);
});

it('a look, which leaves no trace of its own on the case, is refused: the case has changed', async () => {
  const { patientId, order } = await seen(false);
  await actOnCase(ports(), order);
  await expect(actOnCase(ports(), order)).rejects.toThrow('CASE_CHANGED');
  expect(world.told(patientId).started).toHaveLength(1);
});
