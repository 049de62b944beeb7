/**
 * What the steps need from the world, in the procedure's words. Each port has one contract suite in tests/contracts
 * that every implementation passes; adapters translate whatever goes wrong into the named errors of domain/errors.ts.
 */
import type { Account, StaffTaskCode } from './domain/account.ts';
import type { Day } from './domain/calendar.ts';
import type { PinDocument, SignedFacts } from './domain/chart.ts';
import type { Discovery } from './domain/discovery.ts';
import type { EhrEvent, WebhookAnswer } from './domain/ehr-event.ts';
import type { FeedbackKind } from './domain/email-event.ts';
import type { Feedback, MailFate } from './domain/email-feedback.ts';
import type { ExecutionStatus, MachineName } from './domain/executions.ts';
import type { Instant } from './domain/instant.ts';
import type { Patient, Standing } from './domain/patient.ts';
import type { PickupFacts, PickupToken } from './domain/pickup.ts';
import type { ProviderCandidate } from './domain/responsible-provider.ts';
import type { SweepRun } from './domain/sweep.ts';
import type { Action, Todo, WorkEntry } from './domain/work.ts';

/** The practice's time. Locally it can be moved; nothing else may ask what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Waiting, for who keeps a pace. A clock that can be moved lets nobody wait for it. */
export type Pause = (milliseconds: number) => Promise<void>;

/** Unbiased chance and fresh ids, injected so that tests are deterministic. */
export interface Chance {
  /** An unbiased integer in [0, max), from a CSPRNG. */
  randomInt(max: number): number;
  /** A UUID. */
  newId(): string;
  /** `count` random bytes, from a CSPRNG. */
  bytes(count: number): Uint8Array;
}

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

/** Resources as an adapter read them, to be handed back to it for a write with If-Match. Nobody else looks inside. */
export type AsRead = unknown;

/** Who stands in a document's "Route to". */
export interface Routing {
  /** How many Tasks are open. */
  open: number;
  asRead: AsRead;
}

export interface Reviewed {
  /** The update is ended, the draft is there, its form holds a PIN, and neither is signed or discarded. */
  draftIntact: boolean;
  routing: Routing;
  documents: PinDocument[];
  /** Whether the portal is for the patient still. */
  standing: Standing;
  pin: string | null;
  /** Digest of who stands as the draft's author, to be compared before it is signed (P5). */
  author: string;
  asRead: AsRead;
}

export interface Signature {
  patientId: string;
  draft: DraftIds;
  /** Document that is replaced. */
  cycle: string;
  asRead: AsRead;
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
  /** Adds an AuditEvent; one whose answer got lost may be there twice. */
  audit(event: PickupAudit): Promise<void>;
  /** As of FrontDesk. */
  openStaffTask(order: StaffTaskOrder): Promise<void>;
}

/** A page of the practice's signed PIN documents, told by patient. */
export interface SignedPinsPage {
  /** Signed PIN documents on it. */
  documents: number;
  /** Whom they are about, each once; in no order. */
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

/** What the chart says of a patient's PINs, for who changes nothing in it. Errors as for Ehr. */
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
  /** P11, P12 in one transaction with If-Match: signs, completes the form, declines responsibility. */
  sign(signature: Signature): Promise<void>;
  /** Reads back what P10–P12 demand, with the signing instant, in one batch. */
  readSigned(patientId: string, document: string, cycleIdentifier: string): Promise<SignedReading>;
  /** P7: document, form and encounter of every draft with this identifier become entered-in-error, its routing is cancelled. */
  discardDrafts(cycleIdentifiers: readonly string[]): Promise<void>;
}

export interface PinItem {
  patientId: string;
  document: string;
  fingerprint: string;
  issuedAt: Instant;
  expiresAt: Instant;
  /** Epoch seconds; equals expiresAt. DynamoDB TTL deletes the item some time after. */
  ttl: number;
}

