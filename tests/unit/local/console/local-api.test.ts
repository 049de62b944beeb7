import type { Patient } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  type ChartEdit,
  chart,
  chartEdited,
  chartList,
  type WebhookOrder,
  webhookSent,
} from '../../../../local/console/local-api-contract.ts';
import { type RunningPlatform, runPlatform } from '../../../system/scenarios/running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());

const url = (path: string) => `${running.platform.url}/local-api${path}`;

async function ask<Schema extends z.ZodType>(schema: Schema, path: string, body?: unknown): Promise<z.infer<Schema>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url(path), init);
  expect([response.status, path]).toEqual([200, path]);
  return schema.parse(await response.json());
}

const edit = (id: string, what: ChartEdit, isTold = false) => ask(chartEdited, `/chart/${id}`, { edit: what, isTold });
const told = (order: WebhookOrder) => ask(webhookSent, '/webhooks', order);
const patientOf = async (id: string) => (await running.fhir<Patient>(`Patient?_id=${id}`))[0];

describe('the chart', () => {
  it('is found by name, address and id, and read with all that is in it', async () => {
    const id = await running.admit({});
    await running.take(id);
    const { patients } = await ask(chartList, `/chart?q=${id}`);
    const [found] = patients;
    expect(patients).toHaveLength(1);
    const [given = ''] = found?.name.split(' ') ?? [];
    expect((await ask(chartList, `/chart?q=${encodeURIComponent(`${given} ${id}`)}`)).total).toBe(1);
    expect((await ask(chartList, `/chart?q=${found?.emails[0]}`)).patients).toEqual(patients);
    expect((await ask(chartList, '/chart?q=no-such-patient')).total).toBe(0);
    const { resources, practitioners } = await ask(chart, `/chart/${id}`);
    const types = new Set(resources.map(({ resourceType }) => resourceType));
    expect([...types].sort()).toEqual(
      expect.arrayContaining(['Communication', 'DocumentReference', 'Encounter', 'Patient', 'Provenance', 'Task']),
    );
    expect(practitioners).toContainEqual({ reference: 'Practitioner/demo-prac-1', name: 'Alice Whitfield' });
  });

  it('takes an address in the place of the others', async () => {
    const id = await running.admit({ patient: () => ({ telecom: [{ system: 'phone', value: '+1 555 0100' }] }) });
    await edit(id, { edit: 'ENTER_EMAIL', address: 'first@example.com' });
    await edit(id, { edit: 'ENTER_EMAIL', address: 'second@example.com' });
    expect((await patientOf(id))?.telecom?.map(({ value }) => value)).toEqual(['+1 555 0100', 'second@example.com']);
  });

  it('enters a provider where none was, and at a specialist’s office, so the case resumes', async () => {
    const noGp = await running.admit({ patient: () => ({ generalPractitioner: [] }) });
    const noTeam = await running.admit({ pins: [{ age: 40 * 86_400_000, location: 'Organization/demo-org-2' }] });
    for (const id of [noGp, noTeam]) await running.take(id);
    expect((await running.account(noTeam)).reason).toBe('RESPONSIBLE_PROVIDER_UNRESOLVED');
    await edit(noGp, { edit: 'SET_PROVIDER', practitioner: 'Practitioner/demo-prac-1', at: null });
    await edit(noTeam, {
      ...{ edit: 'SET_PROVIDER', practitioner: 'Practitioner/demo-prac-4', at: 'Organization/demo-org-2' },
    });
    for (const id of [noGp, noTeam]) {
      await running.take(id);
      expect((await running.account(id)).outcome).toBe('REGENERATED');
    }
  });

  it.each([
    ['REGISTER', 'ALREADY_REGISTERED'],
    ['OPT_OUT', 'OPTED_OUT'],
    ['SET_DECEASED', 'DECEASED'],
    ['SET_INACTIVE', 'INACTIVE'],
    ['SIGN_PIN_BY_HAND', 'NOT_EXPIRED'],
  ] as const)('%s ends in NOT_NEEDED/%s, which the EHR tells by webhook', async (what, reason) => {
    const id = await running.admit({});
    const { webhook } = await edit(id, { edit: what }, true);
    expect(webhook?.answer.status).toBe(202);
    await running.take(id);
    expect(await running.account(id)).toMatchObject({ outcome: 'NOT_NEEDED', reason });
  });
});

describe('the EHR’s webhooks', () => {
  it.each<[string, (patientId: string) => WebhookOrder]>([
    ['TRACKED', (patientId) => ({ type: 'pin.issued', data: { patientId } })],
    [
      'STARTED',
      (patientId) => ({
        type: 'pin.regeneration_requested',
        data: { patientId, actor: 'front-desk', reason: 'Lost.', force: true },
      }),
    ],
    // The chart does not say so, and the chart counts.
    ['NOT_DUE', (patientId) => ({ type: 'portal.registered', data: { patientId } })],
  ])('are sent signed, and answered: %s', async (decision, order) => {
    const id = await running.admit({});
    const { headers, answer } = await told(order(id));
    expect(headers['webhook-signature']).toMatch(/^v1,/);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([202, { decision }]);
    await running.platform.stepFunctions.settled();
  });
});

describe('trouble', () => {
  const arm = (trouble: string) => fetch(url('/trouble'), { method: 'POST', body: JSON.stringify({ trouble }) });

  it.each([
    ['SIGNING_REFUSED', 'EhrRejectedError'],
    ['MAIL_REFUSED', 'EmailRejectedError'],
    ['ANSWER_LOST', 'NotificationFateUnknownError'],
  ])('%s fails the next execution by %s, and no other', async (trouble, error) => {
    await arm(trouble);
    expect((await running.take(await running.admit({}))).execution.error).toBe(error);
    expect((await running.take(await running.admit({}))).execution.status).toBe('SUCCEEDED');
  });

  it('EHR_BUSY is overcome by trying again', async () => {
    await arm('EHR_BUSY');
    const { execution, history } = await running.take(await running.admit({}));
    expect(execution.status).toBe('SUCCEEDED');
    expect(history.filter(({ type }) => type === 'TaskFailed')).toHaveLength(3);
  });

  it('is over when staff say so', async () => {
    await arm('SIGNING_REFUSED');
    await arm('MAIL_REFUSED');
    await fetch(url('/trouble'), { method: 'DELETE' });
    expect((await running.take(await running.admit({}))).execution.status).toBe('SUCCEEDED');
  });
});

describe('bad input', () => {
  it.each([
    ['POST', '/chart/unknown-1', { edit: { edit: 'REGISTER' }, isTold: false }, 404],
    ['GET', '/chart/unknown-1', undefined, 404],
    ['POST', '/chart/unknown-1', { edit: { edit: 'DELETE' }, isTold: false }, 400],
    ['POST', '/webhooks', { type: 'pin.issued', data: { patientId: '../..' } }, 400],
    ['POST', '/trouble', { trouble: 'EVERYTHING' }, 400],
    ['POST', '/trouble', 'no json', 400],
    ['GET', '/elsewhere', undefined, 404],
  ])('%s %s %j is answered %d', async (method, path, body, status) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url(path), { method, ...(body !== undefined && { body: text }) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, detail: expect.any(String) });
  });
});
