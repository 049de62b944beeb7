/** What alarms and dashboard look at, each figure defined once. */
import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FeedbackKind } from '../../functions/domain/email/email-event.ts';
import type { ERROR_NAMES } from '../../functions/domain/errors.ts';
import { METRICS } from '../../functions/runtime/metric-names.ts';

/** Count of steps that threw, by the error's name; made from the steps' log lines. */
export const STEP_FAILED = { name: 'StepFailed', dimension: 'error', message: 'step failed' } as const;

/** Counts the failures in a step's log. One metric over all steps: an error's name says more than the step's. */
export function countFailures(scope: Construct, id: string, logGroup: ILogGroup, metricNamespace: string): void {
  new MetricFilter(scope, id, {
    logGroup,
    filterPattern: FilterPattern.stringValue('$.message', '=', STEP_FAILED.message),
    metricNamespace,
    metricName: STEP_FAILED.name,
    metricValue: '1',
    dimensions: { [STEP_FAILED.dimension]: '$.error' },
  });
}

/** Executions by how they ended, of one state machine. */
export function executions(metricName: string, StateMachineArn: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn },
    statistic: Stats.SUM,
    period,
  });
}

/** What the schedules of a group tried, or gave up. https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html */
export function scheduled(
  metricName: 'InvocationAttemptCount' | 'InvocationDroppedCount',
  ScheduleGroup: string,
  period: Duration,
): Metric {
  return new Metric({
    namespace: 'AWS/Scheduler',
    metricName,
    dimensionsMap: { ScheduleGroup },
    statistic: Stats.SUM,
    period,
  });
}

/** The account's figure: SES judges the account, not one of its configuration sets. */
export function mail(metricName: string, statistic: string, period: Duration): Metric {
  return new Metric({ namespace: 'AWS/SES', metricName, statistic, period });
}

export function table(metricName: string, TableName: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName },
    statistic: Stats.SUM,
    period,
  });
}

/** What our functions write or log themselves, of one deployment. */
export function ownMetrics(namespace: string) {
  const service = { [METRICS.dimensions.service]: METRICS.service };
  return {
    failed: (error: (typeof ERROR_NAMES)[number] | 'not-verified', period: Duration): Metric =>
      new Metric({
        namespace,
        metricName: STEP_FAILED.name,
        dimensionsMap: { [STEP_FAILED.dimension]: error },
        statistic: Stats.SUM,
        period,
      }),
    ended: (outcome: string, reason: string, period: Duration): Metric =>
      new Metric({
        namespace,
        metricName: METRICS.ended,
        dimensionsMap: { ...service, [METRICS.dimensions.outcome]: outcome, [METRICS.dimensions.reason]: reason },
        statistic: Stats.SUM,
        period,
      }),
    counted: (metricName: string, period: Duration): Metric =>
      new Metric({ namespace, metricName, dimensionsMap: service, statistic: Stats.SUM, period }),
    emailFeedback: (kind: FeedbackKind, period: Duration): Metric =>
      new Metric({
        namespace,
        metricName: METRICS.emailFeedback,
        dimensionsMap: { ...service, [METRICS.dimensions.feedback]: kind },
        statistic: Stats.SUM,
        period,
      }),
    seconds: (metricName: string, statistic: string, period: Duration): Metric =>
      new Metric({ namespace, metricName, dimensionsMap: service, statistic, period }),
  };
}

/** Over all routes: API Gateway tells of each route only for money. */
export function api(metricName: '4xx' | '5xx' | 'Count', ApiId: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId },
    statistic: Stats.SUM,
    period,
  });
}

/** What a rule matched and EventBridge could not deliver. */
export function undelivered(RuleName: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'FailedInvocations',
    dimensionsMap: { RuleName },
    statistic: Stats.SUM,
    period,
  });
}
