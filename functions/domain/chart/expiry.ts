/**
 * The 30-day rule of P2 and P8, defined only here. A PIN is valid for 30 × 24 hours from the signing instant, regardless of
 * calendar and daylight saving. Exactly 30 days old counts as expired.
 */
import { type Instant, millisecondsOf, toInstant } from '../time/instant.ts';

export const PIN_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;

/** The clocks of EHR and AWS may differ by this much; a later signing instant is an error in the chart. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** Whether a PIN signed at `signedAt` has expired at `now` (both milliseconds since the epoch). */
export function isExpired(signedAt: number, now: number): boolean {
  return now - signedAt >= PIN_LIFETIME_MS;
}

/**
 * Reads a signing instant. `unclear` when there is none, when it is no instant, or when it lies more than five minutes
 * ahead: then the age cannot be known and a person looks at the chart.
 */
export function readSigningInstant(date: string | null, now: number): { signedAt: number } | 'unclear' {
  const signedAt = date === null ? null : millisecondsOf(date);
  if (signedAt === null || signedAt - now > CLOCK_TOLERANCE_MS) return 'unclear';
  return { signedAt };
}

/**
 * Issue and expiry instants of a PIN as the records hold them, in whole seconds. The signing instant is rounded up, so
 * that a record never expires before its PIN.
 */
export function lifeOf(signedAt: number): { issuedAt: Instant; expiresAt: Instant; ttl: number } {
  const issued = Math.ceil(signedAt / 1000) * 1000;
  const expires = issued + PIN_LIFETIME_MS;
  return { issuedAt: toInstant(issued), expiresAt: toInstant(expires), ttl: expires / 1000 };
}
