import { expect, it } from 'vitest';
import type { Draft } from '../../../../functions/domain/case/account.ts';
import { DraftGoneError, LeaseLostError, RoutingNotEmptyError } from '../../../../functions/domain/errors.ts';
import type { Routing } from '../../../../functions/ports/ehr/ehr.ts';
import { clearRouting } from '../../../../functions/steps/clear-routing.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const INPUT = { execution: EXECUTION, patientId: 'p1' };
const DRAFT: Draft = {
  cycle: 'd0',
  document: 'd1',
  form: 'f1',
  encounter: 'e1',
  request: null,
  compared: { generalPractitioner: 'g', careTeam: 'c', author: 'a', draftOrders: [] },
};
const routed = (open: number): Routing => ({ open, tasks: [] });

it('ends the update first, then removes every name (P9, P10)', async () => {
  const { ports, calls } = stepWorld(leasedCase({ draft: DRAFT }), {
    endUpdate: async () => undefined,
    readRouting: async () => routed(2),
    cancelRouting: async () => routed(0),
  });
  expect(await clearRouting(ports, INPUT)).toEqual({ removed: 2 });
  expect(calls).toEqual(['endUpdate', 'readRouting', 'cancelRouting']);
});

it('fails by name when the EHR routes again meanwhile', async () => {
  const { ports } = stepWorld(leasedCase({ draft: DRAFT }), {
    endUpdate: async () => undefined,
    readRouting: async () => routed(2),
    cancelRouting: async () => routed(1),
  });
  await expect(clearRouting(ports, INPUT)).rejects.toThrow(RoutingNotEmptyError);
});

it.each([
  ['without a draft', leasedCase(), DraftGoneError],
  ['without the lease', leasedCase({ lease: null }), LeaseLostError],
])('touches nothing %s', async (_case, account, error) => {
  const { ports, calls } = stepWorld(account);
  await expect(clearRouting(ports, INPUT)).rejects.toThrow(error);
  expect(calls).toEqual([]);
});
