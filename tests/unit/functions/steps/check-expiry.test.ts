import { expect, it } from 'vitest';
import { newAccount } from '../../../../functions/domain/case/account.ts';
import type { PinDocument } from '../../../../functions/domain/chart/chart.ts';
import { LeaseHeldError } from '../../../../functions/domain/errors.ts';
import { checkExpiry } from '../../../../functions/steps/check-expiry.ts';
import { EXECUTION, LEASE, leasedCase, NOW, stepWorld } from '../../../support/worlds/step-world.ts';

const LIMITS = { attemptLimit: 5, cycleLimit: 3 };
const DAY_MS = 86_400_000;
const INPUT = {
  execution: EXECUTION,
  patientId: 'p1',
  force: null,
  patient: { standing: 'ELIGIBLE', address: 'USABLE' },
} as const;
const signedAgo = (milliseconds: number): PinDocument => ({
  id: 'd0',
  signed: true,
  date: new Date(NOW - milliseconds).toISOString(),
  cycleIdentifier: null,
  encounter: 'e0',
  location: null,
});

function world(account: Parameters<typeof stepWorld>[0], documents: PinDocument[]) {
  const made = stepWorld(account, {
    readPinDocuments: async () => documents,
    countOurSigned: async () => 0,
    readPin: async () => 'B122900125',
    openStaffTask: async () => undefined,
    closeStaffTask: async () => undefined,
  });
  return { ...made, ports: { ...made.ports, limits: LIMITS } };
}

it.each([
  ['exactly 30 days old is expired', 30 * DAY_MS, 'REGENERATE'],
  ['a millisecond younger is not', 30 * DAY_MS - 1000, 'NOTHING'],
  ['31 days old is expired', 31 * DAY_MS, 'REGENERATE'],
])('a PIN %s (P2)', async (_case, age, due) => {
  const { ports } = world(null, [signedAgo(age)]);
  expect(await checkExpiry(ports, INPUT)).toMatchObject({ due, cycle: 'd0' });
});

it('takes the lease and adopts the chart’s PIN', async () => {
  const { ports, state } = world(newAccount('p1'), [signedAgo(31 * DAY_MS)]);
  await checkExpiry(ports, INPUT);
  expect(state.stored).toMatchObject({ document: 'd0', lease: { owner: EXECUTION } });
});

it('asks for an address when there is no usable one', async () => {
  const { ports } = world(null, [signedAgo(31 * DAY_MS)]);
  const patient = { standing: 'ELIGIBLE', address: 'NONE' } as const;
  expect(await checkExpiry(ports, { ...INPUT, patient })).toMatchObject({ due: 'REQUEST_EMAIL', reason: 'NONE' });
});

it('ends the case when no PIN was ever issued, once', async () => {
  const { ports, state, ended } = world(null, []);
  expect(await checkExpiry(ports, INPUT)).toMatchObject({ due: 'NOTHING', reason: 'NEVER_ISSUED' });
  expect(state.stored).toMatchObject({ outcome: 'NOT_NEEDED', reason: 'NEVER_ISSUED', lease: null });
  expect(await checkExpiry(ports, INPUT)).toMatchObject({ due: 'NOTHING', reason: 'NEVER_ISSUED' });
  expect(ended).toHaveLength(1);
});

it('waits while another execution holds the lease', async () => {
  const { ports, state } = world(leasedCase({ lease: { ...LEASE, owner: 'x2' } }), [signedAgo(31 * DAY_MS)]);
  await expect(checkExpiry(ports, INPUT)).rejects.toThrow(LeaseHeldError);
  expect(state.saves).toBe(0);
});
