import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { DOCUMENT_TYPE, ENCOUNTER_TYPE, PIN_GENERATOR_FORM } from '../../../functions/adapters/fhir/codes.ts';
import { createEhrSimulator, type EhrOptions, type EhrSimulator } from '../../../local/ehr/simulator.ts';
import { listenEhr } from './listen.ts';

const START = Date.parse('2026-03-01T09:00:00Z');

export interface Reply {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { entry?: BundleEntry[]; link?: { relation: string; url: string }[]; total?: number };
}

export interface RunningEhr {
  ehr: EhrSimulator;
  url: string;
  clock: { now: number };
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Posts a transaction of entries. */
  transact(...entry: BundleEntry[]): Promise<Reply>;
  close(): Promise<void>;
}

/** A simulator with its own port and a clock that the test moves. */
export async function runEhr(options: Omit<EhrOptions, 'now'> = {}): Promise<RunningEhr> {
  const clock = { now: START };
  const ehr = await createEhrSimulator({ now: () => clock.now, ...options });
  const { url, close } = await listenEhr(ehr);
  const call: RunningEhr['call'] = async (method, path, body, headers) => {
    const response = await fetch(path.startsWith('http') ? path : `${url}/${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/fhir+json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] };
  };
  const transact = (...entry: BundleEntry[]) =>
    call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry } satisfies Bundle);
  return { ehr, url, clock, call, transact, close };
}

export function collection(...resources: Resource[]): Bundle {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

export const post = (resource: Resource, fullUrl?: string, ifNoneExist?: string): BundleEntry => ({
  ...(fullUrl && { fullUrl }),
  resource,
  request: { method: 'POST', url: resource.resourceType, ...(ifNoneExist && { ifNoneExist }) },
});

export const put = (resource: Resource, version?: string): BundleEntry => ({
  resource,
  request: {
    method: 'PUT',
    url: `${resource.resourceType}/${resource.id}`,
    ...(version && { ifMatch: `W/"${version}"` }),
  },
});

export const get = (url: string): BundleEntry => ({ request: { method: 'GET', url } });

export const patient = (id: string, more: object = {}): Resource => ({
  resourceType: 'Patient',
  id,
  active: true,
  ...more,
});

export const encounter = (id: string, patientId: string, more: object = {}): Resource => ({
  resourceType: 'Encounter',
  id,
  status: 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
  type: [{ coding: [ENCOUNTER_TYPE] }],
  subject: { reference: `Patient/${patientId}` },
  period: { start: '2026-03-01T09:00:00Z' },
  ...more,
});

export const document = (id: string, patientId: string, more: object = {}): Resource => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  docStatus: 'preliminary',
  type: { coding: [DOCUMENT_TYPE] },
  subject: { reference: `Patient/${patientId}` },
  author: [{ reference: 'Practitioner/pcp' }],
  content: [{ attachment: { title: 'Patient Portal Pin' } }],
  ...more,
});

export const form = (id: string, patientId: string, encounterId: string, more: object = {}): Resource => ({
  resourceType: 'QuestionnaireResponse',
  id,
  status: 'in-progress',
  questionnaire: PIN_GENERATOR_FORM,
  subject: { reference: `Patient/${patientId}` },
  encounter: { reference: `Encounter/${encounterId}` },
  item: [
    { linkId: 'activation-status', answer: [{ valueString: 'Deactivated' }] },
    { linkId: 'pin', answer: [{ valueString: 'B122900125' }] },
  ],
  ...more,
});

export const ids = (reply: Reply): (string | undefined)[] =>
  (reply.body.entry ?? []).map(({ resource }) => resource?.id);
