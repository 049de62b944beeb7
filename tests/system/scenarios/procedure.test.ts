import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type {
  CareTeam,
  Communication,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Provenance,
  QuestionnaireResponse,
  Task,
} from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../local/demo/case.ts';
import { careTeam, draftMedicationRequest, visit } from '../../../local/demo/chart-builders.ts';
import { CARDIOLOGISTS, CARDIOLOGY, FAMILY_DOCTORS, PRIMARY_CARE } from '../../../local/demo/directory.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

const FHIR = 'https://portal-pin.example/fhir/';
/** P8. */
const THIRTY_DAYS_IN_SECONDS = 2_592_000;
/** Half past two in the morning in UTC is the evening before in New York, summer and winter. */
const HALF_PAST_TWO = 2.5 * HOUR;

let running: RunningPlatform;
/** A primary-care patient with a visit under way, waiting prescriptions and a care team; a specialist's patient. */
let id: string;
let atCardiology: string;
let before: { patient: Patient | undefined; teams: CareTeam[]; orders: MedicationRequest[] };
/** The document that was signed, and when, in milliseconds. */
let document: DocumentReference & { id: string };
let signedAt: number;

const one = <T>(found: T[]): T => {
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) throw new Error(`${found.length} found instead of one`);
  return first;
};
const byPatient = (of: string, more = '') => `patient=Patient/${of}${more}`;
const surroundings = async () => ({
  patient: await running.platform.ehr.read<Patient>('Patient', id),
  teams: await running.fhir<CareTeam>(`CareTeam?${byPatient(id)}`),
  orders: await running.fhir<MedicationRequest>(`MedicationRequest?${byPatient(id)}`),
});
const answersOf = (form: QuestionnaireResponse) =>
  Object.fromEntries(
    (form.item ?? []).map(({ linkId, answer }) => [linkId, answer?.[0]?.valueString ?? answer?.[0]?.valueDateTime]),
  );
const formOf = async (update: DocumentReference) =>
  one(await running.fhir<QuestionnaireResponse>(`QuestionnaireResponse?encounter=${encounterOf(update)}`));
const encounterOf = ({ context }: DocumentReference) => context?.encounter?.[0]?.reference;

beforeAll(async () => {
  running = await runPlatform();
  const { clock } = running.platform;
  await clock.advance(Math.ceil(clock.now() / DAY) * DAY + HALF_PAST_TWO - clock.now());
  id = await running.admit({
    others: ({ id: patient, now }) => [
      visit({
        ...{ id: `${patient}-visit`, patient, organization: PRIMARY_CARE, provider: FAMILY_DOCTORS[1] },
        ...{ start: now - HOUR / 2, end: null },
      }),
      careTeam({ id: `${patient}-team`, patient, organization: CARDIOLOGY, participants: [CARDIOLOGISTS[0]] }),
      draftMedicationRequest(`${patient}-order`, {
        ...{ patient, requester: FAMILY_DOCTORS[0], medication: 'Lisinopril 10 mg', authoredAt: now - DAY },
      }),
    ],
  });
  atCardiology = await running.admit({
    pins: [{ age: 45 * DAY, location: CARDIOLOGY }],
    others: ({ id: patient }) => [
      careTeam({ id: `${patient}-team`, patient, organization: CARDIOLOGY, participants: [CARDIOLOGISTS[1]] }),
    ],
  });
  before = await surroundings();
  for (const patient of [id, atCardiology]) {
    const { execution } = await running.take(patient);
    expect(execution.output).toBe('{"outcome":"REGENERATED","reason":null}');
  }
  document = one(await running.fhir<DocumentReference>(`DocumentReference?${byPatient(id, '&status=current')}`));
  signedAt = Date.parse(document.date ?? '');
});
afterAll(() => running.close());

