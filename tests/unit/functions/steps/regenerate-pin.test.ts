import { expect, it } from 'vitest';
import { ResponsibleProviderUnresolvedError } from '../../../../functions/domain/errors.ts';
import type { Ehr, UpdateFacts, UpdateOrder } from '../../../../functions/ports/ehr/ehr.ts';
import { regeneratePin } from '../../../../functions/steps/regenerate-pin.ts';
import { EXECUTION, leasedCase, PRACTICE, stepWorld } from '../../../support/worlds/step-world.ts';

const INPUT = { execution: EXECUTION, patientId: 'p1', cycle: 'd0' };
const GP = { reference: 'Practitioner/gp', active: true };
const FACTS: UpdateFacts = {
  location: 'Organization/clinic',
  visit: null,
  primaryCare: [GP],
  careTeamHere: [],
  latestEncounterHere: [],
  generalPractitioner: 'g',
  careTeam: 'c',
  draftOrders: ['rx1'],
  draft: null,
};
const practice = {
  ...PRACTICE,
  locations: [{ organization: 'Organization/clinic', kind: 'primary-care' as const }],
  defaultKind: 'primary-care' as const,
  providerFallback: 'none' as const,
};

function world(facts: UpdateFacts) {
  const orders: UpdateOrder[] = [];
  const answers: Partial<Ehr> = {
    readUpdateFacts: async () => facts,
    discardDrafts: async () => undefined,
    openUpdate: async (order) => {
      orders.push(order);
      return { document: 'd1', form: 'f1', encounter: 'e1' };
    },
  };
  const made = stepWorld(leasedCase({ request: 'r1' }), answers);
  return { ...made, orders, ports: { ...made.ports, practice } };
}

it('opens one update with a new PIN for the responsible provider and notes the draft', async () => {
  const { ports, state, orders } = world(FACTS);
  expect(await regeneratePin(ports, INPUT)).toEqual({ document: 'd1' });
  expect(orders).toMatchObject([{ provider: 'Practitioner/gp', location: 'Organization/clinic', pin: 'A000000000' }]);
  expect(state.stored?.draft).toMatchObject({
    cycle: 'd0',
    document: 'd1',
    form: 'f1',
    encounter: 'e1',
    request: 'r1',
  });
  expect(JSON.stringify(state.stored)).not.toContain('A000000000');
});

it('uses the draft of an earlier attempt again', async () => {
  const draft = { document: 'd9', form: 'f9', encounter: 'e9', provider: 'Practitioner/gp', location: FACTS.location };
  const { ports, state, orders } = world({ ...FACTS, draft });
  expect(await regeneratePin(ports, INPUT)).toEqual({ document: 'd9' });
  expect(orders).toEqual([]);
  expect(state.stored?.draft?.document).toBe('d9');
});

it('discards a draft with another provider and opens a new one', async () => {
  const draft = { document: 'd9', form: 'f9', encounter: 'e9', provider: 'Practitioner/old', location: FACTS.location };
  const { ports, calls } = world({ ...FACTS, draft });
  expect(await regeneratePin(ports, INPUT)).toEqual({ document: 'd1' });
  expect(calls).toEqual(['readUpdateFacts', 'discardDrafts', 'openUpdate']);
});

it('opens nothing without a single responsible provider (P5)', async () => {
  const { ports, orders, state } = world({ ...FACTS, primaryCare: [] });
  await expect(regeneratePin(ports, INPUT)).rejects.toThrow(ResponsibleProviderUnresolvedError);
  expect([orders, state.saves]).toEqual([[], 0]);
});
