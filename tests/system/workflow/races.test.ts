import { afterAll, expect, it } from 'vitest';
import { useClock } from '../../../functions/runtime/clock.ts';
import { stateOf } from '../../support/harness/chart-state.ts';
import { chart } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import { holdAt } from '../../support/harness/failures.ts';
import { brokenInvariants, type Expected } from '../../support/harness/invariants.ts';
import { isSigning, REGENERATED } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());

async function admit(patientId: string): Promise<string> {
  await practice.admit([chart(patientId, practice.platform.clock.now(), 31)]);
  return patientId;
}

/** An execution that no trigger of ours started. */
async function startByHand(patientId: string, name: string): Promise<string> {
  await practice.ports.executions.start(name, { patientId, attempt: 1, force: null });
  return name;
}

const broken = async (patientId: string, expected: Expected) =>
  brokenInvariants(await stateOf(practice, patientId), expected, false);

it('two executions started by hand at once: one regenerates, the other finds it done or in progress', async () => {
  const patientId = await admit('race-1');
  const names = await Promise.all(['by-hand-1', 'by-hand-2'].map((name) => startByHand(patientId, name)));
  const closed = await Promise.all(names.map((name) => practice.ended(name)));
  expect(closed.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  const outcomes = closed.map(({ output }) => (output as { outcome: string; reason: string | null }).outcome).sort();
  expect(outcomes).toEqual(['NOT_NEEDED', 'REGENERATED']);
  const { account, mails, documents } = await stateOf(practice, patientId);
  expect([mails, documents.filter(({ status }) => status === 'current').length]).toEqual([1, 1]);
  expect([account?.draft, account?.lease]).toEqual([null, null]);
});

it('ten triggers at once start one execution', async () => {
  const patientId = await admit('race-2');
  const answers = await Promise.all(Array.from({ length: 10 }, () => practice.trigger(patientId)));
  const names = new Set(answers.map((answer) => answer?.execution));
  expect(names.size).toBe(1);
  await practice.ended([...names][0] ?? '');
  expect(await broken(patientId, REGENERATED)).toEqual([]);
  expect((await stateOf(practice, patientId)).account?.attempt).toBe(1);
});

it('triggers of every kind at once, while an execution runs, are answered with it', async () => {
  const patientId = await admit('race-3');
  const held = holdAt();
  practice.journey(patientId).fail(isSigning, held.failure);
  const first = await practice.trigger(patientId);
  await held.reached;
  const kinds = ['machine', 'person', 'first-pass'] as const;
  const answers = await Promise.all(kinds.map((kind) => practice.trigger(patientId, kind)));
  expect(answers.map((answer) => answer?.decision)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  held.release();
  await practice.ended(first?.execution ?? '');
  expect(await broken(patientId, REGENERATED)).toEqual([]);
});

it('an execution that finds the lease held for longer than its retries ends IN_PROGRESS and touches nothing', async () => {
  const patientId = await admit('race-4');
  const held = holdAt();
  practice.journey(patientId).fail(isSigning, held.failure);
  const first = await practice.trigger(patientId);
  await held.reached;
  const second = await practice.ended(await startByHand(patientId, 'by-hand-4'));
  expect([second.status, second.output]).toEqual(['SUCCEEDED', { outcome: 'NOT_NEEDED', reason: 'IN_PROGRESS' }]);
  held.release();
  expect((await practice.ended(first?.execution ?? '')).output).toEqual({ outcome: 'REGENERATED', reason: null });
  expect(await broken(patientId, REGENERATED)).toEqual([]);
});

/** Where a slow execution may stand when its lease runs out: before a step, or in a request to the EHR. */
const SLOW_STEPS = ['RegeneratePin', 'ClearRouting', 'SignDocument', 'SendEnrollmentNotification'];

it('a lease that ran out is taken over, wherever the slow execution stands: it loses it, one PIN is made', async () => {
  const calm = await admit('race-5');
  practice.journey(calm).record();
  await practice.run(calm);
  const requests = practice
    .journey(calm)
    .recorded.filter(({ step, service }) => SLOW_STEPS.includes(step) && service === '/fhir');
  expect(requests.length).toBeGreaterThan(8);

  const slow = await Promise.all([
    ...SLOW_STEPS.map(async (step, n) => {
      const patientId = await admit(`slow-${n}`);
      const held = holdAt();
      practice.journey(patientId).beforeStep = async (name, execution) => {
        if (name === step && !execution.startsWith('takes-over')) await held.hold();
      };
      return { patientId, held, first: await practice.trigger(patientId), where: `before ${step}` };
    }),
    ...requests.map(async ({ index, step, label }) => {
      const patientId = await admit(`slow-${100 + index}`);
      const held = holdAt();
      practice.journey(patientId).fail((call) => call.index === index, held.failure);
      return { patientId, held, first: await practice.trigger(patientId), where: `in ${step} at ${label}` };
    }),
  ]);
  await Promise.all(slow.map(({ held }) => held.reached));
  // The platform's clock waits for executions under way, so the steps' own clock goes ahead of it.
  const { clock } = practice.platform;
  useClock({ now: () => clock.now() + 61 * 60 * 1000 });
  try {
    await Promise.all(
      slow.map(async ({ patientId, held, first, where }) => {
        const next = await practice.ended(await startByHand(patientId, `takes-over-${patientId}`));
        expect([where, next.output]).toEqual([where, { outcome: 'REGENERATED', reason: null }]);
        held.release();
        const lost = await practice.ended(first?.execution ?? '');
        expect([where, lost.status, lost.error]).toEqual([where, 'FAILED', 'LeaseLostError']);
        // An execution started by hand is not the one that the record names as its last.
        const left = (await broken(patientId, REGENERATED)).filter((each) => !each.includes('by its last execution'));
        expect([where, left]).toEqual([where, []]);
      }),
    );
  } finally {
    useClock(clock);
  }
});
