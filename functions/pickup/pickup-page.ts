/**
 * PickupPage: `GET /pickup/{token}` shows a form, the same for every token, and touches nothing: mail scanners open
 * links. `POST` shows the PIN after the patient's date of birth (P14), and otherwise nothing.
 */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { languageOf } from '../domain/email/language.ts';
import { readBirthDate } from '../domain/pickup/birth-date.ts';
import type { PatientAnswer } from '../domain/pickup/pickup.ts';
import { dayOf } from '../domain/time/calendar.ts';
import { clock } from '../runtime/clock.ts';
import { logPageFailure, type PageAnswer, pageHandler } from '../runtime/page-handler.ts';
import type { Policy } from '../runtime/policy.ts';
import { pickupChart } from '../runtime/providers/chart.ts';
import { executions } from '../runtime/providers/executions.ts';
import { fingerprint, metrics, policy, random } from '../runtime/providers/practice.ts';
import { caseRecords, pauseSwitch, pickupRecords, staffRequests } from '../runtime/providers/records.ts';
import { type AskPorts, askForNewPin } from '../usecases/pickup/new-pin-request.ts';
import { type PickUpPorts, pickUp } from '../usecases/pickup/pick-up.ts';
import { overLimit } from '../usecases/pickup/source-limit.ts';
import { type Correction, type Entered, pageOf, type Shown } from './page.ts';
import { type PickupRequest, readRequest } from './request.ts';

const NAME = 'PickupPage';
/** Three requests to the EHR and a handful to the table: what takes longer is down. The API waits for 10 s. */
const DEADLINE_MS = 7_500;
/** An EHR that hangs is given up while there is time left to give the answer back, which was not looked at. */
const EHR_DEADLINE_MS = 5_500;
/** Longer than nearly every answer takes, and short enough to wait for. */
const BEAT_MS = 1_000;

type Ports = PickUpPorts & AskPorts & { practice: Policy };
type Told = Shown & { patientId?: string | null; language?: string | null };

/** Throws what EHR, records, KMS and executions throw; nothing is shown then. */
export async function pickupPage(ports: Ports, event: APIGatewayProxyEventV2): Promise<PageAnswer> {
  const request = readRequest(event, ports.practice);
  const { patientId = null, language = null, ...shown } = await toldBy(ports, request);
  const { chosen, guessed } = request.languages;
  const look = { language: chosen ?? languageOf(language) ?? guessed, practice: ports.practice };
  const why = 'why' in shown ? String(shown.why) : null;
  return { ...pageOf(shown, look), log: { patientId, outcome: shown.kind, reason: why } };
}

async function toldBy(ports: Ports, { sent, token, sourceAddress }: PickupRequest): Promise<Told> {
  if (sent.kind === 'NOTHING') return { kind: 'ASK' };
  if (sent.kind === 'UNREADABLE') return { kind: 'BAD_REQUEST', status: sent.status };
  const answer = sent.kind === 'ANSWER' ? answerOf(ports, sent.entered) : null;
  if (answer !== null && 'kind' in answer) return answer;
  const retryAfterSeconds = await overLimit(ports, sourceAddress);
  if (retryAfterSeconds !== null) return { kind: 'TOO_MANY', retryAfterSeconds };
  if (answer === null) return askForNewPin(ports, token, sent.kind === 'PROOF' ? sent.proof : '');
  const told = await pickUp(ports, token, answer);
  if (told.kind === 'REFUSED' && told.untold !== null) logPageFailure(NAME, told.untold, 'FRONT_DESK_NOT_TOLD', 0);
  return told;
}

/** What is no date costs no answer: it is corrected, and no chart is asked. */
function answerOf({ practice, clock }: Ports, entered: Entered): PatientAnswer | Correction {
  const { askLastName } = practice.pickup;
  const read = readBirthDate(entered, dayOf(clock.now(), practice.timeZone));
  const isNameMissing = askLastName && entered.lastName.trim() === '';
  if ('date' in read && !isNameMissing)
    return { birthDate: read.date, lastName: askLastName ? entered.lastName : null };
  return { kind: 'CORRECT', entered, date: 'fault' in read ? read : null, isNameMissing };
}

export const handler = pageHandler({
  name: NAME,
  deadlineMs: DEADLINE_MS,
  beatMs: BEAT_MS,
  ports: {
    ehr: (call) =>
      pickupChart({ ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(EHR_DEADLINE_MS)]) }),
    cases: caseRecords,
    staffRequests,
    pickups: pickupRecords,
    fingerprint,
    executions,
    pauseSwitch,
    metrics,
    clock,
    random,
    practice: policy,
  },
  run: pickupPage,
  failed(event, status) {
    const { chosen, guessed } = readRequest(event, policy()).languages;
    return { ...pageOf({ kind: 'UNAVAILABLE', status }, { language: chosen ?? guessed, practice: policy() }), log: {} };
  },
});
