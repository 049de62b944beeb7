import type { Communication, DocumentReference, Encounter, QuestionnaireResponse, Task } from 'fhir/r4';
import { CYCLE_IDENTIFIER, STAFF_TASK_SYSTEM } from '../../functions/adapters/fhir/codes.ts';
import { createFhirEhr } from '../../functions/adapters/fhir/ehr.ts';
import { draftMedicationRequest, email, organization, patient, practitioner } from '../../local/demo/chart-builders.ts';
import { createEhrSimulator } from '../../local/ehr/simulator.ts';
import { listenEhr } from '../local/ehr/listen.ts';
import { document } from '../local/ehr/running-ehr.ts';
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

/** The FHIR adapter over HTTP against the simulator, which behaves as the handout says. */
async function fhirOverHttp(): Promise<ChartUnderTest> {
  const simulator = await createEhrSimulator({ now: () => NOW });
  const { url, close } = await listenEhr(simulator);
  await simulator.load([
    bundle(practitioner('pcp', { given: 'Ann', family: 'Lee' }), organization('office', 'Office')),
  ]);
  const ehr = createFhirEhr({
    baseUrl: url,
    authorization: async () => null,
    signal: AbortSignal.timeout(60_000),
    clock: { now: () => NOW },
  });
  let patients = 0;
  const read = async <T>(type: string, id: string) => {
    const found = await simulator.read<T>(type, id);
    if (found === undefined) throw new Error(`${type}/${id} is not in the chart`);
    return found;
  };
  return {
    ehr,
    now: () => NOW,
    close,
    async newPatient() {
      const patientId = `p${++patients}`;
      const address = `${patientId}@example.com`;
      await simulator.load([
        bundle(
          patient({
            id: patientId,
            name: { given: 'Pat', family: 'Ient' },
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
      return { patientId, provider: PROVIDER, location: LOCATION, address };
    },
    async deletePatient(patientId) {
      await fetch(`${url}/Patient/${patientId}`, { method: 'DELETE' });
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
    async openStaffTasks(patientId) {
      const found = await simulator.search<Task>(`Task?patient=Patient/${patientId}&status=requested`);
      return found
        .filter((task) => task.code?.coding?.[0]?.system === STAFF_TASK_SYSTEM)
        .map((task) => `${task.code?.coding?.[0]?.code} ${task.reasonCode?.text}`)
        .toSorted();
    },
  };
}

describeEhr('FHIR R4 over HTTP, the simulated EHR', fhirOverHttp);
