import type { StaffTaskCode } from '../../domain/case/account.ts';
import type { PinDocument, SignedFacts } from '../../domain/chart/chart.ts';
import type { Patient, Standing } from '../../domain/chart/patient.ts';
import type { ProviderCandidate } from '../../domain/chart/responsible-provider.ts';
import type { MailFate } from '../../domain/email/email-feedback.ts';
import type { PickupFacts } from '../../domain/pickup/pickup.ts';
import type { Instant } from '../../domain/time/instant.ts';

/** What the chart says when the provider of a new update is to be settled (P4, P5), read in one go. */
export interface UpdateFacts {
  /** `Organization/<id>`: custodian of the document being replaced, else the patient's organization; null: none. */
  location: string | null;
  /** `Encounter/<id>` of a visit under way there, the "visit ID" of P4, or null. */
  visit: string | null;
  primaryCare: ProviderCandidate[];
  careTeamHere: ProviderCandidate[];
  latestEncounterHere: ProviderCandidate[];
  /** To be compared after signing. */
  generalPractitioner: string;
  careTeam: string;
  draftOrders: string[];
  /** A draft of this very cycle that an earlier try left, or null. */
  draft: FoundDraft | null;
}

export interface FoundDraft extends DraftIds {
  provider: string | null;
  location: string | null;
}

/** The three resources of one chart update. */
export interface DraftIds {
  document: string;
  form: string;
  encounter: string;
}

/** An update to be opened (P3–P8). Nothing of it takes effect before it is signed. */
export interface UpdateOrder {
  patientId: string;
  /** Derived from patient and cycle; the chart holds at most one draft of it. */
  cycleIdentifier: string;
  provider: string;
  location: string | null;
  visit: string | null;
  pin: string;
  now: number;
}