describe('the chart document', () => {
  it('P3: there is one for this regeneration, with its encounter of type Portal Pin Generator', async () => {
    const all = await running.fhir<DocumentReference>(`DocumentReference?${byPatient(id)}`);
    expect(all.map((each) => each.id).sort()).toEqual([document.id, `${id}-pin-1`].sort());
    const encounter = await running.platform.ehr.read<Encounter>(...pathOf(encounterOf(document)));
    expect(encounter).toMatchObject({
      status: 'finished',
      class: { code: 'VR' },
      type: [{ coding: [{ system: `${FHIR}CodeSystem/encounter-type`, code: 'portal-pin-generator' }] }],
      subject: { reference: `Patient/${id}` },
      participant: [{ individual: { reference: providerOf(id) } }],
      serviceProvider: { reference: PRIMARY_CARE },
    });
    expect(encounter?.period?.end).toBeDefined();
  });

  it('P4: carries every field of the Update dialog, and is signed', () => {
    expect(document).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ system: `${FHIR}CodeSystem/document-type`, code: 'portal-pin-generator' }] },
      category: [{ coding: [{ system: `${FHIR}CodeSystem/document-category`, code: 'eform' }] }],
      securityLabel: [{ coding: [{ system: expect.stringMatching(/v3-Confidentiality$/), code: 'N' }] }],
      description: 'Patient Portal Pin',
      subject: { reference: `Patient/${id}` },
      author: [{ reference: providerOf(id) }],
      custodian: { reference: PRIMARY_CARE },
      context: { related: [{ reference: `Encounter/${id}-visit` }] },
    });
    expect(document.identifier).toMatchObject([{ system: `${FHIR}NamingSystem/portal-pin-cycle` }]);
    const opened = Date.parse(document.context?.period?.start ?? '');
    expect(signedAt - opened).toBeGreaterThanOrEqual(0);
    expect(signedAt - opened).toBeLessThan(60_000);
  });

  it('P4: no visit, no visit ID', async () => {
    const other = one(
      await running.fhir<DocumentReference>(`DocumentReference?${byPatient(atCardiology, '&status=current')}`),
    );
    expect(other.context).not.toHaveProperty('related');
  });

  it('P5: at the specialist office the provider is not the PCP', async () => {
    const other = one(
      await running.fhir<DocumentReference>(`DocumentReference?${byPatient(atCardiology, '&status=current')}`),
    );
    expect(other).toMatchObject({ author: [{ reference: CARDIOLOGISTS[1] }], custodian: { reference: CARDIOLOGY } });
    expect(providerOf(atCardiology)).not.toBe(CARDIOLOGISTS[1]);
  });

  it('P6, P8: the form is completed, Active, with a PIN of its own that dies in 30 days', async () => {
    const form = await formOf(document);
    expect(form).toMatchObject({ status: 'completed', questionnaire: `${FHIR}Questionnaire/pin-generator|1.5` });
    const answers = answersOf(form);
    expect(answers['activation-status']).toBe('Active');
    expect(answers.pin).toMatch(/^[A-HJ-NP-Z][0-9]{9}$/);
    expect(Date.parse(String(answers['expires-on']))).toBe(signedAt + THIRTY_DAYS_IN_SECONDS * 1000);
    const forms = await running.fhir<QuestionnaireResponse>('QuestionnaireResponse?status=completed&_count=100');
    expect(forms.filter((each) => answersOf(each).pin === answers.pin)).toHaveLength(1);
  });

  it('P7, P11: the old document is superseded, and the new one says what it replaces', async () => {
    const old = await running.platform.ehr.read<DocumentReference>('DocumentReference', `${id}-pin-1`);
    expect(old).toMatchObject({ status: 'superseded', docStatus: 'final' });
    const target = { reference: `DocumentReference/${id}-pin-1` };
    expect(document.relatesTo).toEqual([{ code: 'replaces', target }]);
  });

  it('P9, P10: it was routed, and "Route to" is empty again', async () => {
    const routed = await running.fhir<Task>(`Task?focus=DocumentReference/${document.id}`);
    expect(routed.map((task) => task.status)).toEqual(['cancelled', 'cancelled']);
    for (const task of routed) expect(task.statusReason?.text).toMatch(/\w/);
  });

  it('P11, P12: signed by the Device on behalf of the provider, both prompts answered No', async () => {
    const provenance = one(await running.fhir<Provenance>(`Provenance?target=DocumentReference/${document.id}`));
    const device = {
      type: 'Device',
      reference: 'Device/portal-pin',
      identifier: { system: `${FHIR}NamingSystem/portal-pin-device`, value: 'portal-pin' },
    };
    const devices = await running.fhir(`Device?identifier=${device.identifier.system}|${device.identifier.value}`);
    expect(devices).toMatchObject([{ id: 'portal-pin' }]);
    const onBehalfOf = { reference: providerOf(id) };
    expect(provenance).toMatchObject({
      agent: [{ who: device, onBehalfOf }],
      signature: [{ who: device, onBehalfOf }],
    });
    const extension = (name: string) => ({ url: `${FHIR}StructureDefinition/${name}`, valueBoolean: false });
    expect(provenance.extension).toEqual([
      extension('become-responsible-provider'),
      extension('sign-clinical-list-changes'),
    ]);
  });

  it('P11, P12: patient, care team and waiting prescriptions are as they were', async () => {
    expect(before.orders.map(({ status }) => status)).toEqual(['draft']);
    expect(before.teams).toHaveLength(1);
    expect(before.patient?.generalPractitioner).toHaveLength(1);
    expect(await surroundings()).toEqual(before);
  });
});

