/** `kill -9` in the middle of a sweep: after a restart with the same `--data`, no patient is left out and none gets two mails. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Bundle, Patient } from 'fhir/r4';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { largePractice } from '../../../local/demo/large-practice.ts';
import {
  client,
  json,
  type Mails,
  machine,
  type Result,
  seeded,
  writePractice,
} from '../../support/local/kept-practice.ts';
import { type Place, place, type Started } from '../../support/local/running-start.ts';

/** Each of the starts takes seconds where several tests run at once. */
const PATIENCE = { timeout: 240_000 };
const SOON = { timeout: 60_000, interval: 5 };

let here: Place;
beforeEach(() => {
  here = place();
});
afterEach(() => here.clear());

const addressOf = (patientId: string) => `patient.${Number(patientId.slice(-6))}@example.com`;
const mailsOf = async (run: Started) => (await json<Mails>(`${await run.url}/mailbox/store`)).emails;
const patientsIn = (bundles: readonly Bundle[]) =>
  bundles.flatMap(({ entry = [] }) =>
    entry.flatMap(({ resource }) => (resource?.resourceType === 'Patient' ? [resource] : [])),
  );

/** The practice, of which some patients have no address yet: only a sweep takes those up. */
function withoutAddress(bundles: Bundle[], isWithout: (n: number) => boolean): Bundle[] {
  for (const patient of patientsIn(bundles)) if (isWithout(Number(patient.id?.slice(-6)))) delete patient.telecom;
  return bundles;
}

/** Staff enter the missing addresses; the EHR sends no webhook. */
async function enterAddresses(run: Started): Promise<void> {
  const url = await run.url;
  const headers = { ...run.chartHeaders(), 'content-type': 'application/fhir+json' };
  const all = await json<Bundle<Patient>>(`${url}/fhir/Patient?_count=1000`, headers);
  for (const { resource } of all.entry ?? []) {
    if (resource?.id === undefined || resource.telecom !== undefined) continue;
    const entered = { ...resource, telecom: [{ system: 'email', value: addressOf(resource.id) }] };
    const answer = await fetch(`${url}/fhir/Patient/${resource.id}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(entered),
    });
    expect(answer.status).toBe(200);
  }
}

/** Begins to move the clock, and does not wait for what follows; the process will not live to see its end. */
async function beginMove(run: Started, advance: string): Promise<void> {
  const url = await run.url;
  void fetch(`${url}/clock`, { method: 'POST', body: JSON.stringify({ advance }) }).catch(() => undefined);
}

async function statusesOf(run: Started, name: string): Promise<(string | undefined)[]> {
  const sfn = new SFNClient(client(`${await run.url}/stepfunctions`));
  const command = new ListExecutionsCommand({ stateMachineArn: machine(name), maxResults: 1000 });
  const { executions = [] } = await sfn.send(command);
  return executions.map(({ status }) => status);
}

/** After the last start, which moves no clock, each patient that waited for the sweep has a PIN and one mail. */
async function expectNobodyLeftOut(options: string[], patients: number): Promise<void> {
  const last = here.start(...options, '--once', '--json');
  await last.ended;
  const { patients: results, failed } = JSON.parse(last.output().stdout) as Result;
  expect(results).toHaveLength(patients);
  // Killed between the mail's leaving and its answer: a person is asked, and none is sent by itself.
  expect(failed.filter(({ error }) => error !== 'NotificationFateUnknownError')).toEqual([]);
  const ends = new Set(results.map(({ outcome }) => outcome));
  expect(['REGENERATED', 'NOT_NEEDED', null]).toEqual(expect.arrayContaining([...ends]));

  const idle = here.start(...options, '--idle');
  const mails = await mailsOf(idle);
  for (const { patientId } of results) {
    const sent = mails.filter(({ destination }) => destination.to.includes(addressOf(patientId))).length;
    const isUnknown = failed.some((each) => each.patientId === patientId);
    expect(sent, patientId).toBeLessThanOrEqual(1);
    if (!isUnknown) expect(sent, patientId).toBe(1);
  }
  for (const name of ['regenerate-pin', 'sweep-expiring-pins']) {
    expect(await statusesOf(idle, name)).not.toContain('RUNNING');
  }
  await idle.kill();
}

describe('a sweep that is killed', () => {
  const PATIENTS = 40;

  it('goes on at the next start, however often: at its beginning, in its middle, near its end', PATIENCE, async () => {
    const random = seeded(20261124);
    const bundles = withoutAddress(largePractice(PATIENTS, Date.now()), () => true);
    const options = ['--data', join(here.folder, 'data'), '--practice', writePractice(here.folder, 'p', bundles)];
    const before = here.start(...options, '--once', '--json');
    expect(await before.ended).toBe(0);
    const { counts } = JSON.parse(before.output().stdout) as Result;
    expect(counts).toEqual({ 'EMAIL_MISSING/NONE': PATIENTS });

    const first = here.start(...options);
    await expect.poll(() => first.output().stdout, SOON).toContain('Mailbox');
    await enterAddresses(first);
    await beginMove(first, 'P7D');
    await expect.poll(() => statusesOf(first, 'sweep-expiring-pins'), SOON).toContain('RUNNING');
    await first.kill();

    // The clock stays where it is: each start goes on with the sweep that the kill before interrupted.
    for (const mailsBefore of [1, PATIENTS / 3, (2 * PATIENTS) / 3]) {
      const again = here.start(...options);
      await expect.poll(async () => (await mailsOf(again)).length, SOON).toBeGreaterThanOrEqual(mailsBefore);
      await wait(random() * 50);
      await again.kill();
    }
    await expectNobodyLeftOut(options, PATIENTS);
  });
});

describe('a move of the clock that is killed', () => {
  const PATIENTS = 40;

  it.each([
    ['as soon as it began', 0],
    ['while PINs lapse', 2],
  ])(
    '%s is made up for at the next start, with the sweep that it had not come to',
    PATIENCE,
    async (_when, mailsBefore) => {
      // Half have a PIN that lapses at the move; the others wait for an address, and so for the sweep after it.
      const now = Date.now();
      const young = largePractice(PATIENTS, now + 2 * 24 * 60 * 60 * 1000);
      const bundles = withoutAddress(young, (n) => n % 2 === 0);
      const options = ['--data', join(here.folder, 'data'), '--practice', writePractice(here.folder, 'p', bundles)];
      const first = here.start(...options);
      await expect.poll(() => first.output().stdout, SOON).toContain('Mailbox');
      expect(await mailsOf(first)).toEqual([]);
      await enterAddresses(first);
      await beginMove(first, 'P7D');
      const now7 = async () => Date.parse((await json<{ now: string }>(`${await first.url}/clock`)).now) - Date.now();
      await expect.poll(now7, SOON).toBeGreaterThan(6 * 24 * 60 * 60 * 1000);
      await expect.poll(async () => (await mailsOf(first)).length, SOON).toBeGreaterThanOrEqual(mailsBefore);
      await first.kill();
      await expectNobodyLeftOut(options, PATIENTS);
    },
  );
});
