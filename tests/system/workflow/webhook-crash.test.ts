/** The webhook handler breaks at each of its outside calls, and the sender repeats: one execution, one answer. */
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import pMap from 'p-map';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import type { PatientOrder } from '../../../local/demo/chart-builders.ts';
import { stateOf } from '../../support/harness/chart-state.ts';
import { chart, person } from '../../support/harness/charts.ts';
import { freshId, secretOf, signed } from '../../support/harness/ehr-sender.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import { FAILURES, type Failure } from '../../support/harness/failures.ts';
import { brokenInvariants } from '../../support/harness/invariants.ts';
import { Invocation } from '../../support/harness/invocation.ts';
import { requestOf } from '../../support/requests/http-events.ts';
import { REGENERATED } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());
// All of a test come within a minute, which takes 600 webhooks by the practice's policy.
beforeEach(() => practice.platform.clock.advance('PT1M'));
const { handler } = await import('../../../functions/triggers/ehr-webhook.ts');
const invoke = handler as unknown as (event: object, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
const secret = await secretOf(practice.platform.url);

const now = () => toInstant(practice.platform.clock.now());
const requested = (patientId: string, force: boolean): EhrEvent => ({
  type: 'pin.regeneration_requested',
  timestamp: now(),
  data: { patientId, actor: 'ann', reason: 'lost', force },
});
const told = (type: 'pin.issued' | 'portal.registered' | 'patient.email_changed', patientId: string): EhrEvent => ({
  type,
  timestamp: now(),
  data: { patientId },
});

interface Scenario {
  name: string;
  /** Age of the PIN by hand. */
  days: number;
  patient?: Partial<PatientOrder>;
  before?(patientId: string): Promise<unknown>;
  event(patientId: string): EhrEvent;
  /** The decision of the undisturbed webhook. */
  decision: string;
  /** How many executions there are in the end. */
  attempts: number;
  regenerated: boolean;
}

/** Staff enter the address that the patient has in every other chart. */
async function enterAddress(patientId: string): Promise<void> {
  const authorization = practice.platform.endpoints.fhirAuthorization;
  const headers = { 'content-type': 'application/fhir+json', authorization };
  const body = JSON.stringify(person(patientId));
  const { status } = await fetch(`${practice.platform.url}/fhir/Patient/${patientId}`, {
    method: 'PUT',
    headers,
    body,
  });
  expect(status).toBe(200);
}

const SCENARIOS: Scenario[] = [
  {
    name: 'a request',
    days: 31,
    event: (id) => requested(id, false),
    decision: 'STARTED',
    attempts: 1,
    regenerated: true,
  },
  {
    name: 'a forced request',
    days: 3,
    event: (id) => requested(id, true),
    decision: 'STARTED',
    attempts: 1,
    regenerated: true,
  },
  {
    name: 'an address that was missing',
    days: 31,
    patient: { telecom: [] },
    before: async (id) => {
      await practice.run(id, 'first-pass');
      await enterAddress(id);
    },
    event: (id) => told('patient.email_changed', id),
    decision: 'STARTED',
    attempts: 2,
    regenerated: true,
  },
  {
    name: 'a PIN unknown until now',
    days: 3,
    event: (id) => told('pin.issued', id),
    decision: 'TRACKED',
    attempts: 0,
    regenerated: false,
  },
  {
    name: 'a registration',
    days: 3,
    before: async (id) => {
      await deliver(told('pin.issued', id), freshId());
    },
    event: (id) => told('portal.registered', id),
    decision: 'STOPPED',
    attempts: 0,
    regenerated: false,
  },
];

/** One delivery, as an invocation of its own; null when its Lambda died. */
async function deliver(event: EhrEvent, id: string): Promise<{ status: number; body: string } | null> {
  const body = JSON.stringify(event);
  const request = requestOf(body, signed(secret, id, body));
  const invocation = new Invocation('webhook', event.data.patientId, null);
  try {
    const { statusCode = 0, body: answer = '' } = await invocation.run(() => invoke(request, {} as Context));
    return { status: statusCode, body: answer };
  } catch {
    return null;
  }
}

let patients = 0;
async function admitted({ days, patient, before }: Scenario): Promise<string> {
  const id = `webhook-${++patients}`;
  await practice.admit([chart(id, practice.platform.clock.now(), days, patient)]);
  await before?.(id);
  practice.journey(id).heal();
  return id;
}

/** Sends until it is answered, at most ten times, each when all that the last one started has ended; and once more. */
async function send(scenario: Scenario, id: string, onFailure: () => void): Promise<string> {
  const [webhook, event] = [freshId(), scenario.event(id)];
  let answer = await deliver(event, webhook);
  for (let tries = 0; answer?.status !== 202 && tries < 10; tries++) {
    onFailure();
    await practice.quiet();
    answer = await deliver(event, webhook);
  }
  await practice.quiet();
  expect(answer?.status).toBe(202);
  expect((await deliver(event, webhook))?.body).toBe(answer?.body);
  return JSON.parse(answer?.body ?? '').decision;
}

async function brokenAfter({ attempts, regenerated, decision }: Scenario, id: string): Promise<string[]> {
  const state = await stateOf(practice, id);
  const { account, pin } = state;
  const broken = regenerated ? brokenInvariants(state, REGENERATED, false) : [];
  if (account?.attempt !== attempts) broken.push(`${account?.attempt} executions`);
  if (decision === 'TRACKED' && pin?.document !== account?.document) broken.push('not tracked');
  if (decision === 'STOPPED' && (pin !== null || account?.portalEvent?.status !== 'REGISTERED')) {
    broken.push('not stopped');
  }
  return broken;
}

/** What can happen to a Lambda that is no step of an execution. */
const CRASHES = FAILURES.filter(({ name, appliesTo }) => appliesTo === undefined && !name.includes('at each retry'));
const SAMPLE: readonly Failure[] = CRASHES.filter(({ name }) => name === 'takes effect, the Lambda dies');
const failures = process.env.PROVE === 'full' ? CRASHES : SAMPLE;

describe.each(SCENARIOS)('$name', (scenario) => {
  it('undisturbed', async () => {
    const id = await admitted(scenario);
    expect(await send(scenario, id, () => expect.unreachable('it fails undisturbed'))).toBe(scenario.decision);
    expect(await brokenAfter(scenario, id)).toEqual([]);
  });

  it.each(failures)('$name, at each call', { timeout: 300_000 }, async (failure) => {
    const calm = await admitted(scenario);
    await deliver(scenario.event(calm), freshId());
    const calls = practice.journey(calm).calls.filter(({ step }) => step === 'webhook').length;
    await practice.quiet();
    expect(calls).toBeGreaterThan(5);
    const problems = await pMap(
      Array.from({ length: calls }, (_, index) => index + 1),
      async (nth) => {
        const id = await admitted(scenario);
        const journey = practice.journey(id);
        journey.fail((call) => call.step === 'webhook' && call.nth === nth, failure);
        let struck = '';
        await send(scenario, id, () => {
          struck ||= journey.struck?.label ?? '';
          // What was down is up again when the sender repeats.
          journey.heal();
        });
        return (await brokenAfter(scenario, id)).map((each) => `${failure.name}, call ${nth}, ${struck}: ${each}`);
      },
      { concurrency: 4 },
    );
    expect(problems.flat()).toEqual([]);
  });
});
