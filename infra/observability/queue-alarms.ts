/** The alarms of what waits in a queue for too long. */
import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { MakeAlarm } from './starting-alarms.ts';

export interface WatchedQueues {
  /** What SES tells of our mails, before EmailFeedback takes it. */
  emailEvents: IQueue;
  /** What EmailFeedback did not take. */
  lostEmailEvents: IQueue;
  /** What was given up of the stream, and starts of the sweep that were. */
  lostLapses: IQueue;
  lostSweeps: IQueue;
}

const MINUTES_5 = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** Three days before SQS deletes a dead letter (constructs/dead-letters.ts). */
const LOOKED_AT_WITHIN = Duration.days(11);

export function queueAlarms(alarm: MakeAlarm, watched: WatchedQueues): void {
  const age = (queue: IQueue, period: Duration) =>
    queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period });
  alarm('EmailEventsWait', {
    harm: 'Mails may come back and nothing follows: what SES tells has waited in its queue for an hour.',
    runbook: 'what-ses-tells-is-lost',
    metric: age(watched.emailEvents, MINUTES_5),
    threshold: HOUR.toSeconds(),
  });
  const forgotten = [
    ['EmailEventsForgotten', watched.lostEmailEvents, 'what-ses-tells-is-lost'],
    ['LapsesForgotten', watched.lostLapses, 'lapses-are-lost'],
    ['SweepsForgotten', watched.lostSweeps, 'the-sweep-did-not-run'],
  ] as const;
  for (const [id, queue, runbook] of forgotten) {
    alarm(id, {
      harm: 'A dead letter that no one has looked at will be deleted within three days, and with it what it was about.',
      runbook,
      metric: age(queue, HOUR),
      threshold: LOOKED_AT_WITHIN.toSeconds(),
    });
  }
}
