import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type {
  AuditEvent,
  Bundle,
  BundleEntry,
  Communication,
  DocumentReference,
  Encounter,
  QuestionnaireResponse,
  Task,
} from 'fhir/r4';
import { expect, it } from 'vitest';
import { CYCLE_IDENTIFIER, SES_MESSAGE_IDENTIFIER, STAFF_TASK_SYSTEM } from '../../functions/adapters/fhir/codes.ts';
import { createFhirEhr } from '../../functions/adapters/fhir/ehr.ts';
import { createFhirPickupChart } from '../../functions/adapters/fhir/pickup.ts';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { createSmartAuthorization } from '../../functions/adapters/smart/smart-authorization.ts';
import {
  draftMedicationRequest,
  email,
  organization,
  patient,
  practitioner,
  practitionerRole,
} from '../../local/demo/chart-builders.ts';
import { createAuthorizationServer } from '../../local/ehr/authorization-server.ts';
import { createClientKey } from '../../local/ehr/client-key.ts';
import type { Answer, EhrRequest } from '../../local/ehr/request.ts';
import { neededBy } from '../../local/ehr/scopes.ts';
import { createEhrSimulator } from '../../local/ehr/simulator.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { document } from '../support/local/running-ehr.ts';
import type { ChartUnderTest } from './chart-under-test.ts';
import { describeEhr } from './ehr.contract.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const PROVIDER = 'Practitioner/pcp';
const LOCATION = 'Organization/office';

const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

/** Letters by type that the requests needed, or what they were answered with. */
const needed = new Map<string, Set<string>>();

function noteNeeded(request: EhrRequest, answer: Answer | undefined): void {
  const note = (type: string, letter: string) => needed.set(type, (needed.get(type) ?? new Set()).add(letter));
  for (const { type, letter } of request.route.startsWith('.well-known') ? [] : neededBy(request)) note(type, letter);
  if (answer === undefined) return;
  const entriesOf = (bundle: Bundle): BundleEntry[] =>
    (bundle.entry ?? []).flatMap((each) =>
      each.resource?.resourceType === 'Bundle' ? entriesOf(each.resource) : each,
    );
  for (const { search, resource } of entriesOf(JSON.parse(answer.body))) {
    if (search?.mode === 'include') for (const letter of 'rs') note(resource?.resourceType ?? '', letter);
  }
}

/** What RFC 3986 lets a URL hold; Tomcat and others answer 400 to anything else. */
const URL_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
/** URLs and conditions that strict servers refuse. */
const malformed: string[] = [];
let stale = 0;

function checkRequest({ url, headers, body }: EhrRequest): void {
  if (headers['cache-control'] !== 'no-cache') stale++;
  const entries: BundleEntry[] = (body as Bundle | undefined)?.entry ?? [];
  const asked = [url, ...entries.flatMap(({ request }) => [request?.url ?? '', request?.ifNoneExist ?? ''])];
  malformed.push(...asked.filter((each) => !URL_CHARACTERS.test(each)));
}

