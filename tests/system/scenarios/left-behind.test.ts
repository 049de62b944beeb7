import type { DocumentReference, Patient } from 'fhir/r4';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY } from '../../../local/demo/case.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());

/** A patient with a leftover draft: the last execution lost its lease, which has lapsed since. */
async function patientWithDraft(): Promise<string> {
  const id = await running.admit({});
  running.beforeSigning(() => running.change(id, { lease: { owner: 'another', until: '2000-01-01T00:00:00Z' } }));
  await running.take(id);
  expect(await draftsOf(id)).toHaveLength(1);
  return id;
}

async function draftsOf(id: string) {
  const current = await running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
  return current.filter(({ docStatus }) => docStatus === 'preliminary');
}

async function write(id: string, changed: (patient: Patient & { id: string }) => object): Promise<void> {
  const [patient] = await running.fhir<Patient>(`Patient?_id=${id}`);
  if (patient === undefined) throw new Error(`no ${id}`);
  const after = { ...patient, ...changed(patient) };
  await running.platform.ehr.staff.write(JSON.parse(JSON.stringify(after)));
}

const START = ['VerifyEmail', 'CheckExpiry', 'WhatIsDue'];
const DISCARDED = [...START, 'DiscardDraft', 'WhatRemains'];
const UPDATE = ['RegeneratePin', 'ClearRouting', 'SignDocument', 'SendEnrollmentNotification'];

const WAYS: { what: string; meanwhile: (id: string) => Promise<unknown>; path: string[]; output: object }[] = [
  {
    what: 'nothing changed: the very draft is signed',
    meanwhile: async () => undefined,
    path: [...START, ...UPDATE],
    output: { outcome: 'REGENERATED', reason: null },
  },
  {
    what: 'another expired PIN came to light: the draft replaced the wrong document',
    meanwhile: (id) =>
      running.platform.ehr.staff.signPinByHand(id, {
        pin: 'Y123456789',
        at: running.platform.clock.now() - 30.5 * DAY,
      }),
    path: [...DISCARDED, ...UPDATE],
    output: { outcome: 'REGENERATED', reason: null },
  },
  {
    what: 'the address was removed',
    meanwhile: (id) => write(id, () => ({ telecom: undefined })),
    path: [...DISCARDED, 'RequestEmail'],
    output: { outcome: 'EMAIL_MISSING', reason: 'NONE' },
  },
  {
    what: 'the last three PINs were never used',
    meanwhile: (id) => running.change(id, { unclaimedCycles: 3 }),
    path: [...DISCARDED, 'HoldForStaff'],
    output: { outcome: 'HELD', reason: 'CYCLE_LIMIT' },
  },
  {
    what: 'two general practitioners: the draft named the wrong provider',
    meanwhile: (id) =>
      write(id, ({ generalPractitioner = [] }) => ({
        generalPractitioner: [...generalPractitioner, { reference: 'Practitioner/ehr-signer' }],
      })),
    path: [...START, 'RegeneratePin', 'DiscardDraft', 'WhatRemains', 'HoldForStaff'],
    output: { outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' },
  },
  {
    what: 'the patient died',
    meanwhile: (id) => write(id, () => ({ deceasedBoolean: true })),
    path: [...DISCARDED, 'NotNeeded'],
    output: { outcome: 'NOT_NEEDED', reason: 'DECEASED' },
  },
  {
    what: 'staff signed a new PIN by hand',
    meanwhile: (id) => running.platform.ehr.staff.signPinByHand(id, { pin: 'X123456789' }),
    path: [...DISCARDED, 'NotNeeded'],
    output: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
  },
];

it.each(WAYS)('a draft was left behind, and $what', async ({ meanwhile, path, output }) => {
  const id = await patientWithDraft();
  await meanwhile(id);
  const ended = await running.take(id);
  expect(ended.path).toEqual(path);
  expect(JSON.parse(ended.execution.output ?? 'null')).toEqual(output);
  expect(await draftsOf(id)).toEqual([]);
  expect(await running.account(id)).toMatchObject({ draft: null, lease: null, ...output });
});

it('a chart without the PINs we know of goes to staff, and no patient is forgotten', async () => {
  const id = await running.admit({});
  await running.take(id);
  const { document } = await running.account(id);
  const current = await running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
  for (const each of current) await running.platform.ehr.staff.write({ ...each, status: 'entered-in-error' });
  const next = await running.take(id);
  expect(JSON.parse(next.execution.output ?? 'null')).toEqual({ outcome: 'HELD', reason: 'CHART_UNCLEAR' });
  expect(await running.account(id)).toMatchObject({ document, nextCheckDay: expect.any(String) });
});

it('a signing that the EHR dates ahead is held, and completed with its mail once the date is clear', async () => {
  const id = await running.admit({});
  const ahead = new Date(running.platform.clock.now() + 6 * 60_000).toISOString();
  const stop = running.platform.ehr.onRequest(async ({ phase, request }) => {
    if (phase !== 'after' || !JSON.stringify(request.body ?? '').includes('"Provenance"')) return;
    stop();
    const { draft } = await running.account(id);
    const [document] = await running.fhir<DocumentReference>(`DocumentReference?_id=${draft?.document}`);
    await running.platform.ehr.staff.write({ ...document, date: ahead } as never);
  });
  const first = await running.take(id);
  expect(JSON.parse(first.execution.output ?? 'null')).toEqual({ outcome: 'HELD', reason: 'CHART_UNCLEAR' });
  expect((await running.account(id)).draft).not.toBeNull();
  await running.platform.clock.advance('PT10M');
  const next = await running.take(id);
  expect(JSON.parse(next.execution.output ?? 'null')).toEqual({ outcome: 'REGENERATED', reason: null });
  expect(next.path).not.toContain('RegeneratePin');
  expect(await running.account(id)).toMatchObject({ draft: null, message: { state: 'ACCEPTED', filed: true } });
});

it('a draft that cannot be discarded does not keep an exhausted case from a person', async () => {
  const id = await patientWithDraft();
  await running.change(id, { failures: 6, lease: null });
  await write(id, () => ({ telecom: [] }));
  const next = await running.take(id);
  expect(JSON.parse(next.execution.output ?? 'null')).toEqual({ outcome: 'HELD', reason: 'ATTEMPTS_EXHAUSTED' });
});