/** A person's request: who asked for what, and why. */
export interface DecisionRequest {
  id: string;
  patientId: string;
  action: Action;
  actor: string;
  reason: string;
  at: Instant;
}

/** A mail that SES took, and what it has said of it since. */
export interface SentMessage extends FiledMessage {
  feedback: Feedback;
}

/**
 * The practice's records. AwsUnavailableError and RecordConflictError are retried. Reads of an account are
 * strongly consistent.
 */
export interface PinRecords {
  /** null where there is none. */
  read(patientId: string): Promise<Account | null>;
  /**
   * Saves `next` in place of `previous`, which is the account as last read or saved (only what differs is written), and
   * answers with what is stored. RecordConflictError when the account is no
   * longer `previous`; a save whose answer got lost is recognised as one's own.
   */
  save(previous: Account | null, next: Account): Promise<Account>;
  /** The item whose TTL tracks the 30 days; replaces the patient's earlier one. */
  putPin(item: PinItem): Promise<void>;
  readPin(patientId: string): Promise<PinItem | null>;
  /** No lapse follows: for who registered, opted out or was merged. */
  deletePin(patientId: string): Promise<void>;
  /** Whether `fingerprint` is now `owner`'s alone, for 44 days. */
  reserveFingerprint(fingerprint: string, owner: string, now: number): Promise<boolean>;
  /** Which patient and document a mail was for; what was put first stays. */
  putMessage(message: FiledMessage): Promise<void>;
  readMessage(sesId: string): Promise<SentMessage | null>;
  /** Notes what was said of it since it was read; RecordConflictError when more was noted meanwhile. */
  noteFeedback(message: SentMessage, feedback: Feedback): Promise<void>;
  putRequest(request: DecisionRequest): Promise<void>;
  readRequest(patientId: string, id: string): Promise<DecisionRequest | null>;
  /** Patients due up to and with `day`, one page of at most `limit` of a shard (0–15), from the index alone. */
  listDue(
    shard: number,
    day: Day,
    after: string | null,
    limit: number,
  ): Promise<{ patientIds: string[]; next: string | null }>;
}

/** The answers to a document's links, counted together. */
export interface AnswersOf {
  patientId: string;
  document: string;
}

/** An answer that was taken from those a document has. */
export interface TakenAnswer {
  id: string;
  /** None is left after it. */
  isLast: boolean;
}

/** What the pick-up page remembers. AwsUnavailableError is retried. */
export interface PickupRecords {
  putToken(token: PickupToken): Promise<void>;
  /** Strongly consistent; null where there is none of this digest. */
  readToken(hash: string): Promise<PickupToken | null>;
  /**
   * Takes one of the document's answers before it is looked at, so that of many at once no more are looked at than
   * there are; null where none is left or it is locked.
   * @param ttl epoch seconds, when all of it may be forgotten
   */
  takeAnswer(of: AnswersOf, now: number, ttl: number): Promise<TakenAnswer | null>;
  /** Gives an answer back that was not looked at, or was right. */
  returnAnswer(of: AnswersOf, taken: TakenAnswer): Promise<void>;
  /**
   * Locks the document, and says whether it is the caller's turn to tell the front desk: nobody did yet, and nobody has
   * begun to within a minute.
   * @param isCertain false for who only finds no answer left: whoever took the last one has a minute to find it right
   */
  lock(of: AnswersOf, now: number, isCertain: boolean): Promise<boolean>;
  /** Notes that the front desk was told; whether that is news. */
  noteTold(of: AnswersOf, now: number): Promise<boolean>;
  /** Counts one more try of this source in the hour of `now`; how many it makes. */
  countTry(source: string, now: number): Promise<number>;
}

/** Which cases of the work list are asked for; null: whichever. */
export interface WorkFilter {
  outcome: WorkEntry['outcome'] | null;
  reason: string | null;
  todo: Todo | null;
  /** Id of an Organization. */
  location: string | null;
  /** Waiting since this instant or later. */
  from: Instant | null;
  /** Waiting since before this instant. */
  before: Instant | null;
}

