/** A practice in which every patient's name, street, birth date and so on are unique. */
import type { Bundle, FhirResource, Patient } from 'fhir/r4';
import { chartOf, type DemoCase } from '../../../local/demo/case.ts';
import { OTHER_CASES } from '../../../local/demo/other-cases.ts';
import { REGENERATED_CASES } from '../../../local/demo/regenerated-cases.ts';
import type { Fault } from '../../../local/ehr/faults.ts';
import type { RequestListener } from '../../../local/ehr/listener.ts';
import type { EhrSimulator } from '../../../local/ehr/simulator.ts';
import { transactionOf } from '../../../local/load/practice.ts';

type EhrRequest = Parameters<RequestListener>[0]['request'];

/** Letters outside ASCII and quotes, so that every encoding changes something. */
const NAME = { given: 'Wynnéthorpe', family: "Quíllfeather O'Canary" };
const STREET = '4711 Kanarienvogelstraße "Rear"';
const PHONE = '+1 (555) 867-5309';
const RECORD_NUMBER = 'MRN/90210+77?';
const BIRTH_DATE = '1957-03-29';
/** The address of a patient with no other address. */
export const ADDRESS = 'wynne+portal/90210@canary.example.com';

/** What must be found nowhere, besides PINs and addresses. The birth date also as people write it. */
export const PERSON = [
  ...[NAME.given, NAME.family, 'Quíllfeather', STREET, 'Kanarienvogelstraße', RECORD_NUMBER],
  ...[PHONE, PHONE.replace(/\D/g, ''), '867-5309'],
  ...[BIRTH_DATE, BIRTH_DATE.replaceAll('-', ''), '03/29/1957', 'March 29, 1957'],
];

function planted(resource: FhirResource): FhirResource {
  if (resource.resourceType !== 'Patient') return resource;
  const phone = { system: 'phone' as const, value: PHONE };
  const patient: Patient = {
    ...resource,
    name: [{ family: NAME.family, given: [NAME.given], text: `${NAME.given} ${NAME.family}` }],
    birthDate: BIRTH_DATE,
    identifier: [{ system: 'https://practice.example/record-number', value: RECORD_NUMBER }],
    address: [{ line: [STREET], text: STREET }],
    telecom: [...(resource.telecom ?? []), phone],
  };
  return patient;
}

const chart = (each: DemoCase, n: number, now: number) => {
  const { id, resources } = chartOf(each, n, now);
  return { id, bundle: transactionOf(resources.map(planted)) };
};

/** The charts of the demo practice, with every outcome and reason, around the canary person. */
export function canaryCharts(now: number): { id: string; bundle: Bundle }[] {
  return [...REGENERATED_CASES, ...OTHER_CASES].map((each, index) => chart(each, index + 1, now));
}

/** One more due patient with the canary address. */
export function duePatient(n: number, now: number): { id: string; bundle: Bundle } {
  const ending = { outcome: 'REGENERATED', reason: null } as const;
  const telecom = [{ system: 'email' as const, value: ADDRESS }];
  return chart({ story: '', ending, patient: () => ({ telecom }) }, n, now);
}

/** A sentence about a patient as an EHR or a mail service would write it. */
export const GOSSIP = `Rejected: ${[ADDRESS, ...PERSON].join(', ')}`;
const gossip = (status: number, contentType: string, body: string): Fault['fault'] => ({
  kind: 'custom',
  run: (_request, res) => void res.writeHead(status, { 'content-type': contentType }).end(body),
});
const FHIR_JSON = 'application/fhir+json';
const outcome = (code: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics: GOSSIP, details: { text: GOSSIP }, expression: [GOSSIP] }],
});

/** Answers of an EHR that talks too much. */
export const TALKATIVE: Record<string, Fault['fault']> = {
  'a 500 page that names people': gossip(500, 'text/html', `<h1>500</h1><p>${GOSSIP}</p>`),
  'a refusal that quotes the request': gossip(422, FHIR_JSON, JSON.stringify(outcome('processing'))),
  'an issue code that is a name': gossip(400, FHIR_JSON, JSON.stringify(outcome('quillfeather'))),
  'half a resource': gossip(200, FHIR_JSON, `{"resourceType":"Bundle","entry":[{"text":"${GOSSIP}`),
  'a resource of another shape': gossip(200, FHIR_JSON, JSON.stringify({ resourceType: GOSSIP, entry: GOSSIP })),
  'a redirect that bears a name': {
    kind: 'custom',
    run: (_request, res) => void res.writeHead(302, { location: `/?q=${encodeURIComponent(GOSSIP)}` }).end(),
  },
};

const holds = (text: string) => (request: EhrRequest) => JSON.stringify(request.body ?? '').includes(text);
/** Where in the procedure it happens: one request of each step. */
export const REQUESTS: Record<string, Omit<Fault, 'fault'>> = {
  'P1, the patient is read': { route: 'Patient/:id' },
  'P2, the PIN documents are read': { method: 'GET', route: 'DocumentReference' },
  'P5, the providers are read': { route: '', matching: holds('general-practitioner') },
  'P3, the update is opened': { route: '', matching: holds('"preliminary"') },
  'P9, the update is ended': { method: 'PUT', route: 'Encounter/:id' },
  'P11, the document is signed': { route: '', matching: holds('"Provenance"') },
  'P14, the message is filed': { route: '', matching: holds('"resourceType":"Communication"') },
};

/** The discovery's own: a page of the whole chart's documents, and what is asked about one patient of it. */
export const DISCOVERY_REQUESTS: Record<'a page' | 'a patient', Omit<Fault, 'fault'>> = {
  'a page': { method: 'GET', route: 'DocumentReference', matching: ({ url }) => !url.includes('patient=') },
  'a patient': { method: 'GET', route: 'DocumentReference', matching: ({ url }) => url.includes('patient=') },
};

const SESSION = `&_session=${encodeURIComponent(GOSSIP)}`;

/**
 * Lets the EHR write into its links to a next page whatever it knows, as one that keeps searches in its URLs may. Answers
 * how often such a link was followed.
 */
export function talkInLinks(ehr: EhrSimulator): () => number {
  let followed = 0;
  ehr.onRequest(({ phase, request, answer }) => {
    if (request.route !== 'DocumentReference') return;
    // It knows its own link again, and asks itself without it.
    if (phase === 'before') {
      if (request.url.includes('&_session=')) followed += 1;
      request.url = request.url.replace(/&_session=[^&]*/, '');
    } else if (answer?.body.includes('"next"')) {
      const bundle: Bundle = JSON.parse(answer.body);
      for (const link of bundle.link ?? []) if (link.relation === 'next') link.url += SESSION;
      answer.body = JSON.stringify(bundle);
    }
  });
  return () => followed;
}
