/** How a case ends. The execution's output carries `outcome` and `reason` (a contract: docs/workflow.md). */

export const NOT_NEEDED_REASONS = [
  'NOT_EXPIRED',
  'NEVER_ISSUED',
  'ALREADY_REGISTERED',
  'OPTED_OUT',
  'DECEASED',
  'INACTIVE',
  'MERGED',
  'IN_PROGRESS',
] as const;
export const EMAIL_MISSING_REASONS = ['NONE', 'INVALID', 'SUPPRESSED'] as const;
export const HELD_REASONS = [
  'RESPONSIBLE_PROVIDER_UNRESOLVED',
  'CHART_UNCLEAR',
  'CYCLE_LIMIT',
  'ATTEMPTS_EXHAUSTED',
] as const;

export type NotNeededReason = (typeof NOT_NEEDED_REASONS)[number];
export type EmailMissingReason = (typeof EMAIL_MISSING_REASONS)[number];
export type HeldReason = (typeof HELD_REASONS)[number];

export const REASONS = [...NOT_NEEDED_REASONS, ...EMAIL_MISSING_REASONS, ...HELD_REASONS] as const;
export type Reason = (typeof REASONS)[number];

/** Why a case ended; null without a reason, and after a failure, where the reason is an error name. */
export function reasonOf({ reason }: { reason: string | null }): Reason | null {
  return REASONS.find((each) => each === reason) ?? null;
}

/** Outcomes of executions that end SUCCEEDED. A missing email address is an outcome, not a failure. */
export const OUTCOMES = ['REGENERATED', 'NOT_NEEDED', 'EMAIL_MISSING', 'HELD'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Whether nothing is left to do, for staff or for another attempt. */
export function isResolved(outcome: Outcome | 'FAILED'): boolean {
  return outcome === 'REGENERATED' || outcome === 'NOT_NEEDED';
}

export interface Ending {
  outcome: Outcome;
  /** null for outcomes without reasons: REGENERATED. */
  reason: Reason | null;
}
