/**
 * One answer on the pick-up page. Whatever is wrong (the link, the answer, both) is REFUSED, and the page knows no more
 * than that; `why` is for the log.
 */
import { withFirstView } from '../../domain/case/claim.ts';
import { EhrUnavailableError, PatientNotFoundError } from '../../domain/errors.ts';
import {
  disclosureOf,
  type Judgement,
  judge,
  type LinkState,
  type PatientAnswer,
  type PickupFacts,
  type PickupToken,
  tombstoneEnd,
} from '../../domain/pickup/pickup.ts';
import { type Instant, toInstant } from '../../domain/time/instant.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { TakenAnswer } from '../../ports/pickup/pickup-records.ts';
import { changeAccount } from '../case/change-account.ts';
import { findLink, type Link } from './find-link.ts';
import { type Lock, type LockPorts, lockPickup } from './lock-pickup.ts';
import { hasAsked, proofOf } from './new-pin-request.ts';

export interface PickUpPorts extends LockPorts {
  fingerprint: Fingerprint;
}

export interface Refused {
  kind: 'REFUSED';
  why: LinkState | Judgement | 'LOCKED';
  patientId: string | null;
  /** What kept the front desk from being told, or null. The next call that finds the lock reports it. */
  untold: unknown;
}

/** `language` is the chart's; it is not revealed before the right answer. */
export type Disclosed = { patientId: string; language: string | null } & (
  | { kind: 'PIN'; pin: string; expiresAt: Instant }
  /** ASKED: a new PIN was asked for already. */
  | { kind: 'REGISTERED' | 'REPLACED' | 'ASKED' }
  /** `proof` lets its holder ask for a new PIN for a while. */
  | { kind: 'EXPIRED'; proof: string }
);

/** Throws what EHR, records and KMS throw; then nothing was told, and the answer does not count. */
export async function pickUp(ports: PickUpPorts, text: string, answer: PatientAnswer): Promise<Refused | Disclosed> {
  const link = await findLink(ports, text);
  if (!('token' in link)) return refused(link.state, link.patientId);
  const { token } = link;
  const taken = await ports.pickups.takeAnswer(token, ports.clock.now(), tombstoneEnd(token.expiresAt));
  if (taken === null) return locked(ports, link, 'LOCKED', { reason: 'PICKUP_LOCKED', isCertain: false });
  const facts = await returningOnFailure(ports, link, taken, () => readFacts(ports, token));
  const judgement = judge(answer, facts);
  if (judgement === 'RIGHT') return returningOnFailure(ports, link, taken, () => disclose(ports, link, taken, facts));
  if (judgement === 'UNPROVABLE') {
    return locked(ports, link, judgement, { reason: 'BIRTH_DATE_MISSING', isCertain: true });
  }
  if (!taken.isLast) return refused(judgement, token.patientId);
  const reason = judgement === 'WRONG' ? 'PICKUP_LOCKED' : null;
  return locked(ports, link, judgement, { reason, isCertain: true });
}

function refused(why: Refused['why'], patientId: string | null, untold: unknown = null): Refused {
  return { kind: 'REFUSED', why, patientId, untold };
}

/** The last answer gets the same page as every other, even if the front desk could not be told. */
async function locked(
  ports: LockPorts,
  { token, state }: Link,
  why: Refused['why'],
  { reason, isCertain }: Lock,
): Promise<Refused> {
  const about = state === 'LIVING' ? reason : null;
  try {
    await lockPickup(ports, token, { reason: about, isCertain });
    return refused(why, token.patientId);
  } catch (error) {
    return refused(why, token.patientId, error);
  }
}

/** An answer that could not be looked at, or was right, does not count. */
async function returningOnFailure<T>(
  { pickups }: LockPorts,
  { token }: Link,
  taken: TakenAnswer,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Where the table is what failed, the answer is lost: better one too few than one too many.
    await pickups.returnAnswer(token, taken).catch(() => undefined);
    throw error;
  }
}

/** A deleted chart has no patient. */
const GONE: PickupFacts = {
  standing: 'INACTIVE',
  birthDate: null,
  familyNames: [],
  language: null,
  isCurrent: false,
  encounter: null,
};

async function readFacts({ ehr }: LockPorts, { patientId, document }: PickupToken): Promise<PickupFacts> {
  try {
    return await ehr.readPickupFacts(patientId, document);
  } catch (error) {
    if (error instanceof PatientNotFoundError) return GONE;
    throw error;
  }
}

async function disclose(
  ports: PickUpPorts,
  { token, account, state }: Link,
  taken: TakenAnswer,
  facts: PickupFacts,
): Promise<Disclosed> {
  const { patientId } = token;
  const now = ports.clock.now();
  const kind = disclosureOf(state, account, facts, now);
  const told = { patientId, language: facts.language };
  if (kind !== 'PIN') {
    await ports.pickups.returnAnswer(token, taken);
    if (kind !== 'EXPIRED') return { kind, ...told };
    if (hasAsked(account)) return { kind: 'ASKED', ...told };
    return { kind, ...told, proof: await proofOf(ports.fingerprint, token.hash, now) };
  }
  const pin = facts.encounter === null ? null : await ports.ehr.readPin(patientId, facts.encounter);
  if (pin === null) throw new EhrUnavailableError('PIN_NOT_VISIBLE');
  // Before the PIN is shown: what cannot be recorded is not shown.
  if (account.pickedUpAt === null) await recordFirstView(ports, token, now);
  await ports.pickups.returnAnswer(token, taken);
  return { kind, ...told, pin, expiresAt: token.expiresAt };
}

/** In the audit trail once at least, on the record and in the metrics once. */
async function recordFirstView(ports: PickUpPorts, { patientId, document }: PickupToken, now: number): Promise<void> {
  const at = toInstant(now);
  await ports.ehr.audit({ patientId, document, what: 'VIEWED', at });
  // Unless another view was first, or another PIN has come.
  const noted = await changeAccount(ports.cases, patientId, (account) => withFirstView(account, document, at));
  if (noted !== null) ports.metrics.pickedUp(noted.location);
}
