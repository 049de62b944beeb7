/** What the Ehr contract works with: a chart beside the port, and the patients that its tests begin with. */
import { PIN_LIFETIME_MS } from '../../functions/domain/chart/expiry.ts';
import { cycleIdentifier } from '../../functions/domain/identity.ts';
import type { DraftIds, Ehr, PickupChart, UpdateOrder } from '../../functions/ports/ehr/ehr.ts';

/** A chart that the suite may fill and look at, beside the port. Every patient is a new one. */
export interface ChartUnderTest {
  ehr: Ehr;
  /** The same chart, as the pick-up page sees it. */
  pickup: PickupChart;
  now(): number;
  /** A patient with one general practitioner (active), one address, a draft order; at a location. */
  newPatient(): Promise<{
    patientId: string;
    provider: string;
    location: string;
    address: string;
    birthDate: string;
    familyName: string;
  }>;
  deletePatient(patientId: string): Promise<void>;
  /** Signs a PIN by hand at `at` (ms); it supersedes the earlier one. */
  signByHand(patientId: string, pin: string, at: number): Promise<{ document: string; encounter: string }>;
  /** Adds signed, current PIN documents as an import would: many at once, none superseded. */
  importSigned(patientId: string, count: number): Promise<void>;
  /** A bookmark as `listSignedPins` gives them, which the EHR does not know or has forgotten. */
  forgottenBookmark(): string;
  /** Staff open a PIN draft of their own. */
  draftByHand(patientId: string): Promise<string>;
  /** Staff add a name to the document's "Route to". */
  routeTo(document: string): Promise<void>;
  /** Staff change the draft document, without signing or discarding it. */
  touch(document: string): Promise<void>;
  /** How many updates of this cycle are open or ended, not discarded. */
  updatesOf(cycleIdentifier: string): Promise<number>;
  /** Whether all three parts of a draft are discarded. */
  isDiscarded(draft: DraftIds): Promise<boolean>;
  /** Messages filed for the patient, each as its id at the mail service. */
  filedMessages(patientId: string): Promise<string[]>;
  /** What the audit trail tells of the patient, oldest first: what, of which document, and whether the patient did it. */
  auditTrail(patientId: string): Promise<{ what: string; document: string; byPatient: boolean }[]>;
  /** What the chart says of one: whether it was done, why not or what went wrong, and when it was received. */
  filedFate(sesId: string): Promise<{ isDone: boolean; why: string | null; receivedAt: string | null }>;
  /** Open Tasks for the front desk, `code reason`, sorted. */
  openStaffTasks(patientId: string): Promise<string[]>;
  /** The front desk marks its Tasks for the patient as `ready`, FHIR's state between accepted and in progress. */
  makeReady(patientId: string): Promise<void>;
  close(): Promise<void>;
}

export const PIN = 'K123456789';
export const OLD_PIN = 'B122900125';

/** Patients at three moments of the procedure. */
export function patientsOf(chart: () => ChartUnderTest) {
  /** A patient with an expired hand-signed PIN, and the order that replaces it. */
  async function expired() {
    const patient = await chart().newPatient();
    const old = await chart().signByHand(patient.patientId, OLD_PIN, chart().now() - PIN_LIFETIME_MS);
    const { patientId, provider, location } = patient;
    const identifier = cycleIdentifier(patientId, old.document);
    const order: UpdateOrder = {
      patientId,
      cycleIdentifier: identifier,
      provider,
      location,
      visit: null,
      pin: PIN,
      now: chart().now(),
    };
    return { ...patient, cycle: old.document, identifier, order };
  }
  /** The same with the update opened, ended and unrouted: ready to be signed. */
  async function readyToSign() {
    const patient = await expired();
    const draft = await chart().ehr.openUpdate(patient.order);
    await chart().ehr.endUpdate(draft, chart().now());
    await chart().ehr.cancelRouting(draft.document, await chart().ehr.readRouting(draft.document));
    return { ...patient, draft };
  }
  async function signed() {
    const patient = await readyToSign();
    const { patientId, draft, cycle } = patient;
    const { asRead } = await chart().ehr.reviewDraft(patientId, draft);
    await chart().ehr.sign({ patientId, draft, cycle, asRead, now: chart().now() });
    return patient;
  }

  return { expired, readyToSign, signed };
}

/** One part of the contract: its tests, on the chart that stands when they run. */
export type Part = (chart: () => ChartUnderTest, patients: ReturnType<typeof patientsOf>) => void;
