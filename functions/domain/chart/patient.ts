/** The patient facts read from the chart, and what they mean for the portal (P1). */

import type { EmailMissingReason, NotNeededReason } from '../outcomes.ts';
import { isWithin } from '../time/instant.ts';
import { UNREADABLE } from './unreadable.ts';

export interface EmailEntry {
  /** null where the chart has an entry without a value. A member that is no text is UNREADABLE. */
  value: string | null;
  use: string | null;
  /** 1 is preferred; null counts as last. */
  rank: number | null;
  periodStart: string | null;
  periodEnd: string | null;
  undeliverable: boolean;
}

export type PortalStatus = 'not-enrolled' | 'pending' | 'registered' | 'opted-out';

export interface Patient {
  id: string;
  replaced: boolean;
  deceased: boolean;
  active: boolean;
  portalStatus: PortalStatus | null;
  /** Entries of system email, in the chart's order. */
  emails: EmailEntry[];
  /** BCP 47 tag of the language the patient reads, or null. */
  language: string | null;
  /** The chart says something of the patient that may change everything else, and that cannot be understood. */
  unclear: boolean;
}

export const STANDINGS = [
  'ELIGIBLE',
  'MERGED',
  'DECEASED',
  'INACTIVE',
  'OPTED_OUT',
  'ALREADY_REGISTERED',
  'UNCLEAR',
] as const;
/** UNCLEAR: staff have to look at the chart (CHART_UNCLEAR). */
export type Standing = 'ELIGIBLE' | 'UNCLEAR' | Extract<NotNeededReason, (typeof STANDINGS)[number]>;

/** Whether the patient may get a PIN; the first match wins. */
export function standingOf(patient: Patient): Standing {
  if (patient.replaced) return 'MERGED';
  if (patient.deceased) return 'DECEASED';
  if (!patient.active) return 'INACTIVE';
  if (patient.portalStatus === 'opted-out') return 'OPTED_OUT';
  if (patient.portalStatus === 'registered') return 'ALREADY_REGISTERED';
  return patient.unclear ? 'UNCLEAR' : 'ELIGIBLE';
}

export const ADDRESS_VERDICTS = ['USABLE', 'NONE', 'INVALID', 'SUPPRESSED'] as const;
export type AddressVerdict = 'USABLE' | EmailMissingReason;

export type ChosenAddress = { verdict: 'USABLE'; address: string } | { verdict: EmailMissingReason };

/**
 * RFC 5322 without comments and folding. A quoted local part holds no further quote and no bracket or comma: nothing that a
 * mail program would read as a list or as a display name passes for one address.
 */
const ADDRESS =
  /^(?:[^<>()[\]\\.,;:\s@"]+(?:\.[^<>()[\]\\.,;:\s@"]+)*|"[^"\\<>,;\s]+")@(?:\[\d{1,3}(?:\.\d{1,3}){3}\]|(?:[a-zA-Z0-9-]+\.)+(?:[a-zA-Z]{2,}|[xX][nN]--[a-zA-Z0-9-]+))$/;

/** What ends a host in a URL, or stands before it. */
const NO_HOST = /[\s/?#\\@:%[\]]/;

/**
 * The address as SMTP carries it, or null where it is none. A domain with other letters than ASCII becomes its A-labels
 * (IDNA, RFC 5891): `münchen.example` is `xn--mnchen-3ya.example`. SES accepts ASCII local parts only; 254 is the longest path
 * in SMTP (RFC 5321 §4.5.3.1.3).
 */
function asAddress(value: string): string | null {
  const at = value.lastIndexOf('@');
  const domain = asciiDomain(value.slice(at + 1));
  const address = domain === null ? value : `${value.slice(0, at + 1)}${domain}`;
  return address.length <= 254 && /^[\x21-\x7e]+$/.test(address) && ADDRESS.test(address) ? address : null;
}

/** A domain in A-labels; null where it has no letter beyond ASCII, or cannot be written so. */
function asciiDomain(domain: string): string | null {
  if (/^[\x21-\x7e]*$/.test(domain) || NO_HOST.test(domain) || !URL.canParse(`http://${domain}`)) return null;
  return new URL(`http://${domain}`).hostname;
}

function isCurrent(entry: EmailEntry, now: number): boolean {
  return entry.use !== 'old' && entry.use !== UNREADABLE && isWithin(entry.periodStart, entry.periodEnd, now);
}

/** The current addresses at `now`, best first: lowest rank, then the chart's order. */
function usableAddresses(patient: Patient, now: number): { address: string; undeliverable: boolean }[] {
  return currentEmails(patient, now)
    .flatMap((entry) => {
      const address = asAddress(entry.address);
      return address === null ? [] : [{ ...entry, address }];
    })
    .sort((a, b) => (a.rank ?? Number.POSITIVE_INFINITY) - (b.rank ?? Number.POSITIVE_INFINITY) || 0);
}

function currentEmails(patient: Patient, now: number) {
  return patient.emails.flatMap((entry) => {
    const address = entry.value?.trim() ?? '';
    return address !== '' && isCurrent(entry, now) ? [{ ...entry, address }] : [];
  });
}

/**
 * The address for the mail. NONE: no current entry has a value. INVALID: none of the values is an email address.
 * SUPPRESSED: every valid address is marked undeliverable in the chart or was rejected before.
 * @param isRejected whether the mail service rejected this address before
 */
export function chooseAddress(patient: Patient, now: number, isRejected: (address: string) => boolean): ChosenAddress {
  if (currentEmails(patient, now).length === 0) return { verdict: 'NONE' };
  const usable = usableAddresses(patient, now);
  if (usable.length === 0) return { verdict: 'INVALID' };
  const best = usable.find((entry) => !entry.undeliverable && !isRejected(entry.address));
  return best === undefined ? { verdict: 'SUPPRESSED' } : { verdict: 'USABLE', address: best.address };
}
