/** The alarms of the page that shows a patient the PIN. */
import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../functions/runtime/metric-names.ts';
import type { Functions } from '../constructs/workflow-functions.ts';
import { found } from '../found.ts';
import { ownMetrics } from './metrics.ts';
import type { MakeAlarm } from './starting-alarms.ts';

export interface WatchedPickup {
  functions: Functions;
  metricNamespace: string;
}

const MINUTES_5 = Duration.minutes(5);
const HOUR = Duration.hours(1);

export function pickupAlarms(alarm: MakeAlarm, { functions, metricNamespace }: WatchedPickup): void {
  alarm('PickupLocked', {
    harm: 'A stranger may be guessing answers, or patients cannot answer the question.',
    runbook: 'links-are-locked',
    metric: ownMetrics(metricNamespace).counted(METRICS.pickupLocked, HOUR),
    // One is told to the front desk by a Task; five in an hour have one cause.
    threshold: 5,
  });
  alarm('PickupSlow', {
    harm: 'Patients wait for their PIN, and how long they wait may tell whether a link is known.',
    runbook: 'the-pick-up-page-is-slow',
    // The hundredth, not the tenth: mail scanners open links, and their GETs take milliseconds and are many.
    metric: found(functions, 'PickupPage').metricDuration({ statistic: Stats.percentile(99), period: MINUTES_5 }),
    // Answers leave after one second, or after two where the EHR took longer than one.
    threshold: 1_900,
    // One slow minute of the EHR passes.
    periods: 3,
  });
}
