/** The alarms of what starts executions: the sweep, the lapse, the EHR's webhooks. */
import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmProps } from '../constructs/alarm.ts';
import type { Functions } from '../constructs/workflow-functions.ts';
import { found } from '../found.ts';
import { api, executions, ownMetrics, scheduled } from './metrics.ts';

export interface WatchedStarts {
  functions: Functions;
  /** Of sweep-expiring-pins. */
  sweepArn: string;
  /** That of the sweep's schedule alone. */
  scheduleGroup: string;
  apiId: string;
  /** What was given up of the stream, and starts of the sweep that were. */
  lostLapses: IQueue;
  lostSweeps: IQueue;
  metricNamespace: string;
}

export type MakeAlarm = (id: string, props: Omit<AlarmProps, 'topic'>) => void;

const MINUTES_5 = Duration.minutes(5);
const MINUTES_15 = Duration.minutes(15);
const HOUR = Duration.hours(1);

export function startingAlarms(alarm: MakeAlarm, watched: WatchedStarts): void {
  sweepAlarms(alarm, watched);
  webhookAlarms(alarm, watched);
}

function sweepAlarms(alarm: MakeAlarm, { sweepArn, scheduleGroup, lostSweeps, lostLapses }: WatchedStarts): void {
  alarm('SweepMissing', {
    harm: 'Expired PINs stay expired: the daily sweep has not begun for more than a day.',
    runbook: 'the-sweep-did-not-run',
    // Not the machine's starts: a sweep by hand, or a dry run, says nothing of the schedule.
    metric: scheduled('InvocationAttemptCount', scheduleGroup, HOUR),
    threshold: 1,
    rings: 'below',
    // The longest day has 25 hours, and so two sweeps have at most 24 whole ones without a start between them.
    periods: 26,
    missingData: TreatMissingData.BREACHING,
  });
  // Also where its role may not even leave a dead letter.
  alarm('SweepDropped', {
    harm: 'Expired PINs stay expired for today: the schedule gave up starting the sweep.',
    runbook: 'the-sweep-did-not-run',
    metric: scheduled('InvocationDroppedCount', scheduleGroup, MINUTES_5),
    threshold: 1,
  });
  alarm('SweepNotStarted', {
    harm: 'Expired PINs stay expired for today: the schedule could not start the sweep.',
    runbook: 'the-sweep-did-not-run',
    metric: lostSweeps.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: MINUTES_5 }),
    threshold: 1,
  });
  alarm('SweepFailed', {
    harm: 'Expired PINs stay expired until tomorrow: today’s sweep stopped in the middle.',
    runbook: 'the-sweep-stopped',
    metric: executions('ExecutionsFailed', sweepArn, MINUTES_5),
    threshold: 1,
  });
  alarm('SweepTimedOut', {
    harm: 'More PINs are due than a day’s sweep gets through: some patients wait for days.',
    runbook: 'the-sweep-stopped',
    metric: executions('ExecutionsTimedOut', sweepArn, MINUTES_5),
    threshold: 1,
  });
  alarm('LapsesLost', {
    harm: 'Patients wait for the next sweep: the lapse of their PINs could not be taken.',
    runbook: 'lapses-are-lost',
    metric: lostLapses.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: MINUTES_5 }),
    threshold: 1,
  });
}

function webhookAlarms(alarm: MakeAlarm, { apiId, functions, metricNamespace }: WatchedStarts): void {
  alarm('ApiFails', {
    harm: 'What the EHR tells is not taken, or patients cannot see their PIN: requests are answered 5xx.',
    runbook: 'webhooks-fail',
    metric: api('5xx', apiId, MINUTES_15),
    // A 503 that asks to come again is part of the contract; five in a quarter of an hour have one cause.
    threshold: 5,
  });
  alarm('WebhooksSlow', {
    harm: 'The EHR’s webhooks are about to be answered too late, and then come twice.',
    runbook: 'webhooks-are-slow',
    metric: found(functions, 'EhrWebhook').metricDuration({ statistic: Stats.percentile(90), period: MINUTES_5 }),
    // At 1,800 ms the answer is 503.
    threshold: 1_500,
    // One slow minute of the EHR passes.
    periods: 3,
  });
  alarm('WebhooksRefused', {
    harm: 'What the EHR tells is refused: its webhooks are signed by a secret that is not ours, or late.',
    runbook: 'webhooks-are-refused',
    metric: ownMetrics(metricNamespace).failed('not-verified', MINUTES_15),
    // A stranger’s try is one; an EHR that repeats is more.
    threshold: 5,
  });
}
