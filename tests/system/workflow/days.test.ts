import { afterAll, describe, expect, it } from 'vitest';
import { random } from '../../../functions/runtime/providers/practice.ts';
import { start } from '../../../functions/usecases/case/start.ts';
import { release } from '../../../functions/usecases/staff/decisions.ts';
import { FAMILY_DOCTORS } from '../../../local/demo/directory.ts';
import { stateOf } from '../../support/harness/chart-state.ts';
import { chart, person } from '../../support/harness/charts.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import { brokenInvariants, type Expected } from '../../support/harness/invariants.ts';
import { isEndUpdate, isSigning, REGENERATED, STOPS_AND_DIES } from './path.ts';

const practice = await FailingPractice.open();
afterAll(() => practice.platform.close());
const { ehr } = practice.platform;

let patients = 0;
async function admit(): Promise<string> {
  patients += 1;
  const patientId = `day-${patients}`;
  await practice.admit([chart(patientId, practice.platform.clock.now(), 31)]);
  return patientId;
}

const broken = async (patientId: string, expected = REGENERATED) =>
  brokenInvariants(await stateOf(practice, patientId), expected, false);

async function releaseByHand(patientId: string) {
  const ports = { ...practice.ports, random: random() };
  const answer = await release(ports, { patientId, actor: 'admin', reason: 'The chart was looked at.' });
  return answer.decision === 'STARTED' ? practice.ended(answer.execution) : null;
}

/** Every request to the EHR is answered by `status` until the next day. */
const downAllDay = (status: number): Failure => ({
  name: `${status} all day`,
  strike: async ({ answer }) => answer(status, { 'content-type': 'text/plain' }, 'no'),
  lasts: (first, later) => first.service === later.service,
});
const atFirstRequest = ({ service }: { service: string }) => service === '/fhir';

