/** The way to a token fails: whole executions, and the days after. Elsewhere the token is at hand, as it is in a warm process. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { HttpHandler } from '../../../local/http/http-messages.ts';
import { stateOf } from '../../support/harness/chart-state.ts';
import { chart } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import { brokenInvariants } from '../../support/harness/invariants.ts';
import type { OutsideCall } from '../../support/harness/outside-call.ts';
import { isEndUpdate, isSigning, REGENERATED } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());

let asked = 0;
beforeEach(() => {
  asked = 0;
  practice.tokenEndpoint = null;
});

let patients = 0;
async function admit(): Promise<string> {
  patients += 1;
  const patientId = `access-${patients}`;
  await practice.admit([chart(patientId, practice.platform.clock.now(), 31)]);
  return patientId;
}

const regenerated = { outcome: 'REGENERATED', reason: null };
const broken = async (patientId: string) => brokenInvariants(await stateOf(practice, patientId), REGENERATED, false);

/** The EHR does not know our token any more. */
const TOKEN_FORGOTTEN: Failure = {
  name: 'the token is not known any more',
  strike: async ({ answer }) => answer(401, { 'content-type': 'application/json' }, '{}'),
};
const atFirstRequest = ({ service }: OutsideCall) => service === '/fhir';

const refusedAs =
  (status: number, body: string): HttpHandler =>
  (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(body);
const WAYS_DOWN: HttpHandler[] = [
  (_req, res) => void res.destroy(),
  refusedAs(503, '<h1>Service Unavailable</h1>'),
  refusedAs(200, '<!doctype html><title>Sign in</title>'),
];

/** From now on the token endpoint goes wrong. */
const tokenEndpoint = (handler: HttpHandler) => {
  practice.tokenEndpoint = (req, res) => {
    asked += 1;
    return handler(req, res);
  };
};
/** For as many requests as there are ways; then it is itself again. */
const downForAWhile = () => {
  const left = [...WAYS_DOWN];
  tokenEndpoint((req, res) => {
    const way = left.shift();
    if (left.length === 0) practice.tokenEndpoint = null;
    return way?.(req, res);
  });
};

describe.each([
  ['the first request', atFirstRequest],
  ['the end of the update (P9)', isEndUpdate],
  ['the signing (P11)', isSigning],
])('no token at %s', (_where, at) => {
  it('for a while: the state is retried, and the PIN regenerated', async () => {
    const patientId = await admit();
    practice.journey(patientId).fail(at, TOKEN_FORGOTTEN);
    downForAWhile();
    expect((await practice.run(patientId))?.output).toEqual(regenerated);
    expect(asked).toBe(WAYS_DOWN.length);
    expect(await broken(patientId)).toEqual([]);
  });

  it('all day: the execution fails by the name of it, the next day mends it', async () => {
    const patientId = await admit();
    practice.journey(patientId).fail(at, TOKEN_FORGOTTEN);
    tokenEndpoint(refusedAs(503, ''));
    const failed = await practice.run(patientId);
    expect([failed?.status, failed?.error]).toEqual(['FAILED', 'EhrUnavailableError']);
    const { account, mails } = await stateOf(practice, patientId);
    expect([account?.nextCheckDay === null, mails]).toEqual([false, 0]);
    // Machines wait for the sweep of the next day.
    expect(await practice.run(patientId)).toBeNull();
    await practice.nextDay();
    practice.tokenEndpoint = null;
    expect(await practice.due()).toContain(patientId);
    expect((await practice.run(patientId))?.output).toEqual(regenerated);
    expect(await broken(patientId)).toEqual([]);
  });
});

it('a refused client is not retried: the registration has to be fixed', async () => {
  const patientId = await admit();
  practice.journey(patientId).fail(atFirstRequest, TOKEN_FORGOTTEN);
  tokenEndpoint(refusedAs(400, '{"error":"unauthorized_client"}'));
  const failed = await practice.run(patientId);
  expect([failed?.status, failed?.error]).toEqual(['FAILED', 'EhrRejectedError']);
  expect(asked).toBe(1);
  practice.tokenEndpoint = null;
  await practice.nextDay();
  expect((await practice.run(patientId))?.output).toEqual(regenerated);
  expect(await broken(patientId)).toEqual([]);
});

it('many patients lose their token at once: each gets a new one and is regenerated', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, admit));
  for (const patientId of ids) practice.journey(patientId).fail(atFirstRequest, TOKEN_FORGOTTEN);
  const closed = await Promise.all(ids.map((patientId) => practice.run(patientId)));
  expect(closed.map((each) => each?.output)).toEqual(ids.map(() => regenerated));
  for (const patientId of ids) expect(await broken(patientId)).toEqual([]);
});
