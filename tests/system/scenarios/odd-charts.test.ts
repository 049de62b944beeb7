/** Charts as real systems write them, through the whole workflow: each ends with an outcome and a reason. */
import type { FhirResource } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAMILY_DOCTORS, PRIMARY_CARE } from '../../../local/demo/directory.ts';
import { addressOf, chart } from '../../support/harness/charts.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

const UNKNOWN = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};
const TEST_PATIENT = [{ url: 'https://ehr.example/test-patient', valueBoolean: true }];
const SPANISH = { system: 'urn:ietf:bcp:47', code: 'es' };
const LOCAL_SPANISH = { system: 'https://ehr.example/codeSet/36', code: '312345', display: 'Spanish' };

const [GP = ''] = FAMILY_DOCTORS;

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());

type Changes = Record<string, unknown>;
interface Odd {
  /** Members of the Patient that replace those of an ordinary chart. */
  patient?: (id: string, base: string) => Changes;
  /** Members of the PIN document. */
  document?: Changes;
}

let admitted = 0;
/** A patient with an expired PIN, but for what is odd. Answers the id. */
async function admit({ patient = () => ({}), document = {} }: Odd): Promise<string> {
  const id = `odd-${++admitted}`;
  const { platform } = running;
  const changes: Record<string, Changes> = {
    Patient: patient(id, platform.endpoints.fhir),
    DocumentReference: document,
  };
  const resources = chart(id, platform.clock.now(), 31).map((each) => ({ ...each, ...changes[each.resourceType] }));
  const entry = resources.map((resource) => ({ resource: resource as FhirResource }));
  await platform.ehr.load([{ resourceType: 'Bundle', entry }]);
  return id;
}

async function endingOf(odd: Odd): Promise<{ id: string; ending: string }> {
  const id = await admit(odd);
  const { execution } = await running.take(id);
  if (execution.status !== 'SUCCEEDED') return { id, ending: `${execution.status} ${execution.error}` };
  const { outcome, reason } = JSON.parse(execution.output ?? '{}');
  return { id, ending: reason === null ? outcome : `${outcome}/${reason}` };
}

const email = (value: unknown, more: Changes = {}) => ({ telecom: [{ system: 'email', value, ...more }] });
const doctor = (reference: Changes) => ({ generalPractitioner: [reference] });
const period = (value: unknown) => (id: string) => email(addressOf(id), { period: value });

