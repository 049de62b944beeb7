/** A practice as Synthea exports it: transactions by urn:uuid, directories in files of their own, no email, no PIN. */
import type { Bundle, FhirResource, Patient } from 'fhir/r4';
import { visit } from '../../../local/demo/chart-builders.ts';
import { resourcesOf, signedPinUpdate, syntheticPin } from '../../../local/demo/signed-pin-update.ts';

const DAY = 24 * 60 * 60 * 1000;
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const SYNTHEA = 'https://github.com/synthetichealth/synthea';
const DOCTOR = `Practitioner?identifier=${NPI}|9999980391`;
const HOSPITAL = `Organization?identifier=${SYNTHEA}|ef58ea08-d883-3957-8300-150554edc8fb`;

const uuid = (n: number) => `5f3ad51e-9c1b-4f0e-8d2a-${String(n).padStart(12, '0')}`;
export const ALIVE = [uuid(1), uuid(2), uuid(3)];
export const DECEASED = uuid(4);

function bundle(resources: readonly (FhirResource & { id: string })[]): Bundle {
  const entry = resources.map((resource) => ({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    request: { method: 'POST' as const, url: resource.resourceType },
  }));
  // Within a Bundle the resources name each other by urn:uuid.
  const ids = resources.map(({ resourceType, id }) => [`${resourceType}/${id}"`, `urn:uuid:${id}"`] as const);
  const text = ids.reduce((json, [path, urn]) => json.replaceAll(`"${path}`, `"${urn}`), JSON.stringify(entry));
  return { resourceType: 'Bundle', type: 'transaction', entry: JSON.parse(text) };
}

const directory = {
  'practitionerInformation.json': bundle([
    {
      resourceType: 'Practitioner',
      id: uuid(90),
      identifier: [{ system: NPI, value: '9999980391' }],
      active: true,
      name: [{ family: 'Kuhn96', given: ['Lupe126'], prefix: ['Dr.'] }],
    },
  ]),
  'hospitalInformation.json': bundle([
    {
      resourceType: 'Organization',
      id: 'ef58ea08-d883-3957-8300-150554edc8fb',
      identifier: [{ system: SYNTHEA, value: 'ef58ea08-d883-3957-8300-150554edc8fb' }],
      active: true,
      name: 'PCP287',
    },
  ]),
};

function patient(id: string, more: Omit<Partial<Patient>, 'id'>): Patient & { id: string } {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: SYNTHEA, value: id }],
    name: [{ use: 'official', family: 'Bernhard322', given: ['Adrian111'], prefix: ['Mr.'] }],
    telecom: [{ system: 'phone', value: '555-391-3482', use: 'home' }],
    gender: 'male',
    birthDate: '1971-08-19',
    ...more,
  };
}

export interface Additions {
  now: number;
  /** The patient with an old document that the EHR refuses to change. */
  trouble: string;
}

/** The files of the practice; with `additions` each patient has an address, a GP and a PIN document of 31 days ago. */
export function syntheticPractice(additions: Additions | null = null): Record<string, Bundle> {
  const charts = [...ALIVE, DECEASED].map((id, index) => {
    const signedAt = (additions?.now ?? 0) - 31 * DAY;
    const own = patient(id, {
      ...(id === DECEASED && { deceasedDateTime: '2019-02-11T14:02:31-05:00' }),
      ...(additions !== null && {
        telecom: [{ system: 'email', value: `adrian.${index}@example.com` }],
        generalPractitioner: [{ reference: DOCTOR }],
      }),
    });
    const start = Date.parse('2018-05-04T10:00:00Z');
    const past = visit({
      ...{ id: uuid(10 + index), patient: id, organization: HOSPITAL, provider: DOCTOR },
      ...{ start, end: start + DAY / 24 },
    });
    const pin = syntheticPin(7_000 + index);
    const update = signedPinUpdate({ patient: id, pin, signedAt, provider: DOCTOR, location: HOSPITAL });
    // FHIR demands content: the simulator loads charts as they are, and refuses to write such a one.
    if (additions?.trouble === id) update.document.content = [];
    const resources = [own, past, ...(additions === null ? [] : resourcesOf(update))];
    return [`Adrian111_Bernhard322_${id}.json`, bundle(resources)] as const;
  });
  return { ...directory, ...Object.fromEntries(charts) };
}
