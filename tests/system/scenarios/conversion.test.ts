/** Whether the PINs that a sweep brings are of use: issued, picked up, registered, by location of care. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dayOf } from '../../../functions/domain/time/calendar.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { sweepReport } from '../../../functions/usecases/staff/sweep-report.ts';
import { DAY } from '../../../local/demo/case.ts';
import { careTeam } from '../../../local/demo/chart-builders.ts';
import { CARDIOLOGISTS, CARDIOLOGY, FAMILY_DOCTORS, UNLISTED_OFFICE } from '../../../local/demo/directory.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { type EhrSender, ehrSender, secretOf } from '../../support/harness/ehr-sender.ts';
import { BIRTH_DATE, shownBy, tokensTo } from './mailed-links.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let ehr: EhrSender;
const lines: string[] = [];
/** Of the primary care, of cardiology and of an office that the policy does not list; all of them due tomorrow. */
const patients = { care: [] as string[], cardiology: '', unlisted: '' };
let day: string;
const addressOfCare = (n: number) => `care.${n}@example.com`;

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  }
  running = await runPlatform({ metrics: true });
  const { platform, admit, track } = running;
  ehr = ehrSender(platform.endpoints.webhooks, await secretOf(platform.url));
  for (let n = 0; n < 4; n++) {
    const telecom = [{ system: 'email' as const, value: addressOfCare(n) }];
    patients.care.push(await admit({ patient: () => ({ birthDate: BIRTH_DATE, telecom }), pins: [{ age: 29 * DAY }] }));
  }
  patients.cardiology = await admit({
    patient: () => ({ generalPractitioner: [FAMILY_DOCTORS[0] ?? ''] }),
    pins: [{ age: 29 * DAY, location: CARDIOLOGY }],
    others: ({ id }) => [
      careTeam({ id: `${id}-team`, patient: id, organization: CARDIOLOGY, participants: [CARDIOLOGISTS[0] ?? ''] }),
    ],
  });
  patients.unlisted = await admit({ pins: [{ age: 29 * DAY, location: UNLISTED_OFFICE }] });
  for (const id of [...patients.care, patients.cardiology, patients.unlisted]) {
    await track(id);
    // Found by the sweep alone: the lapse has a report of its own, and none starts these.
    await outsidePorts().pins.remove(id);
  }
  await platform.clock.advance('P1D');
  await platform.settled();
  day = dayOf(platform.clock.now(), outsidePorts().practice.timeZone);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await running.close();
});

/** What the report of that day's sweep says now. */
async function conversion() {
  const ports = outsidePorts();
  const [run] = await ports.sweeps.list(day);
  return (await sweepReport(ports, day, run?.execution ?? ''))?.conversion;
}
const issued = (n: number, more: object = {}) => ({ issued: n, pickedUp: 0, registered: 0, replaced: 0, ...more });
/** Metrics by name and location, as counts. */
const counts = () => {
  const metrics = lines
    .join('')
    .split('\n')
    .filter((line) => line.includes('"location"'))
    .map((line) => JSON.parse(line));
  const named = metrics.map(
    (line) => `${['Issued', 'PickedUp', 'Registered'].find((name) => name in line)} ${line.location}`,
  );
  return Object.fromEntries([...new Set(named)].map((name) => [name, named.filter((each) => each === name).length]));
};

describe('the PINs of a sweep', () => {
  it('are issued where their documents are kept', async () => {
    expect(await conversion()).toEqual({ 'demo-org-1': issued(4), 'demo-org-2': issued(1), 'demo-org-3': issued(1) });
    expect(counts()).toEqual({ 'Issued demo-org-1': 4, 'Issued demo-org-2': 1, 'Issued OTHER': 1 });
  });

  it('are picked up, and their patients register', async () => {
    const [looked = '', both = '', byChart = ''] = patients.care;
    const now = toInstant(running.platform.clock.now() + 1_000);
    // By the link in the mail, and a second look is no further one.
    for (const address of [addressOfCare(0), addressOfCare(1), addressOfCare(1)]) {
      expect(await shownBy(running, tokensTo(running, address))).toEqual(['PIN']);
    }
    const told = (patientId: string) => ehr.deliver({ type: 'portal.registered', timestamp: now, data: { patientId } });
    expect((await told(both)).body.decision).toBe('STOPPED');
    expect((await told(patients.cardiology)).body.decision).toBe('STOPPED');
    // The same news again is none.
    await told(both);
    await register(byChart);
    await running.take(byChart);
    expect(await running.account(byChart)).toMatchObject({
      reason: 'ALREADY_REGISTERED',
      registeredAt: expect.any(String),
    });
    expect(await running.account(both)).toMatchObject({ pickedUpAt: expect.any(String), registeredAt: now });
    expect(await running.account(looked)).toMatchObject({ pickedUpAt: expect.any(String), registeredAt: null });
    expect(await conversion()).toEqual({
      'demo-org-1': issued(4, { pickedUp: 2, registered: 2 }),
      'demo-org-2': issued(1, { registered: 1 }),
      'demo-org-3': issued(1),
    });
    expect(counts()).toMatchObject({
      'PickedUp demo-org-1': 2,
      'Registered demo-org-1': 2,
      'Registered demo-org-2': 1,
    });
  });

  it('are replaced when the patient did not register', async () => {
    await register(patients.care[1] ?? '');
    await register(patients.cardiology);
    await running.platform.clock.advance('P31D');
    await running.platform.settled();
    const [looked = '', , , untouched = ''] = patients.care;
    expect(await running.account(looked)).toMatchObject({ pickedUpAt: null, registeredAt: null });
    expect((await running.account(untouched)).issuedBy).toBeGreaterThan(1);
    expect(await conversion()).toEqual({
      'demo-org-1': issued(2, { pickedUp: 1, registered: 2, replaced: 2 }),
      'demo-org-2': issued(1, { registered: 1 }),
      'demo-org-3': issued(0, { replaced: 1 }),
    });
  });
});

/** The chart says that the patient has registered. */
async function register(id: string): Promise<void> {
  const { fhir, fhirAuthorization: authorization } = running.platform.endpoints;
  const url = `${fhir}/Patient/${id}`;
  const patient = (await (await fetch(url, { headers: { authorization } })).json()) as object;
  const status = 'https://portal-pin.example/fhir/StructureDefinition/portal-status';
  const body = JSON.stringify({ ...patient, extension: [{ url: status, valueCode: 'registered' }] });
  const headers = { 'content-type': 'application/fhir+json', authorization };
  expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(200);
}
