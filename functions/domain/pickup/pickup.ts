/**
 * The pick-up page's rules: a link in a mail hands the PIN to whoever also knows what only the patient should. Which
 * link counts, how often somebody may answer, and what is said when.
 */
import { createHash } from 'node:crypto';
import { type Account, isPinDead } from '../case/account.ts';
import type { Standing } from '../chart/patient.ts';
import type { Day } from '../time/calendar.ts';
import { type Instant, millisecondsOf } from '../time/instant.ts';
import { isFullDate } from './birth-date.ts';
import { hasLastName, isLastName } from './last-name.ts';

/** 256 bits: nobody finds one by trying. */
export const TOKEN_BYTES = 32;

/** Answers that are looked at, per PIN document over all its links; then it is locked. */
export const ANSWER_LIMIT = 5;

/** How long a dead link is still told from one that never was: after the right answer it says that it is over. */
const TOMBSTONE_MS = 90 * 24 * 60 * 60 * 1000;

/** A link as the records hold it: never the token itself. */
export interface PickupToken {
  /** SHA-256 of the token, base64url. A token has 256 bits of chance, so its digest needs no key. */
  hash: string;
  patientId: string;
  document: string;
  /** When the document's PIN dies. */
  expiresAt: Instant;
}

/** The digest by which a token is kept and found, whatever somebody puts in its place. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Epoch seconds after which nothing remembers a link of a PIN that dies at `expiresAt`. */
export function tombstoneEnd(expiresAt: Instant): number {
  return ((millisecondsOf(expiresAt) ?? 0) + TOMBSTONE_MS) / 1000;
}

/**
 * LIVING: the link of the newest mail. REPLACED: of a PIN that another one has replaced. KILLED: a newer mail's link has
 * taken its place. UNKNOWN: of none, or forgotten.
 */
export type LinkState = 'LIVING' | 'REPLACED' | 'KILLED' | 'UNKNOWN';

/** What a link is at `now` (milliseconds). TTL deletes late, so a tombstone is compared with the clock. */
export function linkStateOf(token: PickupToken | null, account: Account | null, now: number): LinkState {
  if (token === null || account === null || now / 1000 >= tombstoneEnd(token.expiresAt)) return 'UNKNOWN';
  if (token.document !== account.document) return 'REPLACED';
  return token.hash === account.pickupToken ? 'LIVING' : 'KILLED';
}

/**
 * Whether answers to it are looked at. Those to a link that a newer mail killed are not: the earlier mail may have gone
 * to somebody else, who could otherwise lock the patient out.
 */
export function isAnswered(state: LinkState): boolean {
  return state === 'LIVING' || state === 'REPLACED';
}

/** What the chart says that the page asks about. It never leaves the use case. */
export interface PickupFacts {
  standing: Standing;
  /** As written: FHIR lets it be a year or a month; null where there is none. */
  birthDate: string | null;
  familyNames: readonly string[];
  /** BCP 47 tag, or null. */
  language: string | null;
  /** Whether the chart still holds the document as signed and current. */
  isCurrent: boolean;
  /** Id of the encounter whose form holds the PIN, or null. */
  encounter: string | null;
}

export interface Answer {
  birthDate: Day;
  /** null where the practice does not ask for it. */
  lastName: string | null;
}

/**
 * RIGHT or WRONG. UNPROVABLE: no answer can be right, since the chart lacks what is asked for. INELIGIBLE: died, merged,
 * inactive or opted out since; the answer is not even compared.
 */
export type Judgement = 'RIGHT' | 'WRONG' | 'UNPROVABLE' | 'INELIGIBLE';

export function judge({ birthDate, lastName }: Answer, facts: PickupFacts): Judgement {
  if (facts.standing !== 'ELIGIBLE' && facts.standing !== 'ALREADY_REGISTERED') return 'INELIGIBLE';
  const isNamed = lastName === null || hasLastName(facts.familyNames);
  if (!isFullDate(facts.birthDate) || !isNamed) return 'UNPROVABLE';
  const isTheirs = lastName === null || isLastName(lastName, facts.familyNames);
  return birthDate === facts.birthDate && isTheirs ? 'RIGHT' : 'WRONG';
}

/** What is said after the right answer, and after nothing else. */
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
 * Whose tries are counted together: an IPv4 address, or the /64 of an IPv6 one, which every connection has to itself.
 * @param address as the API's own front saw it, never as a header tells it
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

/** Compares in a time that tells nothing of where two texts differ. */
export function isSameText(a: string, b: string): boolean {
  let differing = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) differing |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return differing === 0;
}