/** How many cases there are of one kind. */
export interface WorkCount {
  todo: Todo;
  count: number;
  /** Since when the oldest of them waits. */
  oldestSince: Instant;
}

/**
 * Lists of cases, from the table's two indexes, and of what was decided about one: never a scan. An index follows its items within a second or so,
 * so whoever shows a case reads its account. AwsUnavailableError is retried.
 */
export interface CaseLists {
  /**
   * Patients whose case waits for a person, oldest first, at most `limit` after the place `after`. A page ends early
   * where a filter fits few: null alone says that nothing follows.
   */
  listWork(filter: WorkFilter, after: string | null, limit: number): Promise<CasePage>;
  /** What waits for a person, by what is to be done. At most `limit` cases of an outcome are counted. */
  countWork(limit: number): Promise<{ counts: WorkCount[]; isComplete: boolean }>;
  /** Patients by the day of their next look, from `from` to `to`, at most `limit` after `after`. */
  listLooks(from: Day, to: Day, after: string | null, limit: number): Promise<CasePage>;
  /** How many patients are due up to and with `day`; counting stops at `limit` or soon after. */
  countDue(day: Day, limit: number): Promise<{ count: number; isComplete: boolean }>;
  /** What people decided about the patient, newest first; at most `limit`. Read from the patient's own items. */
  listRequests(patientId: string, limit: number): Promise<DecisionRequest[]>;
}

export interface CasePage {
  patientIds: string[];
  /** Opaque: where the next page begins; null: this is the last. WrongCursorError where it is none of this list. */
  next: string | null;
}

/** Who stopped all starts, when and why. */
export interface StartsPaused {
  actor: string;
  reason: string;
  at: Instant;
}

/** The practice's switch that stops every start, whoever asks for it. AwsUnavailableError is retried. */
export interface PauseSwitch {
  /** null: not paused. Strongly consistent, so that a pause holds at once. */
  read(): Promise<StartsPaused | null>;
  /** null ends the pause. */
  set(paused: StartsPaused | null): Promise<void>;
}

/** What a person decided about the practice as a whole. */
export interface PracticeDecision {
  id: string;
  action: 'pause' | 'resume' | 'sweep' | 'dry-run';
  actor: string;
  reason: string;
  at: Instant;
  /** Of the sweep that was started. */
  execution: string | null;
}

/** Who steered the practice, when and why. AwsUnavailableError is retried. */
export interface PracticeDecisions {
  /** Once by its `at` and id. */
  put(decision: PracticeDecision): Promise<void>;
  /** Newest first. WrongCursorError where `after` is none of this list. */
  list(after: string | null, limit: number): Promise<{ decisions: PracticeDecision[]; next: string | null }>;
}

/**
 * BEGUN: it is the caller's to do. IN_FLIGHT: another is at it. DONE: what was answered. OTHER: the id was another
 * request's.
 */
export type BegunRequest = { kind: 'BEGUN' | 'IN_FLIGHT' | 'OTHER' } | { kind: 'DONE'; answer: unknown };

/** Requests that are done once, however often they are sent, for a day. AwsUnavailableError is retried. */
export interface OnceRecords {
  /** Begins the request unless it was begun; one that was begun half a minute ago and never done is the caller's. */
  begin(id: string, digest: string, now: number): Promise<BegunRequest>;
  /** Notes the answer, JSON, that every repetition gets. */
  finish(id: string, digest: string, answer: unknown, now: number): Promise<void>;
  /** It came to nothing: whoever repeats it begins anew. */
  forget(id: string): Promise<void>;
}

