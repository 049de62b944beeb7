/** Every alarm, with its harm and its section of docs/runbook.md. Metrics without harm are on the dashboard only. */
import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { METRICS } from '../../functions/runtime/metric-names.ts';
import { Alarm, type AlarmProps } from '../constructs/alarm.ts';
import { found } from '../found.ts';
import { type Caller, FUNCTIONS } from '../tables/functions.ts';
import { feedbackAlarms, type WatchedFeedback } from './feedback-alarms.ts';
import { executions, mail, ownMetrics, table, undelivered } from './metrics.ts';
import { pickupAlarms } from './pickup-alarms.ts';
import { queueAlarms, type WatchedQueues } from './queue-alarms.ts';
import { startingAlarms, type WatchedStarts } from './starting-alarms.ts';

export interface Watched extends WatchedStarts, WatchedFeedback, WatchedQueues {
  topic: ITopic;
  stateMachineArn: string;
  tableName: string;
  noticeRuleName: string;
  keyNoticeRuleName: string;
  /** Days after which a case that waits for a person is looked at again (practice policy). */
  recheckDays: number;
}

const MINUTES_5 = Duration.minutes(5);
const MINUTES_15 = Duration.minutes(15);
const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

/** What it harms that a function may not run. */
const THROTTLED: Record<Caller, (name: string) => string> = {
  'state machine': (name) => `Cases wait and then fail at ${name}: Lambda has no room for them.`,
  API: (name) => `Requests to ${name} are refused and must be repeated: Lambda is out of concurrency.`,
  stream: (name) => `PINs lapse and nothing follows before the next sweep: Lambda has no room for ${name}.`,
  queue: (name) => `Mails come back and nothing follows for hours: Lambda has no room for ${name}.`,
};

/**
 * What it harms that a function crashes: out of memory or time, or before its first line. A step throws by design, and
 * its state machine sees each error; the others answer every failure themselves.
 */
const CRASHES: Record<Exclude<Caller, 'state machine'>, (name: string) => string> = {
  API: (name) => `Requests to ${name} are answered 500: the function crashes.`,
  stream: (name) => `PINs lapse and nothing follows before the next sweep: ${name} crashes.`,
  queue: (name) => `Mails come back and nothing follows for hours: ${name} crashes.`,
};