describe('P13, P14: the notification', () => {
  const mail = () => one(running.platform.mailbox.mails().filter((each) => each.sent.destination[0] === addressOf()));
  const addressOf = () => before.patient?.telecom?.[0]?.value ?? '';

  it('one mail in two parts, in the patient’s language: link, practice, phone, and the last day as the practice counts days', async () => {
    expect(running.platform.mailbox.mails()).toHaveLength(2);
    const { text = '', html = '' } = mail().body;
    // 02:30 in UTC is still the day before in New York.
    const lastDay = new Date(signedAt + THIRTY_DAYS_IN_SECONDS * 1000 - DAY);
    const month = lastDay.toLocaleString('es', { month: 'long', timeZone: 'UTC' });
    const day = `${lastDay.getUTCDate()} de ${month} de ${lastDay.getUTCFullYear()}`;
    expect(before.patient?.communication?.[0]?.language.coding?.[0]?.code).toBe('es');
    expect(mail().subject).toBe('Su acceso al portal de pacientes está listo');
    const link = /http:\S+\/pickup\/[\w-]{43}/.exec(text)?.[0] ?? 'no link';
    expect(link.startsWith(`${running.platform.endpoints.pickup}/`)).toBe(true);
    for (const part of [text, html]) {
      for (const said of [link, 'Riverside Family Practice', '(212) 555-0134', day]) {
        expect(part).toContain(said);
      }
    }
    expect(html).toMatch(/<html lang="es"/);
    expect(html.replaceAll(/\s+/g, ' ')).toContain(`<a href="${link}"`);
    expect(mail().from).toBe('"Riverside Family Practice" <portal@example.com>');
  });

  it('carries neither PIN nor name', async () => {
    const { pin } = answersOf(await formOf(document));
    const { family = '', given: [given = ''] = [] } = before.patient?.name?.[0] ?? {};
    const { subject, body } = mail();
    for (const secret of [String(pin), String(pin).slice(1), family, given]) {
      expect(secret).not.toBe('');
      expect(`${subject} ${body.text} ${body.html}`).not.toContain(secret);
    }
  });

  it('is filed once in the chart, with the id of SES and without the address', async () => {
    const filed = one(await running.fhir<Communication>(`Communication?subject=Patient/${id}`));
    expect(filed).toMatchObject({
      status: 'completed',
      medium: [{ coding: [{ code: 'EMAILWRIT' }] }],
      identifier: [{ system: `${FHIR}NamingSystem/ses-message-id`, value: mail().messageId }],
      about: [{ reference: `DocumentReference/${document.id}` }],
    });
    expect(filed).not.toHaveProperty('payload');
    expect(JSON.stringify(filed)).not.toContain('@');
  });
});

