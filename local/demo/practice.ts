/** The synthetic practice that `npm start` shows: every outcome and reason that a chart alone can bring about. */
import type { Bundle } from 'fhir/r4';
import type { Ending } from '../../functions/domain/outcomes.ts';
import { transactionOf } from '../load/practice.ts';
import { chartOf } from './case.ts';
import { demoDirectory } from './directory.ts';
import { FEEDBACK_CASES } from './feedback-cases.ts';
import { OTHER_CASES } from './other-cases.ts';
import { REGENERATED_CASES } from './regenerated-cases.ts';

export interface DemoPractice {
  /** First the providers, then one Bundle per patient. */
  bundles: Bundle[];
  /** How each patient's first execution must end under policy.json, by patient id. */
  expected: Record<string, Ending>;
}

/**
 * The demo practice with dates relative to `now` (milliseconds), the same for the same `now`. Holds for an hour: then the
 * PIN of 29 days and 23 hours has expired. IN_PROGRESS and ATTEMPTS_EXHAUSTED come of executions, not of charts.
 */
export function demoPractice(now: number): DemoPractice {
  const charts = [...REGENERATED_CASES, ...OTHER_CASES, ...FEEDBACK_CASES].map((each, index) => ({
    ...chartOf(each, index + 1, now),
    ending: each.ending,
  }));
  return {
    bundles: [transactionOf(demoDirectory()), ...charts.map(({ resources }) => transactionOf(resources))],
    expected: Object.fromEntries(charts.map(({ id, ending }) => [id, { ...ending }])),
  };
}
