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

/** No portal PIN is older. Software that knows no date writes 0001-01-01, 1753-01-01, 1899-12-30, 1900-01-01 or 1970-01-01. */
const EARLIEST_SIGNING = Date.UTC(1990, 0, 1);

/**
 * Reads a signing instant. `unclear` when there is none, when it is no instant, when it lies before 1990 or more than five
 * minutes ahead: then the age cannot be known and staff look at the chart.
 */
export function readSigningInstant(date: string | null, now: number): { signedAt: number } | 'unclear' {
  const signedAt = date === null ? null : millisecondsOf(date);
  if (signedAt === null || signedAt < EARLIEST_SIGNING || signedAt - now > CLOCK_TOLERANCE_MS) return 'unclear';
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