describe('an odd chart ends', () => {
  it.each<[string, Odd, string]>([
    // Addresses.
    ['an end without a time zone', { patient: period({ end: '2020-02-29T00:00:00' }) }, 'EMAIL_MISSING/NONE'],
    ['an end that is only an extension', { patient: period({ _end: UNKNOWN }) }, 'EMAIL_MISSING/NONE'],
    ['an end that is a number', { patient: period({ end: 2020 }) }, 'EMAIL_MISSING/NONE'],
    ['a period that is text', { patient: period('until 2020') }, 'EMAIL_MISSING/NONE'],
    ['an end that is to come', { patient: period({ end: '2099' }) }, 'REGENERATED'],
    ['an object for an address', { patient: () => email(UNKNOWN) }, 'EMAIL_MISSING/INVALID'],
    ['a number for an address', { patient: () => email(7) }, 'EMAIL_MISSING/INVALID'],
    ['a list for an address', { patient: (id) => email([addressOf(id)]) }, 'EMAIL_MISSING/INVALID'],
    [
      'an address that is only an extension',
      { patient: () => email(undefined, { _value: UNKNOWN }) },
      'EMAIL_MISSING/NONE',
    ],
    ['an object for the addresses', { patient: () => ({ telecom: { system: 'email' } }) }, 'EMAIL_MISSING/INVALID'],
    ['nothing for an address', { patient: () => ({ telecom: [null] }) }, 'EMAIL_MISSING/NONE'],
    [
      'two addresses in one',
      { patient: () => email('"x"<evil@evil.example>,"y"@ok.example') },
      'EMAIL_MISSING/INVALID',
    ],
    // The patient.
    ['an unknown date of death', { patient: () => ({ _deceasedDateTime: UNKNOWN }) }, 'NOT_NEEDED/DECEASED'],
    ['a date of death that is a number', { patient: () => ({ deceasedDateTime: 2019 }) }, 'NOT_NEEDED/DECEASED'],
    ['text that says dead', { patient: () => ({ deceasedBoolean: 'true' }) }, 'HELD/CHART_UNCLEAR'],
    ['an unknown answer to whether dead', { patient: () => ({ _deceasedBoolean: UNKNOWN }) }, 'HELD/CHART_UNCLEAR'],
    ['text that says inactive', { patient: () => ({ active: 'false' }) }, 'HELD/CHART_UNCLEAR'],
    ['a link that is no list', { patient: () => ({ link: { type: 'replaced-by' } }) }, 'HELD/CHART_UNCLEAR'],
    ['a modifier that is not known', { patient: () => ({ modifierExtension: TEST_PATIENT }) }, 'HELD/CHART_UNCLEAR'],
    [
      'such a modifier and no address',
      { patient: () => ({ modifierExtension: TEST_PATIENT, telecom: [] }) },
      'HELD/CHART_UNCLEAR',
    ],
    ['a modifier that is no list', { patient: () => ({ modifierExtension: {} }) }, 'HELD/CHART_UNCLEAR'],
    ['no modifier', { patient: () => ({ modifierExtension: [] }) }, 'REGENERATED'],
    // The provider.
    ['a version in the reference', { patient: () => doctor({ reference: `${GP}/_history/2` }) }, 'REGENERATED'],
    ['an absolute reference', { patient: (_id, base) => doctor({ reference: `${base}/${GP}` }) }, 'REGENERATED'],
    [
      'an absolute reference with a version',
      { patient: (_id, base) => doctor({ reference: `${base}/${GP}/_history/1` }) },
      'REGENERATED',
    ],
    [
      'a reference to another server',
      { patient: () => doctor({ reference: `https://other.example/fhir/${GP}` }) },
      'HELD/RESPONSIBLE_PROVIDER_UNRESOLVED',
    ],
    [
      'a contained doctor',
      {
        patient: () => ({ ...doctor({ reference: '#gp' }), contained: [{ resourceType: 'Practitioner', id: 'gp' }] }),
      },
      'HELD/RESPONSIBLE_PROVIDER_UNRESOLVED',
    ],
    [
      'a doctor by identifier',
      { patient: () => doctor({ type: 'Practitioner', identifier: { value: '7' } }) },
      'HELD/RESPONSIBLE_PROVIDER_UNRESOLVED',
    ],
    [
      'a reference that is a number',
      { patient: () => doctor({ reference: 7 }) },
      'HELD/RESPONSIBLE_PROVIDER_UNRESOLVED',
    ],
    [
      'a reference that leads out',
      { patient: () => doctor({ reference: 'Practitioner/..' }) },
      'HELD/RESPONSIBLE_PROVIDER_UNRESOLVED',
    ],
    // The PIN document.
    ['the date of no date', { document: { date: '0001-01-01T00:00:00+00:00' } }, 'HELD/CHART_UNCLEAR'],
    ['the first date of a spreadsheet', { document: { date: '1899-12-30T00:00:00Z' } }, 'HELD/CHART_UNCLEAR'],
    ['the first date of Unix', { document: { date: '1970-01-01T00:00:00Z' } }, 'HELD/CHART_UNCLEAR'],
    ['a date to come', { document: { date: '2099-01-01T00:00:00Z' } }, 'HELD/CHART_UNCLEAR'],
    ['a day for an instant', { document: { date: '2020-01-01' } }, 'HELD/CHART_UNCLEAR'],
    ['an object for a date', { document: { date: {} } }, 'HELD/CHART_UNCLEAR'],
    ['a date that is only an extension', { document: { date: undefined, _date: UNKNOWN } }, 'HELD/CHART_UNCLEAR'],
    ['a docStatus that is an object', { document: { docStatus: {} } }, 'HELD/CHART_UNCLEAR'],
    ['a modifier of the document', { document: { modifierExtension: TEST_PATIENT } }, 'HELD/CHART_UNCLEAR'],
    [
      'an author that is text, which the EHR does not take back',
      { document: { author: 'Dr. Lee' } },
      'FAILED EhrRejectedError',
    ],
    ['a custodian that is a number', { document: { custodian: 7 } }, 'REGENERATED'],
  ])('%s', async (_case, odd, ending) => {
    expect((await endingOf(odd)).ending).toBe(ending);
  });
});

const mailTo = async (address: string) =>
  running.platform.mailbox.mails().find((mail) => mail.sent.destination.includes(address));

it('an address with a non-ASCII domain gets its mail at the A-labels', async () => {
  const { ending } = await endingOf({ patient: () => email('ann@bücher.example') });
  expect(ending).toBe('REGENERATED');
  expect(await mailTo('ann@xn--bcher-kva.example')).toBeDefined();
});

it.each([
  ['the vendor’s code before the BCP 47 one', [LOCAL_SPANISH, SPANISH], 'es'],
  ['the BCP 47 code first', [SPANISH, LOCAL_SPANISH], 'es'],
  ['a code of another system that looks like a language', [{ system: 'urn:x', code: 'en' }, SPANISH], 'es'],
  ['an ISO 639-2 code alone', [LOCAL_SPANISH, { code: 'spa' }], 'es'],
  ['only the vendor’s code', [LOCAL_SPANISH], 'en'],
  ['a coding that is text', ['es'], 'en'],
])('a mail is in the language of %s', async (_case, coding, language) => {
  const { id } = await endingOf({ patient: () => ({ communication: [{ language: { coding }, preferred: true }] }) });
  const mail = await mailTo(addressOf(id));
  expect(mail?.body.html).toContain(`lang="${language}"`);
});

it('the chart of others stays as it was', async () => {
  const { id, ending } = await endingOf({ document: { custodian: { reference: PRIMARY_CARE } } });
  expect(ending).toBe('REGENERATED');
  expect(await running.fhir(`Patient?_id=${id}`)).toMatchObject([{ meta: { versionId: '1' } }]);
});