export function alarms(scope: Construct, watched: Watched): void {
  const alarm = (id: string, props: Omit<AlarmProps, 'topic'>) =>
    new Alarm(scope, id, { ...props, topic: watched.topic });
  const { stateMachineArn } = watched;
  const own = ownMetrics(watched.metricNamespace);

  alarm('ExecutionsFail', {
    harm: 'Patients keep an expired PIN or are not told of a new one, and not one by one any more.',
    runbook: 'executions-fail',
    metric: executions('ExecutionsFailed', stateMachineArn, HOUR),
    // Each is told by a notice and looked at again the next day by itself; five in an hour have one cause.
    threshold: 5,
  });
  alarm('ExecutionTimedOut', {
    harm: 'A case stopped in the middle: a draft may lie in the chart until the next look.',
    runbook: 'an-execution-timed-out',
    metric: executions('ExecutionsTimedOut', stateMachineArn, MINUTES_5),
    threshold: 1,
  });
  alarm('ExecutionAborted', {
    harm: 'A case was stopped midway: a draft may stay in the chart until the next check.',
    runbook: 'an-execution-was-stopped',
    metric: executions('ExecutionsAborted', stateMachineArn, MINUTES_5),
    threshold: 1,
  });
  alarm('ExecutionsThrottled', {
    harm: 'Patients wait: Step Functions holds their executions back.',
    runbook: 'executions-are-throttled',
    metric: executions('ExecutionThrottled', stateMachineArn, MINUTES_5),
    threshold: 1,
    // A burst drains within minutes; three periods are no burst.
    periods: 3,
  });
  alarm('PostconditionViolated', {
    harm: 'A document was signed but violates the procedure: it may have reached a desktop or changed the responsible provider.',
    runbook: 'a-signing-broke-what-it-must-not',
    metric: own.failed('PostconditionViolatedError', MINUTES_5),
    threshold: 1,
  });
  alarm('EhrRejects', {
    harm: 'No PIN is regenerated: the EHR refuses what we ask.',
    runbook: 'the-ehr-refuses',
    metric: own.failed('EhrRejectedError', MINUTES_15),
    // One may be a chart that cannot be written; five have one cause: key, client or scopes.
    threshold: 5,
  });
  alarm('ConfigurationWrong', {
    harm: 'No PIN is regenerated: a function misses a setting, a key or a permission.',
    runbook: 'a-setting-is-wrong',
    metric: own.failed('ConfigurationError', MINUTES_5),
    threshold: 1,
  });
  alarm('AwsUnavailable', {
    harm: 'Cases stop halfway: DynamoDB, Step Functions, KMS or Secrets Manager does not answer the steps.',
    runbook: 'aws-does-not-answer',
    metric: own.failed('AwsUnavailableError', MINUTES_15),
    // The SDK has tried three times before a step says so once.
    threshold: 10,
  });
  for (const { name, caller } of FUNCTIONS) {
    alarm(`${name}Throttled`, {
      harm: THROTTLED[caller](name),
      runbook: 'a-function-is-throttled',
      metric: found(watched.functions, name).metricThrottles({ period: MINUTES_5 }),
      threshold: 1,
      // The state machine tries for half a minute, a sender for longer: what lasts two periods has failed cases.
      periods: 2,
    });
    if (caller !== 'state machine') {
      alarm(`${name}Crashes`, {
        harm: CRASHES[caller](name),
        runbook: 'a-function-crashes',
        metric: found(watched.functions, name).metricErrors({ period: MINUTES_5 }),
        threshold: 1,
      });
    }
  }
  alarm('RecordsThrottled', {
    harm: 'Cases wait and then fail: the table does not take their writes.',
    runbook: 'the-table-is-throttled',
    metric: table('WriteThrottleEvents', watched.tableName, MINUTES_5),
    threshold: 10,
    periods: 2,
  });
  alarm('BounceRate', {
    harm: 'Patients are about to get no mail at all: SES reviews an account at 5 % bounces and stops it at 10.',
    runbook: 'too-many-bounces',
    metric: mail('Reputation.BounceRate', Stats.MAXIMUM, HOUR),
    threshold: 0.05,
    missingData: TreatMissingData.IGNORE,
  });
  alarm('ComplaintRate', {
    harm: 'Patients are about to get no mail at all: SES reviews an account at 0.1 % complaints and stops it at 0.5.',
    runbook: 'too-many-complaints',
    metric: mail('Reputation.ComplaintRate', Stats.MAXIMUM, HOUR),
    threshold: 0.001,
    missingData: TreatMissingData.IGNORE,
  });
  alarm('UnresolvedTooLong', {
    harm: 'A patient has no access, and the front desk’s Task is not done.',
    runbook: 'a-case-waits-too-long',
    metric: own.seconds(METRICS.unresolvedSeconds, Stats.MAXIMUM, DAY),
    // Looked at twice and still there.
    threshold: Duration.days(2 * watched.recheckDays).toSeconds(),
  });
  alarm('NoticesLost', {
    harm: 'Executions fail without a notification.',
    runbook: 'notices-are-lost',
    metric: undelivered(watched.noticeRuleName, MINUTES_5),
    threshold: 1,
  });
  alarm('KeyNoticesLost', {
    harm: 'A key is disabled or about to be deleted without a notification: all records would be lost with it.',
    runbook: 'a-key-is-about-to-be-deleted',
    metric: undelivered(watched.keyNoticeRuleName, MINUTES_5),
    threshold: 1,
  });
  startingAlarms(alarm, watched);
  feedbackAlarms(alarm, watched);
  queueAlarms(alarm, watched);
  pickupAlarms(alarm, watched);
}
