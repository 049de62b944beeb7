import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { Metrics } from '../../../functions/ports/metrics.ts';
import { decideEhrEvent } from '../../../functions/usecases/webhook/decide-ehr-event.ts';
import { chart, oldDocumentOf, person } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import type { OutsideCall } from '../../support/harness/outside-call.ts';
import { prove } from './every-call.ts';
import { isSigning, type Path, REGENERATED } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());

const UNCOUNTED: Metrics = {
  ended: () => undefined,
  issued: () => undefined,
  pickupLocked: () => undefined,
  pickedUp: () => undefined,
  registered: () => undefined,
  emailFeedback: () => undefined,
};

/** A registered patient, as reported by the EHR. */
const told = new Set<string>();

const register = (patientId: string) =>
  practice.platform.ehr.staff.write(person(patientId, { portalStatus: 'registered' }));

async function tell(patientId: string): Promise<void> {
  told.add(patientId);
  const attempt = (await practice.ports.cases.read(patientId))?.attempt ?? 0;
  // A second after whatever was signed at this standstill of the clock.
  const timestamp = toInstant(practice.platform.clock.now() + 1000);
  const event = { type: 'portal.registered', timestamp, data: { patientId } } as const;
  const random = { randomInt: () => 0, newId: () => randomUUID(), bytes: () => Buffer.alloc(0) };
  const ports = { ...practice.ports, random, metrics: UNCOUNTED };
  await decideEhrEvent(ports, { webhookId: randomUUID(), attempt, event });
}

const REGISTERS: Failure[] = [
  {
    name: 'the patient registers just before',
    strike: async ({ invocation, perform }) => {
      await register(invocation.patientId);
      (await perform())();
    },
  },
  {
    name: 'the patient registers just before, and the EHR tells so when it took effect',
    strike: async ({ invocation, perform }) => {
      await register(invocation.patientId);
      const answer = await perform();
      await tell(invocation.patientId);
      answer();
    },
  },
];

/** The reading of the patient just before the mail is written. */
const isLastLook = ({ step, label }: OutsideCall) =>
  step === 'SendEnrollmentNotification' && label === 'EHR GET Patient/:id';
/** The last call before the record says that a mail is about to be sent. */
const isLinkPut = ({ label }: OutsideCall) => label === 'DynamoDB PutItem PICKUP';

it('the patient registers between any two calls: no PIN is signed any more, no mail is sent any more', {
  timeout: 120_000,
}, async () => {
  let calls: OutsideCall[] = [];
  const indexOf = (is: (call: OutsideCall) => boolean) => calls.find(is)?.index ?? Number.NaN;
  const path: Path = {
    name: 'an expired PIN is regenerated',
    chart: (patientId, now) => chart(patientId, now, 31),
    expected: (patientId, struck) => {
      if (struck === null) return REGENERATED;
      // A record that was written since it was read is read again, and with it the chart.
      const isTold = told.has(patientId);
      if (struck.index > indexOf(isTold ? isLinkPut : isLastLook)) return { ...REGENERATED, untracked: isTold };
      const live = struck.index >= indexOf(isSigning) ? 'ours' : { document: oldDocumentOf(patientId) };
      const ending = { outcome: 'NOT_NEEDED', reason: 'ALREADY_REGISTERED' } as const;
      return { ending, live, mails: 0, staffTasks: [], terminal: true, untracked: true };
    },
    through: [],
  };
  const calm = await prove(practice, path, [], 2_000, 1);
  calls = calm.calls;
  const { trials, broken } = await prove(practice, path, REGISTERS, 2_001, 1);
  expect(trials).toBe(2 * calls.length);
  expect(broken.join('\n')).toBe('');
  // A record written meanwhile does not make delivery unknown.
  for (const patientId of told) {
    expect([patientId, (await practice.ports.cases.read(patientId))?.message?.state]).not.toContain('UNKNOWN');
  }
});
