import { expect, it } from 'vitest';
import { notifyStaff } from '../../../../functions/steps/notify-staff.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const input = (error: string) => ({ execution: EXECUTION, patientId: 'p1', error });
const tasks = { openStaffTask: async () => undefined, closeStaffTask: async () => undefined };

it('opens a Task about a notification that was not sent', async () => {
  const { ports, state, calls } = stepWorld(leasedCase(), tasks);
  expect(await notifyStaff(ports, input('EmailRejectedError'))).toEqual({ task: 'notify-patient' });
  expect(calls).toContain('openStaffTask');
  expect(state.stored).toMatchObject({ outcome: 'FAILED', reason: 'EmailRejectedError', failures: 1 });
});

it('opens a Task about a signing that violates the procedure', async () => {
  const { ports } = stepWorld(leasedCase({ document: 'd1', violations: ['ROUTED'] }), tasks);
  expect(await notifyStaff(ports, input('PostconditionViolatedError'))).toEqual({ task: 'check-signing' });
});

it('opens none for a wrong setting, which the front desk cannot fix', async () => {
  const { ports, state, calls } = stepWorld(leasedCase(), tasks);
  expect(await notifyStaff(ports, input('ConfigurationError'))).toEqual({ task: null });
  expect(calls).not.toContain('openStaffTask');
  expect(state.stored).toMatchObject({ outcome: 'FAILED', staffTasks: [] });
});

it('gives the same answer when its Lambda is repeated', async () => {
  const { ports, state, ended } = stepWorld(leasedCase(), tasks);
  await notifyStaff(ports, input('EmailRejectedError'));
  const { saves } = state;
  expect(await notifyStaff(ports, input('EmailRejectedError'))).toEqual({ task: 'notify-patient' });
  expect([state.saves, ended.length]).toEqual([saves, 1]);
});
