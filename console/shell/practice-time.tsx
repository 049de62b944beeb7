/** The practice's time, which on one machine is not the browser's. */
import { createContext, useContext } from 'react';
import type { Overview } from '../../functions/admin/contract/work.ts';

export type PracticeTime = Pick<Overview, 'now' | 'today' | 'timeZone'>;

/** Before the API has answered: nothing that is shown then needs it exactly. */
const UNKNOWN: PracticeTime = { now: '1970-01-01T00:00:00Z', today: '1970-01-01', timeZone: 'UTC' };

const PracticeTimeContext = createContext<PracticeTime>(UNKNOWN);
export const PracticeTimeProvider = PracticeTimeContext.Provider;
export { UNKNOWN as UNKNOWN_TIME };

export function usePracticeTime(): PracticeTime {
  return useContext(PracticeTimeContext);
}

export function isKnown(now: string): boolean {
  return now !== UNKNOWN.now;
}