describe('a signing that the EHR did wrong', () => {
  it('waits for a person: the mail is sent after the release, and nothing is regenerated', async () => {
    const patientId = await admit();
    ehr.fail({ fault: { kind: 'noAnswerToP12' } });
    const first = await practice.run(patientId);
    expect([first?.status, first?.error]).toEqual(['FAILED', 'PostconditionViolatedError']);
    const after = await stateOf(practice, patientId);
    expect(after.account?.violations).toContain('RESPONSIBLE_PROVIDER_CHANGED');
    expect(after.account?.message?.state).toBe('OWED');
    expect(after.pin?.document).toBe(after.account?.document);
    expect([after.mails, after.openStaffTasks.map((task) => task.split(' ')[0])]).toEqual([0, ['check-signing']]);

    await practice.nextDay();
    expect((await practice.run(patientId))?.output).toEqual({ outcome: 'HELD', reason: 'CHART_UNCLEAR' });
    await ehr.staff.write(person(patientId));
    expect((await releaseByHand(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
    expect((await broken(patientId)).filter((each) => each !== 'author is the provider')).toEqual([]);
  });

  it('leaves a name in Route-to that came between the last look and the signature: a person checks', async () => {
    const patientId = await admit();
    practice.journey(patientId).fail(isSigning, {
      name: 'routed late',
      strike: async ({ perform }) => {
        const { account } = await stateOf(practice, patientId);
        await ehr.staff.routeTo(account?.draft?.document ?? '', { reference: FAMILY_DOCTORS[1] });
        (await perform())();
      },
    });
    expect((await practice.run(patientId))?.error).toBe('PostconditionViolatedError');
    const { openStaffTasks, mails } = await stateOf(practice, patientId);
    expect([openStaffTasks, mails]).toEqual([['check-signing ROUTED'], 0]);
  });
});

it('a name that comes into Route-to after it was emptied is removed before the signing', async () => {
  const patientId = await admit();
  let routed = '';
  practice.journey(patientId).beforeStep = async (step) => {
    if (step !== 'SignDocument' || routed !== '') return;
    const { account } = await stateOf(practice, patientId);
    routed = await ehr.staff.routeTo(account?.draft?.document ?? '', { reference: FAMILY_DOCTORS[1] });
  };
  expect((await practice.run(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
  expect(routed).not.toBe('');
  expect(await broken(patientId)).toEqual([]);
});

it('a draft is discarded and made again when its provider changed overnight', async () => {
  const patientId = await admit();
  practice.journey(patientId).fail(isEndUpdate, downAllDay(503));
  expect((await practice.run(patientId))?.status).toBe('FAILED');
  const left = (await stateOf(practice, patientId)).account?.draft;
  await practice.nextDay();
  await ehr.staff.write(person(patientId, { generalPractitioner: [FAMILY_DOCTORS[1]] }));
  expect((await practice.run(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
  const state = await stateOf(practice, patientId);
  const authors = new Map(state.documents.map((each) => [each.id, each.author?.[0]?.reference]));
  expect(authors.get(state.account?.document ?? '')).toBe(FAMILY_DOCTORS[1]);
  expect(state.documents.find(({ id }) => id === left?.document)?.status).toBe('entered-in-error');
  const providerChanged = ['general practitioner as before', 'author is the provider'];
  expect((await broken(patientId)).filter((each) => !providerChanged.includes(each))).toEqual([]);
});

describe('days of failure', () => {
  it('an EHR that is down all day costs a day', async () => {
    const patientId = await admit();
    practice.journey(patientId).fail(atFirstRequest, downAllDay(500));
    const first = await practice.run(patientId);
    expect([first?.status, first?.error]).toEqual(['FAILED', 'EhrUnavailableError']);
    // Machines wait for the sweep of the next day; a person need not.
    expect(await practice.run(patientId)).toBeNull();
    await practice.nextDay();
    expect((await practice.run(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
    expect(await broken(patientId)).toEqual([]);
  });

  it('five failed days in a row are enough: a person is asked, and a release begins anew', async () => {
    const patientId = await admit();
    for (let day = 1; day <= 5; day++) {
      practice.journey(patientId).fail(isEndUpdate, downAllDay(500));
      expect([day, (await practice.run(patientId))?.status]).toEqual([day, 'FAILED']);
      await practice.nextDay();
    }
    expect((await practice.run(patientId))?.output).toEqual({ outcome: 'HELD', reason: 'ATTEMPTS_EXHAUSTED' });
    const held: Expected = {
      ending: { outcome: 'HELD', reason: 'ATTEMPTS_EXHAUSTED' },
      live: { document: `${patientId}-pin-1` },
      mails: 0,
      staffTasks: ['review-chart ATTEMPTS_EXHAUSTED'],
    };
    expect(await broken(patientId, held)).toEqual([]);
    expect((await releaseByHand(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
    expect(await broken(patientId)).toEqual([]);
  });

  it.each([
    ['VerifyEmail', null],
    ['CheckExpiry', null],
  ])('five days on which %s fails by its own name count as well', async (step) => {
    const patientId = await admit();
    for (let day = 1; day <= 5; day++) {
      practice.journey(patientId).fail((call) => call.step === step && call.service === '/fhir', downAllDay(500));
      expect([day, (await practice.run(patientId))?.status]).toEqual([day, 'FAILED']);
      await practice.nextDay();
    }
    expect((await practice.run(patientId))?.output).toEqual({ outcome: 'HELD', reason: 'ATTEMPTS_EXHAUSTED' });
  });
});

describe('an EHR that asks for fewer requests', () => {
  const throttled = (seconds: number): Failure => ({
    name: `429 with Retry-After ${seconds}`,
    strike: async ({ answer }) => answer(429, { 'retry-after': String(seconds) }, ''),
  });

  it.each([
    [1, 'is waited for within the step', 0],
    [60, 'is left to the state machine', 1],
  ])('429 with Retry-After %i s %s', async (seconds, _what, retries) => {
    const patientId = await admit();
    practice.journey(patientId).fail(isSigning, throttled(seconds));
    let runs = 0;
    practice.journey(patientId).beforeStep = async (step) => {
      if (step === 'SignDocument') runs += 1;
    };
    expect((await practice.run(patientId))?.output).toEqual({ outcome: 'REGENERATED', reason: null });
    expect(runs).toBe(1 + retries);
    expect(await broken(patientId)).toEqual([]);
  });
});

it('a forced regeneration is served once, also when its execution is run again', async () => {
  const patientId = await admit();
  await practice.run(patientId);
  const [first] = (await stateOf(practice, patientId)).documents.filter(({ status }) => status === 'current');
  practice.journey(patientId).fail(isSigning, STOPS_AND_DIES);
  await practice.run(patientId, 'person', 'request-1');
  await practice.quiet();
  const request = { patientId, trigger: 'person', force: 'request-1', awaitedFactChanged: false } as const;
  const again = await start(practice.ports, request);
  if (!('arn' in again)) throw new Error('a person starts regardless');
  expect((await practice.ended(again.execution)).output).toEqual({ outcome: 'REGENERATED', reason: null });
  const state = await stateOf(practice, patientId);
  expect(state.account?.servedRequest).toBe('request-1');
  expect(state.documents.filter(({ docStatus }) => docStatus === 'final')).toHaveLength(3);
  expect(state.documents.filter(({ status }) => status === 'current').map(({ id }) => id)).not.toContain(first?.id);
  expect(state.mails).toBe(2);
});
