/** What must hold of a patient at the end, whatever went wrong on the way. Each broken one is told in words. */
import type { DocumentReference, Encounter, QuestionnaireResponseItemAnswer } from 'fhir/r4';
import { ACTIVATION, CYCLE_IDENTIFIER, ENCOUNTER_TYPE, FORM_ITEM } from '../../../functions/adapters/fhir/codes.ts';
import type { Ending } from '../../../functions/domain/outcomes.ts';
import { FAMILY_DOCTORS } from '../../../local/demo/directory.ts';
import type { PatientState } from './chart-state.ts';
import { undeclared } from './failing-practice.ts';

export interface Expected {
  ending: Ending;
  /** The PIN that is valid in the end: the service's, or the one of this document. */
  live: 'ours' | { document: string };
  /** 1 where the patient is told, 0 where not. */
  mails: 0 | 1;
  /** `code reason` of the Tasks that stay open. */
  staffTasks: string[];
  /** True when no next check is scheduled. */
  terminal?: boolean;
  /** Whether the record follows no PIN any more. */
  untracked?: boolean;
  /** True when the EHR itself broke P12 on the way; the providers may then differ from before. */
  violated?: boolean;
}

const THIRTY_DAYS_S = 2_592_000;

type Check = [name: string, holds: boolean];

/**
 * The invariants that do not hold.
 * @param unknowable whether the failure hit the mail between "about to be sent" and "accepted"
 */
export function brokenInvariants(state: PatientState, expected: Expected, unknowable: boolean): string[] {
  const isUnknown = unknowable && state.account?.message?.state === 'UNKNOWN';
  const checks: Check[] = [
    ...chartChecks(state, expected),
    ...(expected.violated ? [] : providerChecks(state)),
    ...recordChecks(state, expected),
    ...linkChecks(state),
    ...(isUnknown ? unknownMailChecks(state) : endingChecks(state, expected)),
  ];
  return [...checks.flatMap(([name, holds]) => (holds ? [] : [name])), ...undeclared];
}

function isSigned(document: DocumentReference): boolean {
  return document.docStatus === 'final' || document.docStatus === 'amended';
}

function isOurs(resource: { identifier?: unknown }): boolean {
  return JSON.stringify(resource.identifier ?? null).includes(CYCLE_IDENTIFIER);
}

function liveOf(state: PatientState): DocumentReference[] {
  return state.documents.filter((each) => isSigned(each) && each.status === 'current');
}

function chartChecks(state: PatientState, { live: expectedLive }: Expected): Check[] {
  const live = liveOf(state);
  const [document] = live;
  const activeForms = state.forms.filter(
    (form) =>
      form.status === 'completed' &&
      form.encounter?.reference === document?.context?.encounter?.[0]?.reference &&
      form.item?.some((item) => item.linkId === FORM_ITEM.activationStatus && saysActive(item.answer)),
  );
  const isExpected =
    expectedLive === 'ours'
      ? document !== undefined && isOurs(document)
      : document !== undefined && document.id === expectedLive.document;
  const signedEncounters = state.documents.filter(isSigned).map((each) => each.context?.encounter?.[0]?.reference);
  const isLeftover = (each: Encounter) =>
    isOurs(each) && each.status === 'finished' && !signedEncounters.includes(`Encounter/${each.id}`);
  return [
    ['one signed, current PIN document', live.length === 1],
    ['it is the right one', isExpected],
    ['one active PIN in its form', activeForms.length === 1],
    ['ours signed at most once', state.documents.filter((each) => isSigned(each) && isOurs(each)).length <= 1],
    ['no unsigned draft', !state.documents.some((each) => each.status === 'current' && !isSigned(each))],
    ['no update left open', !state.encounters.some((each) => each.status === 'in-progress' && isPinUpdate(each))],
    ['no ended update without a signed document', !state.encounters.some(isLeftover)],
    ['no form left open', !state.forms.some((each) => each.status === 'in-progress')],
    ['no name in Route-to', state.openRouting.length === 0],
  ];
}

function saysActive(answers: QuestionnaireResponseItemAnswer[] | undefined): boolean {
  return answers?.some((answer) => answer.valueString === ACTIVATION.active) ?? false;
}

function isPinUpdate(encounter: Encounter): boolean {
  return encounter.type?.some((type) => type.coding?.some(({ code }) => code === ENCOUNTER_TYPE.code)) ?? false;
}