/** What the sweeps did, day by day. RecordConflictError and AwsUnavailableError are retried. */
export interface SweepRecords {
  read(day: Day, execution: string): Promise<SweepRun | null>;
  save(run: SweepRun): Promise<void>;
  /** Which executions a page of a sweep's minute started, beside those that an earlier try of it did; each counts once. */
  notePage(run: SweepRun, minute: number, page: number, started: readonly SweptStart[]): Promise<void>;
  /** A day's sweeps, oldest first. */
  list(day: Day): Promise<SweepRun[]>;
  /** Everything that a sweep started. */
  listStarts(day: Day, execution: string): Promise<SweptStart[]>;
  /** Takes up to `wanted` from the starts that machines may make on `day`; answers how many it got. */
  takeAllowance(day: Day, wanted: number, dailyLimit: number): Promise<number>;
  /** Gives back what was not used. */
  returnAllowance(day: Day, unused: number): Promise<void>;
}

/** The readings of the whole chart. AwsUnavailableError is retried. */
export interface Discoveries {
  /** Strongly consistent; null where there is none of this id. */
  read(id: string): Promise<Discovery | null>;
  /** The one that began last, or null. */
  latest(): Promise<Discovery | null>;
  /** The latest ones, newest first. */
  list(limit: number): Promise<Discovery[]>;
  /**
   * Saves `next` in place of `previous`, which is the reading as last read or saved, and answers with what is stored.
   * RecordConflictError when somebody else saved it since; a save whose answer got lost is recognised as one's own.
   */
  save(previous: Discovery | null, next: Discovery): Promise<Discovery>;
}

/** One start of a sweep. */
export interface SweptStart {
  patientId: string;
  execution: string;
}

/** One webhook, told by the id that its sender gave it. Nothing of its body is kept but a digest. */
export interface WebhookRecord {
  id: string;
  /** SHA-256 of the raw body. */
  digest: string;
  type: EhrEvent['type'];
  /** `attempt` of the patient's account when it came: what started since may be this webhook's own doing. */
  attempt: number;
  /** null: RECEIVED, and whoever decided it has not said so yet. */
  answer: WebhookAnswer | null;
}

/** What became of webhooks, for a week: longer than any sender repeats one. AwsUnavailableError is retried. */
export interface WebhookRecords {
  /** Strongly consistent; null where none of this id came. */
  read(id: string): Promise<WebhookRecord | null>;
  /** Notes that it came; answers with the record of that id that was there first. */
  receive(webhook: Omit<WebhookRecord, 'answer'>, now: number): Promise<WebhookRecord>;
  /** Notes the answer; answers with the one that was there first. */
  decide(webhook: Omit<WebhookRecord, 'answer'>, answer: WebhookAnswer, now: number): Promise<WebhookAnswer>;
  /** Counts one more in the minute of `now`; how many it makes. */
  count(now: number): Promise<number>;
}

