/** What is due for a patient: one rule, first match wins (P1, P2). */
import { isExpired } from '../chart/expiry.ts';
import type { AddressVerdict, Standing } from '../chart/patient.ts';
import type { Reason } from '../outcomes.ts';

export const DUES = ['REGENERATE', 'NOTIFY', 'REQUEST_EMAIL', 'HOLD', 'NOTHING'] as const;
export type Due = (typeof DUES)[number];

export interface CaseFacts {
  standing: Standing;
  address: AddressVerdict;
  /** Signing instant of the chart's newest PIN document in milliseconds; null: none was ever signed. */
  newestSignedAt: number | null;
  /** A PIN document without a usable date, or a signing that a person has yet to check. */
  chartUnclear: boolean;
  failures: number;
  unclaimedCycles: number;
  /** A person asked for a new PIN, whatever the age of the old. */
  forced: boolean;
  /** A message for that newest document has not been sent, or its sending was not finished. */
  messageOwed: boolean;
  /** A reminder's day has come, and the EHR has not said that none is needed any more. */
  reminderDue: boolean;
}

export interface Limits {
  attemptLimit: number;
  cycleLimit: number;
}

export interface Verdict {
  due: Due;
  reason: Reason | null;
}

/** The verdict for one patient at `now` (milliseconds). */
export function whatIsDue(facts: CaseFacts, limits: Limits, now: number): Verdict {
  const { standing, address, newestSignedAt } = facts;
  if (standing !== 'ELIGIBLE' && standing !== 'UNCLEAR') return { due: 'NOTHING', reason: standing };
  if (newestSignedAt === null && !facts.chartUnclear) return { due: 'NOTHING', reason: 'NEVER_ISSUED' };
  if (standing === 'UNCLEAR') return { due: 'HOLD', reason: 'CHART_UNCLEAR' };
  if (address !== 'USABLE') return { due: 'REQUEST_EMAIL', reason: address };
  if (facts.chartUnclear || newestSignedAt === null) return { due: 'HOLD', reason: 'CHART_UNCLEAR' };
  if (facts.failures >= limits.attemptLimit) return { due: 'HOLD', reason: 'ATTEMPTS_EXHAUSTED' };
  if (facts.forced) return { due: 'REGENERATE', reason: null };
  const expired = isExpired(newestSignedAt, now);
  if (!expired && (facts.messageOwed || facts.reminderDue)) return { due: 'NOTIFY', reason: null };
  if (!expired) return { due: 'NOTHING', reason: 'NOT_EXPIRED' };
  if (facts.unclaimedCycles >= limits.cycleLimit) return { due: 'HOLD', reason: 'CYCLE_LIMIT' };
  return { due: 'REGENERATE', reason: null };
}
