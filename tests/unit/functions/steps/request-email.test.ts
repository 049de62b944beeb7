import { expect, it } from 'vitest';
import { LeaseLostError } from '../../../../functions/domain/errors.ts';
import { requestEmail } from '../../../../functions/steps/request-email.ts';
import { EXECUTION, LEASE, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const INPUT = { execution: EXECUTION, patientId: 'p1', reason: 'NONE' } as const;
const tasks = { openStaffTask: async () => undefined, closeStaffTask: async () => undefined };

it('asks the front desk for an address and ends the case', async () => {
  const { ports, state, calls, ended } = stepWorld(leasedCase(), tasks);
  expect(await requestEmail(ports, INPUT)).toEqual({ outcome: 'EMAIL_MISSING', reason: 'NONE' });
  expect(calls).toContain('openStaffTask');
  expect(state.stored).toMatchObject({
    outcome: 'EMAIL_MISSING',
    reason: 'NONE',
    endedBy: EXECUTION,
    lease: null,
    staffTasks: [{ code: 'enter-email', reason: 'NONE' }],
  });
  expect(ended).toHaveLength(1);
});

it('does nothing again when its Lambda is repeated', async () => {
  const { ports, state, calls, ended } = stepWorld(leasedCase(), tasks);
  await requestEmail(ports, INPUT);
  const [saves, asked] = [state.saves, calls.length];
  expect(await requestEmail(ports, INPUT)).toEqual({ outcome: 'EMAIL_MISSING', reason: 'NONE' });
  expect([state.saves, calls.length, ended.length]).toEqual([saves, asked, 1]);
});

it('writes nothing without the lease', async () => {
  const { ports, state, calls } = stepWorld(leasedCase({ lease: { ...LEASE, owner: 'x2' } }), tasks);
  await expect(requestEmail(ports, INPUT)).rejects.toThrow(LeaseLostError);
  expect([state.saves, calls]).toEqual([0, []]);
});