/** What Standard Webhooks signs, and the signatures that came with it. */
export interface SignedWebhook {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`, seconds since the epoch. */
  timestamp: string;
  /** `webhook-signature`: one or more, separated by spaces. */
  signature: string;
  body: string;
}

/** The secrets that the EHR signs with; several while they are rotated. */
export interface WebhookSecrets {
  /** Up to five minutes old. AwsUnavailableError is retried, ConfigurationError is not. */
  read(): Promise<readonly string[]>;
  /** As they are now, because none of those verified; null when that was asked a moment ago. */
  readAgain(): Promise<readonly string[] | null>;
}

/** Throws what the secrets throw. */
export interface WebhookSignatures {
  /** Whether one of our secrets signed it, not more than five minutes from the machine's own time. */
  verify(webhook: SignedWebhook): Promise<boolean>;
}

/** A keyed digest that tells no PIN and no address to who holds the table. */
export interface Fingerprint {
  of(value: string): Promise<string>;
}

export interface Mail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /**
   * Hands one mail to SES and answers with its id; sends at most once.
   * EmailThrottledError: certainly not sent, retried. EmailRejectedError: certainly not sent, not retried.
   * NotificationFateUnknownError: may have been sent, never retried.
   */
  send(mail: Mail): Promise<string>;
}

/** A case that has just ended, without whose it is. */
export interface EndedCase {
  outcome: NonNullable<Account['outcome']>;
  reason: string | null;
  /** How long the case has waited for a person, or failed; null once it is resolved. */
  unresolvedSeconds: number | null;
  /** From the expiry of the old PIN to the end that told the patient of the new one; null where none had expired. */
  accessSeconds: number | null;
}

/**
 * What the practice counts. Never fails, never waits. A location is the id of an Organization, or null; one that the practice
 * does not list is counted among the others.
 */
export interface Metrics {
  /** Once per case, when its ending is saved. */
  ended(ended: EndedCase): void;
  /** A PIN of ours was recorded as signed there. */
  issued(location: string | null): void;
  /** Its patient looked at it for the first time. */
  pickedUp(location: string | null): void;
  /** Its links were locked, and the front desk was told. */
  pickupLocked(): void;
  /** Its patient registered with the portal. */
  registered(location: string | null): void;
  /** SES said something of a mail for the first time; UNKNOWN_MESSAGE: of one that nobody here sent. */
  fedBack(what: FeedbackKind | 'UNKNOWN_MESSAGE'): void;
}

/** Of sweep-expiring-pins. */
export interface SweepInput {
  /** Decides and starts nothing. */
  dryRun: boolean;
}

export interface ExecutionInput {
  patientId: string;
  attempt: number;
  /** Id of a person's request to regenerate whatever the age, or null. */
  force: string | null;
}

/** The executions of one state machine, which takes `Input`. */
export interface Executions<Input = ExecutionInput> {
  /** Starts the named execution; a name that was started before answers with that one. Gives the ARN. */
  start(name: string, input: Input): Promise<string>;
  /** null where no execution of that name was ever started. */
  describe(name: string): Promise<{ status: ExecutionStatus; arn: string; stoppedAt: number | null } | null>;
}

/** One execution in a list; its times have milliseconds. */
export interface ListedExecution {
  name: string;
  status: ExecutionStatus;
  startedAt: Instant;
  stoppedAt: Instant | null;
}

export interface DescribedExecution extends ListedExecution {
  /** JSON as it was given, parsed. */
  input: unknown;
  /** Null unless it SUCCEEDED. */
  output: unknown;
  error: string | null;
  cause: string | null;
}

export interface HistoryEvent {
  id: number;
  /** With milliseconds. */
  at: Instant;
  /** Of Step Functions' HistoryEvent, e.g. TaskFailed. */
  type: string;
  /** Null: the execution's own. */
  state: string | null;
  /** Of a Task: from 1 on within one entry of its state. */
  attempt: number | null;
  input: unknown;
  output: unknown;
  error: string | null;
  cause: string | null;
}

/** What Step Functions tells about executions, for 90 days. AwsUnavailableError is retried. */
export interface ExecutionReader {
  /** Newest first. Null where the machine is not deployed. WrongCursorError where `after` is none of this list. */
  list(
    machine: MachineName,
    status: ExecutionStatus | null,
    after: string | null,
    limit: number,
  ): Promise<{ executions: ListedExecution[]; next: string | null } | null>;
  /** Null where there is no such execution. */
  describe(machine: MachineName, name: string): Promise<DescribedExecution | null>;
  /** Oldest first, 500 a page. Null where there is no such execution. WrongCursorError as in `list`. */
  history(
    machine: MachineName,
    name: string,
    after: string | null,
  ): Promise<{ events: HistoryEvent[]; next: string | null } | null>;
  /** The parsed ASL; as the execution ran by it, if one is named. Null where there is no such machine or execution. */
  definition(machine: MachineName, execution: string | null): Promise<Record<string, unknown> | null>;
}
