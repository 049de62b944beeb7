/** The patient facts read from the chart, and what they mean for the portal (P1). */

import type { EmailMissingReason, NotNeededReason } from '../outcomes.ts';
import { isWithin } from '../time/instant.ts';

export interface EmailEntry {
  /** null where the chart has an entry without a value. */
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
 * RFC 5322 without comments. A copy of zod's `rfc5322Email`: importing it would add all of zod's expressions to every
 * bundle.
 */
const ADDRESS =
  /^(([^<>()[\]\\.,;:\s@"]+(\.[^<>()[\]\\.,;:\s@"]+)*)|(".+"))@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}])|(([a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,}))$/;

/** SES accepts ASCII local parts only; 254 is the longest path in SMTP (RFC 5321 §4.5.3.1.3). */
function isAddress(value: string): boolean {
  return value.length <= 254 && /^[\x21-\x7e]+$/.test(value) && ADDRESS.test(value);
}

function isCurrent(entry: EmailEntry, now: number): boolean {
  return entry.use !== 'old' && isWithin(entry.periodStart, entry.periodEnd, now);
}

/** The current addresses at `now`, best first: lowest rank, then the chart's order. */
function usableAddresses(patient: Patient, now: number): { address: string; undeliverable: boolean }[] {
  return currentEmails(patient, now)
    .filter((entry) => isAddress(entry.address))
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
