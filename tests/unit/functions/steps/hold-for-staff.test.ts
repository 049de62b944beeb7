import { expect, it } from 'vitest';
import { LeaseLostError } from '../../../../functions/domain/errors.ts';
import { holdForStaff } from '../../../../functions/steps/hold-for-staff.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const input = (reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' | 'CHART_UNCLEAR' | 'CYCLE_LIMIT') => ({
  execution: EXECUTION,
  patientId: 'p1',
  reason,
});
const tasks = { openStaffTask: async () => undefined, closeStaffTask: async () => undefined };

it.each([
  ['RESPONSIBLE_PROVIDER_UNRESOLVED', 'resolve-provider'],
  ['CHART_UNCLEAR', 'review-chart'],
  ['CYCLE_LIMIT', 'review-chart'],
] as const)('%s leaves the Task %s', async (reason, code) => {
  const { ports, state } = stepWorld(leasedCase(), tasks);
  expect(await holdForStaff(ports, input(reason))).toEqual({ outcome: 'HELD', reason });
  expect(state.stored).toMatchObject({ outcome: 'HELD', reason, lease: null, staffTasks: [{ code }] });
});

it('ends the case once, however often its Lambda is repeated', async () => {
  const { ports, state, ended } = stepWorld(leasedCase(), tasks);
  await holdForStaff(ports, input('CHART_UNCLEAR'));
  const { saves } = state;
  await holdForStaff(ports, input('CHART_UNCLEAR'));
  expect([state.saves, ended.length]).toEqual([saves, 1]);
});

it('writes nothing without a case', async () => {
  const { ports, state } = stepWorld(null, tasks);
  await expect(holdForStaff(ports, input('CHART_UNCLEAR'))).rejects.toThrow(LeaseLostError);
  expect(state.saves).toBe(0);
});