/** The FHIR adapter over HTTP against the simulator, which behaves as the handout says. */
async function fhirOverHttp(): Promise<ChartUnderTest> {
  const gateway = await createGateway({ port: 0 });
  const url = `${gateway.url}/fhir`;
  const { privateJwks, publicJwks } = await createClientKey();
  const tokenUrl = `${gateway.url}/oauth/token`;
  const client = { id: 'portal-pin', jwks: publicJwks, scopes: SCOPES };
  const { handle, gate, standingAuthorization } = createAuthorizationServer({ tokenUrl, client, now: Date.now });
  const byHand = { authorization: standingAuthorization };
  const simulator = await createEhrSimulator({ now: () => NOW, baseUrl: url, gate });
  gateway.mount('/fhir', (req, res) => simulator.handle(req, res));
  gateway.mount('/oauth', handle);
  simulator.onRequest(({ request, answer }) => {
    if (request.headers.authorization === standingAuthorization) return;
    noteNeeded(request, answer);
    if (!request.route.startsWith('.well-known')) checkRequest(request);
  });
  await simulator.load([
    bundle(practitioner('pcp', { given: 'Ann', family: 'Lee' }), organization('office', 'Office')),
  ]);
  const authorize = createSmartAuthorization({
    baseUrl: url,
    clientId: client.id,
    scopes: SCOPES.join(' '),
    readKey: async () => privateJwks,
    now: Date.now,
    newId: randomUUID,
  });
  const signal = AbortSignal.timeout(60_000);
  const authorization = (refused: string | null) => authorize(signal, refused);
  const options = { baseUrl: url, authorization, signal, clock: { now: () => NOW } };
  const ehr = createFhirEhr(options);
  // A doctor may stand in the chart as a role, too.
  const order = { practitioner: PROVIDER, organization: LOCATION };
  const byRole = {
    id: 'by-role',
    name: { given: 'Pat', family: 'Ient' },
    generalPractitioner: ['PractitionerRole/role'],
  };
  await simulator.load([bundle(practitionerRole('role', order), patient(byRole))]);
  await ehr.readUpdateFacts('by-role', 'none', 'none', NOW);
  let patients = 0;
  const read = async <T>(type: string, id: string) => {
    const found = await simulator.read<T>(type, id);
    if (found === undefined) throw new Error(`${type}/${id} is not in the chart`);
    return found;
  };
  return {
    ehr,
    pickup: createFhirPickupChart({
      ...options,
      auditRefused: () => expect.unreachable('the simulator keeps AuditEvents'),
    }),
    now: () => NOW,
    close: gateway.close,
    async newPatient() {
      const patientId = `p${++patients}`;
      const address = `${patientId}@example.com`;
      await simulator.load([
        bundle(
          patient({
            id: patientId,
            name: { given: 'Pat', family: 'Ient' },
            birthDate: '1957-03-29',
            telecom: [email(address)],
            generalPractitioner: [PROVIDER],
            managingOrganization: LOCATION,
          }),
          draftMedicationRequest(`rx-${patientId}`, {
            patient: patientId,
            requester: PROVIDER,
            medication: 'Amoxicillin',
            authoredAt: NOW,
          }),
        ),
      ]);
      const familyName = 'Ient';
      return { patientId, provider: PROVIDER, location: LOCATION, address, birthDate: '1957-03-29', familyName };
    },
    async deletePatient(patientId) {
      await fetch(`${url}/Patient/${patientId}`, { method: 'DELETE', headers: byHand });
    },
    async signByHand(patientId, pin, at) {
      const made = await simulator.staff.signPinByHand(patientId, { pin, at, location: { reference: LOCATION } });
      return { document: made.documentId, encounter: made.encounterId };
    },
    importSigned: (patientId, count) =>
      simulator.load([
        bundle(
          ...Array.from({ length: count }, (_, n) =>
            document(`${patientId}-${n}`, patientId, { docStatus: 'final', date: '2026-01-01T00:00:00Z' }),
          ),
        ),
      ]),
    forgottenBookmark: () => 'DocumentReference?_cursor=gone',
    async draftByHand(patientId) {
      await simulator.load([bundle(document(`${patientId}-draft`, patientId))]);
      return `${patientId}-draft`;
    },
    async routeTo(id) {
      await simulator.staff.routeTo(id, { reference: PROVIDER });
    },
    async touch(id) {
      const draft = await read<DocumentReference & { id: string }>('DocumentReference', id);
      await simulator.staff.write({ ...draft, description: 'Changed by hand' });
    },
    async updatesOf(identifier) {
      const found = await simulator.search<DocumentReference>(
        `DocumentReference?identifier=${CYCLE_IDENTIFIER}|${identifier}&status=current`,
      );
      return found.length;
    },
    async isDiscarded(draft) {
      const parts = [
        await read<DocumentReference>('DocumentReference', draft.document),
        await read<QuestionnaireResponse>('QuestionnaireResponse', draft.form),
        await read<Encounter>('Encounter', draft.encounter),
      ];
      return parts.every((part) => part.status === 'entered-in-error');
    },
    async filedMessages(patientId) {
      const found = await simulator.search<Communication>(`Communication?subject=Patient/${patientId}`);
      return found.map((each) => each.identifier?.[0]?.value ?? '');
    },
    async auditTrail(patientId) {
      const patient = `Patient/${patientId}`;
      const found = await simulator.search<AuditEvent>(`AuditEvent?entity=${patient}`);
      return found.map(({ subtype, entity, agent }) => ({
        what: subtype?.[0]?.code ?? '',
        document: (entity?.[1]?.what?.reference ?? '').replace('DocumentReference/', ''),
        byPatient: agent.some(({ who, requestor }) => requestor && who?.reference === patient),
      }));
    },
    async filedFate(sesId) {
      const [filed, ...more] = await simulator.search<Communication>(
        `Communication?identifier=${SES_MESSAGE_IDENTIFIER}|${sesId}`,
      );
      if (filed === undefined || more.length > 0)
        throw new Error(`${sesId} is filed ${1 + more.length} times or never`);
      const { status, statusReason, received = null } = filed;
      return { isDone: status === 'completed', why: statusReason?.text ?? null, receivedAt: received };
    },
    async makeReady(patientId) {
      for (const task of await simulator.search<Task>(`Task?patient=Patient/${patientId}&status=requested`)) {
        await simulator.load([bundle({ ...task, status: 'ready' })]);
      }
    },
    async openStaffTasks(patientId) {
      const found = await simulator.search<Task>(`Task?patient=Patient/${patientId}&status=requested,ready`);
      return found
        .filter((task) => task.code?.coding?.[0]?.system === STAFF_TASK_SYSTEM)
        .map((task) => `${task.code?.coding?.[0]?.code} ${task.reasonCode?.text}`)
        .toSorted();
    },
  };
}

describeEhr('FHIR R4 over HTTP, the simulated EHR', fhirOverHttp);

it('asks for fresh answers, in URLs that strict servers take', () => {
  expect({ malformed, stale }).toEqual({ malformed: [], stale: 0 });
});

it('needs the scopes that docs/fhir.md lists, and none besides', () => {
  const lettersOf = (letters: Set<string>) => [...'cruds'].filter((letter) => letters.has(letter)).join('');
  const scopes = [...needed].map(([type, letters]) => `system/${type}.${lettersOf(letters)}`);
  expect(scopes.toSorted()).toEqual([...SCOPES]);
  const listed = readFileSync(new URL('../../docs/fhir.md', import.meta.url), 'utf8').match(/system\/\w+\.[cruds]+/g);
  expect(listed?.toSorted()).toEqual([...SCOPES]);
});
