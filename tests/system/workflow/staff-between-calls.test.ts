import { afterAll, expect, it } from 'vitest';
import { chart, pinOf } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import { prove } from './every-call.ts';
import type { Path } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());

/** Patient → the document that staff signed. */
const byHand = new Map<string, string>();

const sign = async (patientId: string) => {
  const { documentId } = await practice.platform.ehr.staff.signPinByHand(patientId, { pin: pinOf(patientId, 1) });
  byHand.set(patientId, documentId);
};

const STAFF_SIGN: Failure[] = [
  {
    name: 'staff sign a PIN by hand just before',
    strike: async ({ invocation, perform }) => {
      await sign(invocation.patientId);
      (await perform())();
    },
  },
  {
    name: 'staff sign a PIN by hand just before, and the answer is lost',
    strike: async ({ invocation, perform, drop }) => {
      await sign(invocation.patientId);
      await perform();
      drop();
    },
    // A mail without an answer is a question of its own; every-call.test.ts asks it.
    appliesTo: ({ service }) => service !== '/ses',
  },
];

it('staff sign a PIN by hand between any two calls: theirs lives, ours does not', { timeout: 120_000 }, async () => {
  const path: Path = {
    name: 'an expired PIN is regenerated',
    chart: (patientId, now) => chart(patientId, now, 31),
    // The next execution finds what was signed after our signing was recorded.
    afterwards: (_practice, patientId) =>
      byHand.has(patientId) ? practice.run(patientId, 'person') : Promise.resolve(),
    expected: (patientId, struck) => {
      const document = byHand.get(patientId);
      if (document === undefined) {
        return { ending: { outcome: 'REGENERATED', reason: null }, live: 'ours', mails: 1, staffTasks: [] };
      }
      // Ours was read back as signed: it lived for a moment, and its mail goes out. It tells no PIN.
      const isAfterOurs =
        struck?.step === 'SendEnrollmentNotification' ||
        (struck?.step === 'SignDocument' && /KMS|PutItem PIN|UpdateItem ACCOUNT/.test(struck.label));
      return {
        ending: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
        live: { document },
        mails: isAfterOurs ? 1 : 0,
        staffTasks: [],
      };
    },
    through: [],
  };
  const { calls, trials, broken } = await prove(practice, path, STAFF_SIGN, 1_000, 1);
  expect(trials).toBe(2 * calls.length - 1);
  expect(broken.join('\n')).toBe('');
});
