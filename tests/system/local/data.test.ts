/** `--data`: what was answered is there after a restart, however the process ended. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Bundle, DocumentReference } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largePractice } from '../../../local/demo/large-practice.ts';
import { FINGERPRINT_KEY_ARN } from '../../../local/settings/environment.ts';
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

const DAY = 24 * 60 * 60 * 1000;
const PATIENTS = 60;
/** A start takes one to two seconds on an idle machine, and more where several run at once. */
const PATIENCE = { timeout: 60_000 };
const MACHINE = machine('regenerate-pin');

const practiceOf = (folder: string, name: string, patients: number) =>
  writePractice(folder, name, largePractice(patients, Date.now()));

/** Everything that a restart has to bring back, as it is read from outside. */
async function stateAt(run: Started) {
  const url = await run.url;
  const chart = <T>(path: string) => json<T>(`${url}/fhir/${path}`, run.chartHeaders());
  const sfn = new SFNClient(client(`${url}/stepfunctions`));
  const dynamodb = new DynamoDBClient(client(`${url}/dynamodb`));
  const kms = new KMSClient(client(`${url}/kms`));
  const mac = { KeyId: FINGERPRINT_KEY_ARN, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('B122900125') } as const;
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE, maxResults: 1000 }));
  const last = executions.at(-1)?.executionArn;
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: last }));
  const { Items } = await dynamodb.send(new ScanCommand({ TableName: 'portal-pin' }));
  const due = await dynamodb.send(new ScanCommand({ TableName: 'portal-pin', IndexName: 'due' }));
  const [patients, documents, history] = await Promise.all([
    chart<Bundle>('Patient?_count=1000'),
    chart<Bundle>('DocumentReference?_count=1000'),
    chart<Bundle>('Patient/bench-000001/_history'),
  ]);
  const resources = (bundle: Bundle) => (bundle.entry ?? []).map(({ resource }) => resource);
  return {
    chart: [patients, documents, history].map(resources),
    documents: resources(documents) as DocumentReference[],
    mails: await json<Mails>(`${url}/mailbox/store`),
    executions,
    events,
    table: Items ?? [],
    due: due.Items ?? [],
    // What was fingerprinted before is found again.
    mac: (await kms.send(new GenerateMacCommand(mac))).Mac,
  };
}

describe('a practice that was kept', () => {
  let here: Place;
  let data: string;
  let practice: string;
  beforeAll(() => {
    here = place();
    data = join(here.folder, 'data');
    practice = practiceOf(here.folder, 'practice', 4);
  });
  afterAll(() => here.clear());

  it(
    'is there after a kill, with its clock moved; and nothing is loaded or started a second time',
    PATIENCE,
    async () => {
      const first = here.start('--data', data, '--practice', practice);
      const url = await first.url;
      await expect.poll(() => first.output().stdout, { timeout: 15_000 }).toContain('Mailbox');
      const patient = `${url}/fhir/Patient/bench-000001`;
      const headers = first.chartHeaders();
      const written = await fetch(patient, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/fhir+json' },
        body: JSON.stringify({ ...(await json<object>(patient, headers)), gender: 'other' }),
      });
      expect(written.status).toBe(200);
      await fetch(`${url}/clock`, { method: 'POST', body: '{"advance":"P29D"}' });
      const before = await stateAt(first);
      const pinsBefore = before.table.filter(({ sk }) => sk?.S === 'PIN');
      // Each was told of the new PIN, and reminded once on the way.
      expect(before.mails.emails).toHaveLength(8);
      expect(pinsBefore).toHaveLength(4);
      const { now } = await json<{ now: string }>(`${url}/clock`);

      const second = here.start('--data', data, '--idle');
      expect(await second.ended).toBe(2);
      expect(second.output().stderr).toMatch(/Another process uses .*data/);
      await first.kill();

      const again = here.start('--data', data, '--practice', practice);
      const url2 = await again.url;
      await expect.poll(() => again.output().stdout, { timeout: 15_000 }).toContain('Mailbox');
      expect(await stateAt(again)).toEqual(before);
      const later = Date.parse((await json<{ now: string }>(`${url2}/clock`)).now) - Date.parse(now);
      expect(later).toBeGreaterThan(0);
      expect(later).toBeLessThan(DAY / 24);
      expect(Date.parse(now) - Date.now()).toBeGreaterThan(28 * DAY);
      await fetch(`${url2}/clock`, { method: 'POST', body: '{"advance":"P2D"}' });
      // Every PIN has lapsed, and its lapse started the next one.
      const after = await stateAt(again);
      const pinsAfter = after.table.filter(({ sk }) => sk?.S === 'PIN');
      expect(pinsAfter).toHaveLength(4);
      for (const { document } of pinsBefore) expect(pinsAfter.map((pin) => pin.document)).not.toContainEqual(document);
      expect(after.mails.emails).toHaveLength(12);
      await again.kill();
    },
  );
});

