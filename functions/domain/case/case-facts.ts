/** What record and chart say of a case, as the rule in due.ts asks for it. */

import type { Chart } from '../chart/chart.ts';
import { cycleIdentifier } from '../identity.ts';
import type { Day } from '../time/calendar.ts';
import { type Account, isMessageDue, isPostponed } from './account.ts';
import type { CaseFacts, Verdict } from './due.ts';
import { isToldNotNeeded } from './reminder.ts';

export interface CaseCheck {
  /** Id of a person's request for a new PIN whatever the old one's age, or null. */
  force: string | null;
  /** When it was made, in milliseconds since the epoch; null if that was not recorded. */
  forcedAt: number | null;
  /** The reminder that is due by the record, or null. */
  reminder: number | null;
  /** The practice's day. */
  today: Day;
}

/** All facts but the patient's own, which VerifyEmail read. */
export function caseFacts(
  account: Account,
  chart: Chart,
  { force, forcedAt, reminder, today }: CaseCheck,
): Omit<CaseFacts, 'standing' | 'address'> {
  return {
    newestSignedAt: chart.newest?.signedAt ?? null,
    // A chart that does not show the PIN we know of may have been answered wrongly; the case is not dropped for that.
    chartUnclear: chart.unclear.length > 0 || account.violations.length > 0 || isPinMissing(account, chart),
    failures: account.failures,
    unclaimedCycles: account.unclaimedCycles,
    // A request that a signed PIN has served is not served again by an execution that comes back with it; and one that
    // was made before the newest PIN, by whomever, has what it asked for: it must not kill the PIN that staff gave out.
    forced: force !== null && force !== account.servedRequest && !(forcedAt !== null && isSignedAfter(chart, forcedAt)),
    messageOwed: isMessageDue(account, today),
    // A mail that came back and waits for another day takes the reminder's place.
    reminderDue: reminder !== null && !isToldNotNeeded(account) && !isPostponed(account, today),
  };
}

function isSignedAfter({ newest }: Chart, instant: number): boolean {
  return newest !== null && newest.signedAt > instant;
}

function isPinMissing(account: Account, chart: Chart): boolean {
  return chart.newest === null && account.document !== null;
}

/** Drafts go first where nothing is to be regenerated, and so do drafts of an earlier cycle. */
export function hasDraftToDiscard(account: Account, chart: Chart, verdict: Verdict): boolean {
  const noted = account.draft !== null || chart.drafts.length > 0;
  if (verdict.due !== 'REGENERATE') return noted;
  const current = cycleIdentifier(account.patientId, chart.newest?.id ?? '');
  return chart.drafts.some((draft) => draft.cycleIdentifier !== current);
}
