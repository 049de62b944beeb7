/**
 * "Send me a new one", offered after the right answer where the PIN has expired: an ordinary person's request, once per
 * PIN; its mail goes to the address on file.
 */
import { type Account, hasTakenUp, isPinDead } from '../../domain/case/account.ts';
import { LeaseHeldError } from '../../domain/errors.ts';
import { pickupRequestId } from '../../domain/identity.ts';
import { isSameText, tokenHash } from '../../domain/pickup/pickup.ts';
import type { PickupChart } from '../../ports/ehr/ehr.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { PickupRecords } from '../../ports/pickup/pickup-records.ts';
import { type DecisionPorts, regenerate } from '../staff/decisions.ts';
import { findLink } from './find-link.ts';

/** How long the page may stay open before the button is pressed. */
const PROOF_MS = 15 * 60 * 1000;

const PROOF = /^(\d{10})\.([A-Za-z0-9_-]{43})$/;

export type AskPorts = DecisionPorts & { ehr: PickupChart; pickups: PickupRecords; fingerprint: Fingerprint };

/**
 * LATE: no proof, or none any more. PAUSED: nothing is started today. REPLACED: a newer PIN is there already. REGISTERED,
 * REFUSED: so says the chart by now.
 */
export interface NewPinAnswer {
  kind: 'ASKED' | 'LATE' | 'PAUSED' | 'REPLACED' | 'REGISTERED' | 'REFUSED';
  patientId: string | null;
  language: string | null;
}

/** Shows for 15 minutes that the answer to this link was right: a MAC of both under the key that never leaves KMS. */
export async function proofOf(fingerprint: Fingerprint, hash: string, now: number): Promise<string> {
  const until = Math.floor((now + PROOF_MS) / 1000);
  return `${until}.${await macOf(fingerprint, hash, until)}`;
}

/** No address and no PIN has blanks in it, so no other MAC of that key is one of these. */
function macOf(fingerprint: Fingerprint, hash: string, until: number): Promise<string> {
  return fingerprint.of(`pickup proof ${hash} ${until}`);
}

/** Whether a new PIN in place of the account's was asked for here, and is being made or was. */
export function hasAsked(account: Account): boolean {
  return hasTakenUp(account, pickupRequestId(account.document ?? ''));
}

/**
 * Starts the workflow as for any person's request. Throws what EHR, records, KMS and executions throw; LeaseHeldError
 * while an execution is at work that knows nothing of it.
 */
export async function askForNewPin(ports: AskPorts, text: string, proof: string): Promise<NewPinAnswer> {
  const unknown = { patientId: null, language: null };
  const [, until = '0', mac = ''] = PROOF.exec(proof) ?? [];
  const now = ports.clock.now();
  const isTheirs = isSameText(mac, await macOf(ports.fingerprint, tokenHash(text), Number(until)));
  if (!isTheirs || now / 1000 >= Number(until)) return { kind: 'LATE', ...unknown };
  const link = await findLink(ports, text);
  if (!('token' in link)) return { kind: 'LATE', ...unknown };
  const { token, account } = link;
  const { patientId } = token;
  const { standing, language, isCurrent } = await ports.ehr.readPickupFacts(patientId, token.document);
  const told = { patientId, language };
  if (standing === 'ALREADY_REGISTERED') return { kind: 'REGISTERED', ...told };
  if (standing !== 'ELIGIBLE') return { kind: 'REFUSED', ...told };
  // Staff may have signed one by hand while the page was open: the chart knows it first.
  const isReplaced = link.state === 'LIVING' && !isCurrent;
  if (isReplaced || !isPinDead(account, now)) return { kind: 'REPLACED', ...told };
  const asked = { patientId, actor: 'patient', reason: 'Asked for on the pick-up page, the PIN having expired.' };
  const answer = await regenerate(ports, { ...asked, id: pickupRequestId(account.document ?? '') });
  // It may end without a new PIN: the patient is asked to press again in a while.
  if (answer.decision === 'RUNNING' && !answer.takesUp) throw new LeaseHeldError('EXECUTION_AT_WORK');
  return { kind: answer.decision === 'PAUSED' ? 'PAUSED' : 'ASKED', ...told };
}