describe('a first pass that is killed', () => {
  let here: Place;
  beforeAll(() => {
    here = place();
  });
  afterAll(() => here.clear());

  it('goes on where it was, and chart, table, mailbox and executions agree', PATIENCE, async () => {
    const random = seeded(20261122);
    const options = ['--data', join(here.folder, 'data'), '--practice', practiceOf(here.folder, 'p', PATIENTS)];
    // Fewer than five: after five interrupted executions in a row the case goes to staff.
    for (let kill = 0; kill < 3; kill++) {
      const run = here.start(...options);
      const url = await run.url;
      // In the middle: some patients have their mail, sixteen are under way, most have not begun.
      const sent = async () => (await json<{ emails: unknown[] }>(`${url}/mailbox/store`)).emails.length;
      await expect.poll(sent, { timeout: 15_000, interval: 10 }).toBeGreaterThanOrEqual(6 * (kill + 1));
      await wait(random() * 100);
      await run.kill();
    }
    const last = here.start(...options, '--once', '--json');
    const code = await last.ended;
    const result = JSON.parse(last.output().stdout) as Result;
    const idle = here.start('--data', join(here.folder, 'data'), '--idle');
    const { documents, mails, table, executions } = await stateAt(idle);

    expect(result.patients).toHaveLength(PATIENTS);
    expect(result.patients.some(({ attempts }) => attempts > 1)).toBe(true);
    expect(result.failed.filter(({ error }) => error !== 'NotificationFateUnknownError')).toEqual([]);
    expect(code).toBe(result.failed.length === 0 ? 0 : 1);
    // Cut off after its case had ended: the second execution finds nothing to do.
    const others = Object.keys(result.counts).filter((key) => key !== 'FAILED/NotificationFateUnknownError');
    expect(['REGENERATED', 'NOT_NEEDED/NOT_EXPIRED']).toEqual(expect.arrayContaining(others));
    for (const { patientId } of result.patients) {
      const own = documents.filter(({ subject }) => subject?.reference === `Patient/${patientId}`);
      expect(own.filter(({ status }) => status === 'current')).toMatchObject([{ docStatus: 'final' }]);
      expect(own.filter(({ status }) => status === 'superseded')).toHaveLength(1);
      const to = `patient.${Number(patientId.slice(-6))}@example.com`;
      const sent = mails.emails.filter(({ destination }) => destination.to.includes(to));
      // The same for an execution that failed before the kill and is resumed after it: the mail is left to staff.
      const account = table.find(({ pk, sk }) => pk?.S === `PATIENT#${patientId}` && sk?.S === 'ACCOUNT');
      const isUnknown = account?.message?.M?.state?.S === 'UNKNOWN';
      if (result.failed.some((failed) => failed.patientId === patientId)) expect(isUnknown, patientId).toBe(true);
      expect(sent.length, patientId).toBeLessThanOrEqual(1);
      if (!isUnknown) expect(sent.length, patientId).toBe(1);
      const pin = table.find(({ pk, sk }) => pk?.S === `PATIENT#${patientId}` && sk?.S === 'PIN');
      expect(pin?.document?.S).toContain(own.find(({ status }) => status === 'current')?.id);
    }
    expect(executions.filter(({ status }) => status === 'RUNNING')).toEqual([]);
    expect(executions.filter(({ status }) => status === 'ABORTED').length).toBeGreaterThan(0);
    await idle.kill();
  });
});

describe('a folder that cannot be used', () => {
  let here: Place;
  beforeAll(() => {
    here = place();
  });
  afterAll(() => here.clear());

  it.each([
    ['a folder with something else in it', () => here.folder, /is not empty and holds no data of Portal PIN/],
    ['a file', () => join(here.folder, 'file'), /cannot be used \((EEXIST|ENOTDIR)\)/],
  ])('%s is refused and left as it is', async (_, folder, message) => {
    writeFileSync(join(here.folder, 'file'), 'kept');
    const run = here.start('--data', folder(), '--once');
    expect(await run.ended).toBe(2);
    expect(run.output().stderr).toMatch(message);
    expect(readdirSync(here.folder)).toEqual(['file']);
  });

  it("is the user's alone, takes no other practice, and is refused when it is damaged", async () => {
    const data = join(here.folder, 'data');
    const first = here.start('--data', data, '--practice', practiceOf(here.folder, 'one', 1), '--once');
    expect(await first.ended).toBe(0);
    for (const folder of ['.', 'practice', 'table']) {
      expect(statSync(join(data, folder)).mode & 0o777, folder).toBe(0o700);
      for (const file of readdirSync(join(data, folder), { withFileTypes: true })) {
        if (file.isFile()) expect(statSync(join(data, folder, file.name)).mode & 0o777, file.name).toBe(0o600);
      }
    }
    const other = here.start('--data', data, '--practice', practiceOf(here.folder, 'two', 2), '--once');
    expect(await other.ended).toBe(2);
    expect(other.output().stderr).toContain('holds another practice');

    writeFileSync(join(data, 'practice', 'CURRENT'), 'nonsense');
    const damaged = here.start('--data', data, '--idle');
    expect(await damaged.ended).toBe(2);
    expect(damaged.output().stderr).toContain('is damaged');
  });
});