describe('P8: the records', () => {
  const itemOf = async (pk: string, sk: string) =>
    one((await running.items()).filter((item) => item.pk === pk && item.sk === sk));
  const instant = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000Z', 'Z');
  const expiresAt = () => instant(signedAt + THIRTY_DAYS_IN_SECONDS * 1000);

  it('the PIN item lives until the PIN dies, to the second, and holds no PIN', async () => {
    const item = await itemOf(`PATIENT#${id}`, 'PIN');
    expect(item).toEqual({
      ...{ pk: `PATIENT#${id}`, sk: 'PIN', document: document.id, issuedAt: instant(signedAt), expiresAt: expiresAt() },
      ttl: signedAt / 1000 + THIRTY_DAYS_IN_SECONDS,
      fingerprint: expect.stringMatching(/^[\w-]{43}$/),
    });
    await expect(itemOf(`FINGERPRINT#${item.fingerprint}`, 'FINGERPRINT')).resolves.toBeDefined();
  });

  it('the account says what happened', async () => {
    const { messageId } = one(
      running.platform.mailbox.mails().filter((mail) => mail.sent.destination[0]?.includes('.501@')),
    );
    const account = await running.account(id);
    expect(account).toMatchObject({
      ...{ outcome: 'REGENERATED', reason: null, document: document.id, issuedAt: instant(signedAt) },
      ...{ expiresAt: expiresAt(), attempt: 1, failures: 0, unclaimedCycles: 1, lease: null, draft: null },
      ...{ violations: [], staffTasks: [], rejectedAddresses: [], nextCheckDay: reminderDay(), reminder: null },
      message: { kind: 'NEW_PIN', state: 'ACCEPTED', document: document.id, sesId: messageId, filed: true },
    });
    expect(account.endedBy).toBe(account.execution);
    expect(await itemOf(`MESSAGE#${messageId}`, 'MESSAGE')).toMatchObject({
      patientId: id,
      document: document.id,
      ttl: expect.any(Number),
    });
  });

  it('the index finds the patient on the day of the first reminder and not before, and so on the day of expiry', async () => {
    const { shard } = await itemOf(`PATIENT#${id}`, 'ACCOUNT');
    const due = async (day: string) => {
      const query = new QueryCommand({
        TableName: running.platform.endpoints.table,
        IndexName: 'due',
        KeyConditionExpression: '#shard = :shard AND nextCheckDay <= :day',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': shard, ':day': day },
      });
      return (await running.dynamoDb.send(query)).Items ?? [];
    };
    const key = { pk: `PATIENT#${id}`, sk: 'ACCOUNT', shard, nextCheckDay: reminderDay() };
    expect(await due(practiceDay())).toContainEqual(key);
    expect(await due(reminderDay())).toContainEqual(key);
    expect(await due(isoDay(signedAt + 18 * DAY))).not.toContainEqual(key);
  });
});

const isoDay = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);
/** The day of expiry in New York: the evening before in UTC's count. */
const practiceDay = () => isoDay(signedAt + THIRTY_DAYS_IN_SECONDS * 1000 - DAY);
/** The twentieth day after the signing, on which an unregistered patient is reminded first. */
const reminderDay = () => isoDay(signedAt + 20 * DAY - DAY);
/** The patient's PCP; demo charts take turns. */
const providerOf = (patient: string) => FAMILY_DOCTORS[Number(patient.slice(5)) % 2] ?? '';
const pathOf = (reference = '/'): [string, string] => {
  const [type = '', key = ''] = reference.split('/');
  return [type, key];
};
