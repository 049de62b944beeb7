/** The alarms of what SES tells of our mails, and of its telling. */
import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { ownMetrics, undelivered } from './metrics.ts';
import type { MakeAlarm } from './starting-alarms.ts';

export interface WatchedFeedback {
  /** What EmailFeedback did not take. */
  lostEmailEvents: IQueue;
  emailEventsRuleName: string;
  metricNamespace: string;
}

const MINUTES_5 = Duration.minutes(5);

export function feedbackAlarms(alarm: MakeAlarm, watched: WatchedFeedback): void {
  alarm('EmailEventsLost', {
    harm: 'A mail may have come back and its patient waits for it: what SES told could not be taken.',
    runbook: 'what-ses-tells-is-lost',
    metric: watched.lostEmailEvents.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period: MINUTES_5,
    }),
    threshold: 1,
  });
  alarm('EmailEventsUndelivered', {
    harm: 'Mails may come back and nothing follows: EventBridge cannot put what SES tells into the queue.',
    runbook: 'what-ses-tells-is-lost',
    metric: undelivered(watched.emailEventsRuleName, MINUTES_5),
    threshold: 1,
  });
  alarm('MailNotSent', {
    harm: 'Patients are not told of their PIN: SES took a mail, and then would not send it.',
    runbook: 'ses-took-a-mail-and-did-not-send-it',
    metric: ownMetrics(watched.metricNamespace).emailFeedback('NOT_SENT', MINUTES_5),
    // All mails are made from two templates: what is wrong with one is wrong with the next.
    threshold: 1,
  });
}
