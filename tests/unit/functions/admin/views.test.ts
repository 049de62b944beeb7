/** Every case that the domain can hold is an answer that the API's own contract accepts. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { patientRow as rowContract, patient as viewContract } from '../../../../functions/admin/contract/patients.ts';
import { workItem as itemContract } from '../../../../functions/admin/contract/work.ts';
import { caseView, patientRow, workItem } from '../../../../functions/admin/views.ts';
import {
  type Account,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  newAccount,
  STAFF_TASK_CODES,
} from '../../../../functions/domain/case/account.ts';
import { executionName } from '../../../../functions/domain/identity.ts';
import { OUTCOMES, REASONS } from '../../../../functions/domain/outcomes.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const instant = fc
  .integer({ min: -60, max: 60 })
  .map((days) => new Date(NOW + days * 86_400_000).toISOString().replace('.000Z', 'Z'));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const staffTask = fc.record(
  {
    code: fc.constantFrom(...STAFF_TASK_CODES),
    reason: fc.constantFrom('NONE', 'PICKUP_LOCKED', 'EmailRejectedError'),
    document: fc.constantFrom('d1', 'd0'),
  },
  { requiredKeys: ['code', 'reason'] },
);
const message = fc.record({
  kind: fc.constantFrom(...MESSAGE_KINDS),
  state: fc.constantFrom(...MESSAGE_STATES),
  document: fc.constantFrom('d1', 'd0'),
  sesId: orNull(fc.constant('s1')),
  filed: fc.boolean(),
});
const cases: fc.Arbitrary<Account> = fc
  .record({
    document: orNull(fc.constant('d1')),
    issuedAt: orNull(instant),
    expiresAt: orNull(instant),
    location: orNull(fc.constant('clinic')),
    pickedUpAt: orNull(instant),
    registeredAt: orNull(instant),
    reminder: orNull(fc.constantFrom(20, 27)),
    unclaimedCycles: fc.nat(5),
    failures: fc.nat(9),
    execution: orNull(fc.constant(executionName('p1', 3))),
    endedBy: orNull(fc.constant(executionName('p1', 3))),
    endedAt: orNull(instant),
    message: orNull(message),
    staffTasks: fc.array(staffTask, { maxLength: 3 }),
    violations: fc.constantFrom<Account['violations']>([], ['ROUTED']),
    outcome: orNull(fc.constantFrom(...OUTCOMES, 'FAILED' as const)),
    reason: orNull(fc.constantFrom<string>(...REASONS, 'EhrUnavailableError')),
    nextCheckDay: orNull(fc.constant('2026-06-20')),
    unresolvedSince: orNull(instant),
  })
  .map((more) => ({ ...newAccount('p1'), version: 'v1', ...more }));

const fits = (schema: z.ZodMiniType, value: unknown) =>
  expect(z.safeParse(schema, value).error?.issues ?? []).toEqual([]);

it('a row, a work item and a patient fit the contract', () => {
  fc.assert(
    fc.property(cases, (account) => {
      fits(rowContract, patientRow(account, NOW));
      fits(viewContract, { ...caseView(account, NOW), explain: [], executions: [], decisions: [] });
      const item = workItem(account, NOW);
      if (item !== null) fits(itemContract, item);
    }),
    { numRuns: 2_000, seed: 20_260_615 },
  );
});

it('a locked link of a PIN keeps the document to itself', () => {
  const locked: Account = {
    ...newAccount('p1'),
    version: 'v1',
    document: 'd1',
    outcome: 'REGENERATED',
    endedAt: '2026-06-15T11:00:00Z',
    staffTasks: [{ code: 'notify-patient', reason: 'PICKUP_LOCKED', document: 'd1' }],
  };
  expect(workItem(locked, NOW)?.staffTasks).toEqual([{ code: 'notify-patient', reason: 'PICKUP_LOCKED' }]);
});
