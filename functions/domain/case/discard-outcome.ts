/** What an update that will not be signed leaves to be done (P7): the rules of DiscardDraft. */

import type { Chart } from '../chart/chart.ts';
import { cycleIdentifier } from '../identity.ts';
import type { Account } from './account.ts';
import type { Decision } from './state-data.ts';

/** As CheckExpiry's decision has it: where the workflow goes on, and why. */
export type DiscardOutcome = Pick<Decision, 'next' | 'reason' | 'error'>;

/** Whether the newest document is the one this record made: the noted draft, signed, or one recorded already. */
export function isOurs(account: Account, { newest }: Chart): boolean {
  if (newest === null) return false;
  const { draft, patientId } = account;
  const isNotedDraft = draft !== null && newest.cycleIdentifier === cycleIdentifier(patientId, draft.cycle);
  return isNotedDraft || (account.document === newest.id && account.message?.document === newest.id);
}

/** Of every draft of ours: of this cycle, of the noted one, and of those that the chart holds. */
export function identifiersOf(account: Account, chart: Chart, cycle: string | null): string[] {
  const cycles = [cycle, account.draft?.cycle].filter((each) => each != null);
  const derived = cycles.map((each) => cycleIdentifier(account.patientId, each));
  const found = chart.drafts.flatMap((draft) => draft.cycleIdentifier ?? []);
  return [...new Set([...derived, ...found])];
}

/** What remains: the verdict that CheckExpiry came with, a hold where no provider could be settled, or the failure. */
export function verdictOf({ next, reason, error }: Decision, newerByHand: boolean): DiscardOutcome {
  if (newerByHand) return { next: 'NOTHING', reason: 'NOT_EXPIRED', error: null };
  if (error === null) return { next, reason, error };
  if (error.Error === 'ResponsibleProviderUnresolvedError') {
    return { next: 'HOLD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED', error: null };
  }
  return { next: 'FAIL', reason: null, error };
}
