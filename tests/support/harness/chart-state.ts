/** Everything of one patient that the product may have touched: chart, record and mails, read past every failure. */
import type {
  CareTeam,
  Communication,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  QuestionnaireResponse,
  Task,
} from 'fhir/r4';
import { STAFF_TASK_SYSTEM } from '../../../functions/adapters/fhir/codes.ts';
import type { Account } from '../../../functions/domain/case/account.ts';
import { type PickupToken, tokenHash } from '../../../functions/domain/pickup/pickup.ts';
import type { TrackedPin } from '../../../functions/ports/case/tracked-pins.ts';
import { addressOf } from './charts.ts';
import type { FailingPractice } from './failing-practice.ts';

export interface PatientState {
  patient: Patient;
  documents: DocumentReference[];
  forms: QuestionnaireResponse[];
  encounters: Encounter[];
  careTeams: CareTeam[];
  orders: MedicationRequest[];
  communications: Communication[];
  /** Open Tasks that focus one of the patient's documents, signed, drafted or discarded. */
  openRouting: Task[];
  /** `code reason` of the open Tasks for staff. */
  openStaffTasks: string[];
  mails: number;
  /** Of each mail's link the digest and what the records hold of it, oldest first. */
  links: { hash: string; token: PickupToken | null }[];
  account: Account | null;
  pin: TrackedPin | null;
  /** The practice's time of reading, milliseconds. */
  now: number;
}

const OPEN = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'];

export async function stateOf(practice: FailingPractice, patientId: string): Promise<PatientState> {
  const { ehr, mailbox } = practice.platform;
  const of = `Patient/${patientId}`;
  const [patient, documents, forms, encounters, careTeams, orders, communications, staffTasks] = await Promise.all([
    ehr.read<Patient>('Patient', patientId),
    ehr.search<DocumentReference>(`DocumentReference?patient=${of}&_count=100`),
    ehr.search<QuestionnaireResponse>(`QuestionnaireResponse?subject=${of}&_count=100`),
    ehr.search<Encounter>(`Encounter?patient=${of}&_count=100`),
    ehr.search<CareTeam>(`CareTeam?patient=${of}`),
    ehr.search<MedicationRequest>(`MedicationRequest?patient=${of}`),
    ehr.search<Communication>(`Communication?subject=${of}`),
    ehr.search<Task>(`Task?patient=${of}&_count=100`),
  ]);
  if (patient === undefined) throw new Error(`${of} is not in the chart`);
  const focusing = await Promise.all(
    documents.map((document) => ehr.search<Task>(`Task?focus=DocumentReference/${document.id}&_count=100`)),
  );
  const address = addressOf(patientId);
  const mails = mailbox.mails().filter((mail) => mail.sent.destination.includes(address));
  const hashes = mails.map(({ body }) => tokenHash(/\/pickup\/([\w-]+)/.exec(body.text ?? '')?.[1] ?? ''));
  const { pickups } = practice.ports;
  return {
    patient,
    documents,
    forms,
    encounters,
    careTeams,
    orders,
    communications,
    openRouting: focusing.flat().filter((task) => OPEN.includes(task.status)),
    openStaffTasks: staffTasks
      .filter((task) => OPEN.includes(task.status) && staffCodeOf(task) !== null)
      .map((task) => `${staffCodeOf(task)} ${task.reasonCode?.text}`)
      .sort(),
    mails: mails.length,
    links: await Promise.all(hashes.map(async (hash) => ({ hash, token: await pickups.readToken(hash) }))),
    account: await practice.ports.cases.read(patientId),
    pin: await practice.ports.pins.read(patientId),
    now: practice.platform.clock.now(),
  };
}

function staffCodeOf(task: Task): string | null {
  return task.code?.coding?.find((coding) => coding.system === STAFF_TASK_SYSTEM)?.code ?? null;
}