/** A resource as an adapter read it, with the version that a write of it is bound to (If-Match). */
export interface AsRead {
  readonly id: string;
  /** null: the EHR gave none, so the resource cannot be written. */
  readonly version: string | null;
  /** As the EHR sent it, what we do not know included. Only the adapter looks inside. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A document's "Route to". */
export interface Routing {
  /** How many Tasks are open. */
  open: number;
  tasks: readonly AsRead[];
}

/** What signing writes, as it was reviewed. */
export interface DraftAsRead {
  document: AsRead;
  form: AsRead;
  /** The patient's other signed, current PIN documents, which signing supersedes. */
  signed: readonly AsRead[];
  /** `Device/<id>` of the service where the EHR has registered it. */
  device: string | null;
}

export interface Reviewed {
  /** The update is ended, the draft is there, its form holds a PIN, and neither is signed or discarded. */
  draftIntact: boolean;
  routing: Routing;
  documents: PinDocument[];
  /** Whether the portal is for the patient still. */
  standing: Standing;
  pin: string | null;
  /** Digest of the draft's author, to be compared before it is signed (P5). */
  author: string;
  /** To be handed to `sign`; null where document or form is gone. */
  asRead: DraftAsRead | null;
}

export interface Signature {
  patientId: string;
  draft: DraftIds;
  /** Document that is replaced. */
  cycle: string;
  asRead: DraftAsRead | null;
  now: number;
}

/** A signed document read back, with its signing instant as written, the PIN it holds and its location of care. */
export interface SignedReading extends SignedFacts {
  date: string | null;
  pin: string | null;
  /** Id of an Organization, or null. */
  location: string | null;
}

export interface StaffTaskOrder {
  patientId: string;
  code: StaffTaskCode;
  reason: string;
}

export interface FiledMessage {
  patientId: string;
  document: string;
  sesId: string;
  sentAt: Instant;
}

/** What the practice's audit trail is told about the pick-up page. */
export interface PickupAudit {
  patientId: string;
  document: string;
  /** VIEWED: the PIN was shown for the first time. LOCKED: too many wrong answers, or none that could be right. */
  what: 'VIEWED' | 'LOCKED';
  at: Instant;
}

/** What the pick-up page sees of the chart, and leaves there. Errors as for Ehr. */
export interface PickupChart {
  /** What an answer is compared with, and whether the document still counts. PatientNotFoundError for 404 and 410. */
  readPickupFacts(patientId: string, document: string): Promise<PickupFacts>;
  /** As of Ehr, to be shown. */
  readPin(patientId: string, encounter: string): Promise<string | null>;
  /**
   * Adds an AuditEvent; after a lost answer it may be there twice. An EHR that keeps none does not fail it: the event then
   * goes to the service's own audit log.
   */
  audit(event: PickupAudit): Promise<void>;
  /** As of FrontDesk. */
  openStaffTask(order: StaffTaskOrder): Promise<void>;
}

/** A page of the practice's signed PIN documents, told by patient. */
export interface SignedPinsPage {
  /** Signed PIN documents on it. */
  documents: number;
  /** Ids of their patients, each once; unordered. */
  patientIds: string[];
  /** Of the documents, those that name no patient. */
  withoutPatient: number;
  /** The bookmark of the next page; null: this is the last one. May hold anything, so it goes into no state data and no log. */
  next: string | null;
}

/** What the front desk sees of the chart: the patient, the mails, the Tasks; no PIN document. Errors as for Ehr. */
export interface FrontDesk {
  /** P1. PatientNotFoundError for 404 and 410. */
  readPatient(patientId: string): Promise<Patient>;
  /** P14: a Communication, once per SES id, without address or text. */
  fileMessage(message: FiledMessage): Promise<void>;
  /**
   * P14: what became of the mail, on its Communication; files it where that has not been done.
   * @param receivedAt when the receiver's server took it, or null
   */
  noteFate(message: FiledMessage, fate: MailFate, receivedAt: Instant | null): Promise<void>;
  /** A Task for the front desk, once per patient, code and reason while it is open. */
  openStaffTask(order: StaffTaskOrder): Promise<void>;
  /** Closes that Task where it is open. */
  closeStaffTask(order: StaffTaskOrder): Promise<void>;
}

/** Read-only access to a patient's PINs in the chart. Errors as for Ehr. */
export interface PinReader extends Pick<FrontDesk, 'readPatient'> {
  /** P2: the patient's current PIN documents, signed ones and drafts; one request a page. */
  readPinDocuments(patientId: string): Promise<PinDocument[]>;
  /** The PIN in the completed form of this encounter, to be fingerprinted; null where there is none. */
  readPin(patientId: string, encounter: string): Promise<string | null>;
  /** How many signed PIN documents, current and superseded, carry our identifier. */
  countOurSigned(patientId: string): Promise<number>;
}

/**
 * The chart. Each method is one request or batch unless it says otherwise, and may throw EhrUnavailableError,
 * EhrThrottledError, EhrConflictError (all retried) or EhrRejectedError (not retried).
 */
export interface Ehr extends FrontDesk, PinReader {
  /**
   * One page of all current, signed PIN documents of the practice; null: the first. Answers null where the EHR does not know
   * the bookmark, or no longer. What is signed, replaced or withdrawn between two pages may or may not be on them; everything
   * else is on one of them.
   */
  listSignedPins(bookmark: string | null): Promise<SignedPinsPage | null>;
  /** P5: what settles provider and location for a document that replaces `cycle`. */
  readUpdateFacts(patientId: string, cycle: string, cycleIdentifier: string, now: number): Promise<UpdateFacts>;
  /** P3–P8 in one transaction; finds the draft of an earlier try instead of making a second one. */
  openUpdate(order: UpdateOrder): Promise<DraftIds>;
  /** P9. DraftGoneError where the update is neither open nor ended. An update ended before stays ended. */
  endUpdate(draft: DraftIds, now: number): Promise<void>;
  /** The open Tasks that focus the document. */
  readRouting(document: string): Promise<Routing>;
  /** P10: cancels these Tasks and answers with what is open afterwards, in one transaction. */
  cancelRouting(document: string, routing: Routing): Promise<Routing>;
  /** Everything that must hold just before signing, in one batch. */
  reviewDraft(patientId: string, draft: DraftIds): Promise<Reviewed>;
  /** P11, P12 in one transaction with If-Match: signs, completes the form, declines responsibility. DraftGoneError without a draft. */
  sign(signature: Signature): Promise<void>;
  /** Reads back what P10–P12 demand, with the signing instant, in one batch. */
  readSigned(patientId: string, document: string, cycleIdentifier: string): Promise<SignedReading>;
  /** P7: document, form and encounter of every draft with this identifier become entered-in-error, its routing is cancelled. */
  discardDrafts(cycleIdentifiers: readonly string[]): Promise<void>;
}
