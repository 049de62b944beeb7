/**
 * Servers that ignore a search parameter, as FHIR allows them to. Whatever they answer, what is not ours stays as it is, and
 * a regeneration is either right or fails by name.
 */
import type { Bundle, DocumentReference } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFhirEhr } from '../../functions/adapters/fhir/ehr.ts';
import { PIN_LIFETIME_MS } from '../../functions/domain/chart/expiry.ts';
import { EhrRejectedError } from '../../functions/domain/errors.ts';
import { cycleIdentifier } from '../../functions/domain/identity.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { Ehr } from '../../functions/ports/ehr/ehr.ts';
import { organization, patient, practitioner } from '../../local/demo/chart-builders.ts';
import type { EhrRequest } from '../../local/ehr/request.ts';
import { document, type RunningEhr, runEhr } from '../support/local/running-ehr.ts';

const PIN = 'K123456789';
const OLD_PIN = 'B122900125';
const MINUTE = 60_000;
const LAB_REPORT = { system: 'http://loinc.org', code: '11502-2' };

let running: RunningEhr;
let ehr: Ehr;
/** The parameter that the server ignores. */
let ignored: string | null = null;
beforeAll(async () => {
  running = await runEhr();
  running.ehr.onRequest(({ phase, request }) => {
    if (phase === 'before' && ignored !== null) forget(request, ignored);
  });
  ehr = createFhirEhr({
    baseUrl: running.url,
    authorization: async () => null,
    signal: AbortSignal.timeout(120_000),
    clock: { now: () => running.clock.now },
  });
  const doctors = ['pcp', 'other'].map((id) => practitioner(id, { given: 'Ann', family: 'Lee' }));
  await load(...doctors, organization('office', 'Office'));
});
afterAll(() => running.close());

const load = (...resources: object[]) =>
  running.ehr.load([
    { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) } as never,
  ]);

/** The query as a server reads it that does not know the parameter. */
function without(query: string, parameter: string): string {
  const [path = '', rest] = query.includes('?') ? query.split('?') : ['', query];
  const kept = (rest ?? '').split('&').filter((each) => each.split(/[=:]/)[0] !== parameter);
  return query.includes('?') ? `${path}?${kept.join('&')}` : kept.join('&');
}

function forget(request: EhrRequest, parameter: string): void {
  if (request.url.includes('?')) request.url = without(request.url, parameter);
  for (const { request: asked } of (request.body as Bundle | undefined)?.entry ?? []) {
    if (asked?.url.includes('?')) asked.url = without(asked.url, parameter);
    if (asked?.ifNoneExist !== undefined) asked.ifNoneExist = without(asked.ifNoneExist, parameter);
  }
}

let patients = 0;
/** A patient with an expired PIN and a laboratory report that is newer and current. */
async function admit() {
  const id = `weak${++patients}`;
  await load(
    patient({
      ...{ id, name: { given: 'Pat', family: 'Ient' }, birthDate: '1957-03-29', telecom: [] },
      ...{ generalPractitioner: ['Practitioner/pcp'], managingOrganization: 'Organization/office' },
    }),
    document(`${id}-lab`, id, {
      ...{ type: { coding: [LAB_REPORT] }, docStatus: 'final', date: toInstant(running.clock.now - MINUTE) },
      ...{ custodian: { reference: 'Organization/office' } },
    }),
  );
  const location = { reference: 'Organization/office' };
  const old = await running.ehr.staff.signPinByHand(id, {
    ...{ pin: OLD_PIN, at: running.clock.now - PIN_LIFETIME_MS - MINUTE, location },
  });
  return { id, cycle: old.documentId };
}

async function regenerate(id: string, cycle: string): Promise<void> {
  const now = running.clock.now;
  const identifier = cycleIdentifier(id, cycle);
  const facts = await ehr.readUpdateFacts(id, cycle, identifier, now);
  expect(facts).toMatchObject({ primaryCare: [{ reference: 'Practitioner/pcp', active: true }] });
  const draft = await ehr.openUpdate({
    ...{ patientId: id, cycleIdentifier: identifier, provider: 'Practitioner/pcp' },
    ...{ location: 'Organization/office', visit: null, pin: PIN, now },
  });
  await ehr.endUpdate(draft, now);
  const routing = await ehr.readRouting(draft.document);
  expect(routing.open).toBeGreaterThan(0);
  expect(await ehr.cancelRouting(draft.document, routing)).toEqual({ open: 0, tasks: [] });
  const review = await ehr.reviewDraft(id, draft);
  expect(review).toMatchObject({ draftIntact: true, routing: { open: 0 } });
  expect(review.documents.filter((each) => each.signed).map((each) => each.id)).toEqual([cycle]);
  await ehr.sign({ patientId: id, draft, cycle, asRead: review.asRead, now });
  expect(await ehr.readSigned(id, draft.document, identifier)).toMatchObject({
    ...{ signed: true, formCompleted: true, openRouting: 0, otherLive: 0, declinedResponsibility: true, pin: PIN },
  });
  await ehr.discardDrafts([identifier]);
}

/** Of a document: how often it was written, and what it says. */
async function versionsOf(id: string): Promise<(string | undefined)[]> {
  return (await running.ehr.history<DocumentReference>('DocumentReference', id)).map(({ status }) => status);
}

const PARAMETERS = ['patient', 'type', 'status', 'identifier', 'focus', 'target', '_id', '_include', '_sort', '_count'];

describe.each(PARAMETERS)('a server that ignores %s', (parameter) => {
  it('has only the PIN documents of the patient changed', async () => {
    const bystander = await admit();
    const { id, cycle } = await admit();
    ignored = parameter;
    try {
      await regenerate(id, cycle);
      expect(await versionsOf(cycle)).toEqual(['current', 'superseded']);
      // One Task that others of the practice have is not ours.
      await ehr.openStaffTask({ patientId: id, code: 'enter-email', reason: 'NONE' });
      await ehr.closeStaffTask({ patientId: id, code: 'enter-email', reason: 'NONE' });
    } catch (error) {
      // Where no filter makes up for it, by name.
      expect(error).toBeInstanceOf(EhrRejectedError);
      expect(String(error)).toMatch(/CONDITIONAL_CREATE_MATCHED_ANOTHER|SEARCH_PARAMETER_IGNORED/);
      expect(['identifier', 'patient', 'status']).toContain(parameter);
    } finally {
      ignored = null;
    }
    for (const each of [id, bystander.id]) expect(await versionsOf(`${each}-lab`)).toEqual(['current']);
    expect(await versionsOf(bystander.cycle)).toEqual(['current']);
  });

  it('does not make a newer laboratory report a young PIN', async () => {
    const { id, cycle } = await admit();
    ignored = parameter;
    try {
      expect((await ehr.readPinDocuments(id)).map((each) => each.id)).toEqual([cycle]);
    } finally {
      ignored = null;
    }
  });
});
