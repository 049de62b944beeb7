/** Transitions of the day on which a sweep checks the case next, and of the EHR's news it is checked for. */
import type { Day } from '../time/calendar.ts';
import { toInstant } from '../time/instant.ts';
import type { Account } from './account.ts';

/** The next check is on that day. */
export function withNextCheck(account: Account, nextCheckDay: Day): Account {
  return { ...account, nextCheckDay };
}

/** The EHR reported a change at `now` (milliseconds) that no execution has been started for yet. */
export function withNews(account: Account, now: number): Account {
  return { ...account, newsAt: toInstant(now) };
}
