/**
 * Rules of the pick-up page: a link from a mail plus the right answer shows the PIN. Which link counts, how many answers
 * are allowed, and what the page says.
 */
import { createHash } from 'node:crypto';
import { type Account, isPinDead } from '../case/account.ts';
import type { Standing } from '../chart/patient.ts';
import type { Day } from '../time/calendar.ts';
import { type Instant, millisecondsOf } from '../time/instant.ts';
import { isFullDate } from './birth-date.ts';
import { hasLastName, isLastName } from './last-name.ts';

/** 256 bits: it cannot be guessed. */
export const TOKEN_BYTES = 32;

/** Answers checked per PIN document, over all its links; after these it is locked. */
export const ANSWER_LIMIT = 5;

/** How long an expired link is still recognized: after the right answer the page says that it expired. */
const TOMBSTONE_MS = 90 * 24 * 60 * 60 * 1000;

/** A link as the records hold it: never the token itself. */
export interface PickupToken {
  /** SHA-256 of the token, base64url. A token has 256 random bits, so its digest needs no key. */
  hash: string;
  patientId: string;
  document: string;
  /** Expiry of the document's PIN. */
  expiresAt: Instant;
}

/** Digest under which a token is stored and found; accepts any text. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Epoch seconds at which TTL removes a link to a PIN that expires at `expiresAt`. */
export function tombstoneEnd(expiresAt: Instant): number {
  return ((millisecondsOf(expiresAt) ?? 0) + TOMBSTONE_MS) / 1000;
}

/**
 * LIVING: the link of the newest mail. REPLACED: its PIN was replaced by a newer one. KILLED: a newer mail's link replaced
 * it. UNKNOWN: never issued, or removed.
 */
export type LinkState = 'LIVING' | 'REPLACED' | 'KILLED' | 'UNKNOWN';

/** State of a link at `now` (milliseconds). TTL deletes late, so expiry is also compared with the clock. */
export function linkStateOf(token: PickupToken | null, account: Account | null, now: number): LinkState {
  if (token === null || account === null || now / 1000 >= tombstoneEnd(token.expiresAt)) return 'UNKNOWN';
  if (token.document !== account.document) return 'REPLACED';
  return token.hash === account.pickupToken ? 'LIVING' : 'KILLED';
}

/**
 * Whether answers to it are checked. Not for a link replaced by a newer mail: the earlier mail may have reached another
 * person, and wrong answers there could lock the patient out.
 */
export function isAnswered(state: LinkState): boolean {
  return state === 'LIVING' || state === 'REPLACED';
}

/** The chart's facts behind the page's questions. They never leave the use case. */
export interface PickupFacts {
  standing: Standing;
  /** As written in the chart; may be only a year or a month (FHIR). null: none. */
  birthDate: string | null;
  familyNames: readonly string[];
  /** BCP 47 tag, or null. */
  language: string | null;
  /** Whether the chart still holds the document as signed and current. */
  isCurrent: boolean;
  /** Id of the encounter with the PIN's form, or null. */
  encounter: string | null;
}

export interface PatientAnswer {
  birthDate: Day;
  /** null where the practice does not ask for it. */
  lastName: string | null;
}

/**
 * RIGHT or WRONG. UNPROVABLE: no answer can be right because the chart lacks the asked fact. INELIGIBLE: deceased, merged,
 * inactive or opted out since; the answer is not compared.
 */
export type Judgement = 'RIGHT' | 'WRONG' | 'UNPROVABLE' | 'INELIGIBLE';

export function judge({ birthDate, lastName }: PatientAnswer, facts: PickupFacts): Judgement {
  if (facts.standing !== 'ELIGIBLE' && facts.standing !== 'ALREADY_REGISTERED') return 'INELIGIBLE';
  const isNamed = lastName === null || hasLastName(facts.familyNames);
  if (!isFullDate(facts.birthDate) || !isNamed) return 'UNPROVABLE';
  const isTheirs = lastName === null || isLastName(lastName, facts.familyNames);
  return birthDate === facts.birthDate && isTheirs ? 'RIGHT' : 'WRONG';
}

/** What the page says after the right answer only. */
export type Disclosure = 'PIN' | 'REGISTERED' | 'REPLACED' | 'EXPIRED';

/** @param now milliseconds; a PIN that staff replaced by hand may be replaced in the chart alone */
export function disclosureOf(
  state: LinkState,
  account: Account,
  { standing, isCurrent }: Pick<PickupFacts, 'standing' | 'isCurrent'>,
  now: number,
): Disclosure {
  if (standing === 'ALREADY_REGISTERED') return 'REGISTERED';
  if (state === 'LIVING' && !isCurrent) return 'REPLACED';
  if (isPinDead(account, now)) return 'EXPIRED';
  return state === 'LIVING' ? 'PIN' : 'REPLACED';
}

/**
 * The source for counting tries: an IPv4 address, or the /64 of an IPv6 address (one network connection).
 * @param address as API Gateway saw it, never from a header
 */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

/** Constant-time comparison: its duration does not reveal where two texts differ. */
export function isSameText(a: string, b: string): boolean {
  let differing = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) differing |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return differing === 0;
}