/** P11, P12: as `chart` wrote them. */
function providerChecks(state: PatientState): Check[] {
  const [doctor, member] = FAMILY_DOCTORS;
  const practitioners = (state.patient.generalPractitioner ?? []).map((each) => each.reference);
  const ours = liveOf(state).filter(isOurs);
  return [
    ['general practitioner as before', practitioners[0] === doctor],
    ['care team as before', state.careTeams.every((team) => team.participant?.[0]?.member?.reference === member)],
    ['author is the provider', ours.every((each) => each.author?.[0]?.reference === doctor)],
    ['draft orders still drafts', state.orders.length === 1 && state.orders.every((each) => each.status === 'draft')],
  ];
}

/** The record equals the chart. */
function recordChecks(state: PatientState, { untracked = false }: Expected): Check[] {
  const { account, pin } = state;
  const [document] = liveOf(state);
  const signedAt = Date.parse(document?.date ?? '');
  const isDocumentKnown = account !== null && account.document === (document?.id ?? null);
  const isPinTracked =
    pin !== null &&
    pin.document === document?.id &&
    pin.ttl === signedAt / 1000 + THIRTY_DAYS_S &&
    pin.fingerprint !== '';
  // An expired PIN has no item: its lapse was long ago.
  const isPinExpected = !untracked && account !== null && Date.parse(account.expiresAt ?? '') > state.now;
  return [
    ['the record knows the document', isDocumentKnown],
    ['issuedAt is the signing instant', Date.parse(account?.issuedAt ?? '') === signedAt],
    ['expiresAt is 30 days later', Date.parse(account?.expiresAt ?? '') === signedAt + THIRTY_DAYS_S * 1000],
    ['the PIN item lives as long as the PIN', isPinExpected ? isPinTracked : pin === null],
    ['no draft noted', account?.draft === null],
    ['no lease', account?.lease === null],
    ['the case was ended by its last execution', account !== null && account.endedBy === account.execution],
    ['the record knows the open staff tasks', namesOf(account?.staffTasks) === state.openStaffTasks.join()],
  ];
}

/** A sent mail has the only link that opens the newest PIN; a mail that was not sent invalidates no link. */
function linkChecks({ account, links, patient }: PatientState): Check[] {
  const newest = links.at(-1);
  const isOfNewestPin = newest !== undefined && newest.token?.document === account?.document;
  const mayHaveLeft = account?.message?.state === 'UNKNOWN' || account?.message?.state === 'INTENDED';
  // A reminder may or may not have left; if it did not, the link of the earlier mail expired early.
  const mayBeOlder = mayHaveLeft && account?.message?.kind === 'REMINDER';
  const isLiving =
    newest?.hash === account?.pickupToken &&
    newest?.token?.patientId === patient.id &&
    newest?.token?.expiresAt === account?.expiresAt;
  return [
    ['every mail has a link of its own', new Set(links.map(({ hash }) => hash)).size === links.length],
    ['every link is known', links.every(({ token }) => token !== null)],
    ['the newest mail about the newest PIN has the link that lives', !isOfNewestPin || isLiving || mayBeOlder],
    ['no valid link that was never sent', account?.pickupToken == null || isOfNewestPin || mayHaveLeft],
  ];
}

function namesOf(tasks: { code: string; reason: string }[] | undefined): string {
  return (tasks ?? [])
    .map(({ code, reason }) => `${code} ${reason}`)
    .sort()
    .join();
}

function endingChecks(state: PatientState, expected: Expected): Check[] {
  const { account } = state;
  const { ending } = expected;
  // The message of a PIN that staff replaced by hand is none of the record's any more.
  const message = account?.message ?? null;
  const isMailDone = expected.mails === 0 || message === null || (message.state === 'ACCEPTED' && message.filed);
  return [
    [
      `ended ${ending.outcome} ${ending.reason}`,
      account?.outcome === ending.outcome && account.reason === ending.reason,
    ],
    [`${expected.mails} mails`, state.mails === expected.mails],
    ['the mail is accepted and filed', isMailDone],
    ['and so the chart says', state.communications.length === expected.mails],
    ['only the staff tasks that still need a person', state.openStaffTasks.join() === expected.staffTasks.join()],
    ['the index knows when to look again', (account?.nextCheckDay === null) === (expected.terminal ?? false)],
    ['failures forgotten', ending.outcome === 'HELD' || account?.failures === 0],
  ];
}

/** Delivery is unknown: staff are asked, and no second mail is sent. */
function unknownMailChecks(state: PatientState): Check[] {
  return [
    ['unknown: at most one mail', state.mails <= 1],
    [
      'unknown: a person is asked',
      state.openStaffTasks.length === 1 && /^notify-patient /.test(state.openStaffTasks[0] ?? ''),
    ],
    ['unknown: the PIN is watched', state.account?.nextCheckDay !== null],
  ];
}
