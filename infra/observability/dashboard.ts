/** One page for who runs it: what came out, what failed, how long patients wait; then the services below. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { METRICS } from '../../functions/runtime/metric-names.ts';
import { api, executions, mail, ownMetrics, STEP_FAILED, table } from './metrics.ts';

export interface Shown {
  dashboardName: string;
  stateMachineArn: string;
  functions: ReadonlyMap<string, IFunction>;
  /** Of sweep-expiring-pins. */
  sweepArn: string;
  apiId: string;
  tableName: string;
  metricNamespace: string;
}

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

export function dashboard(scope: Construct, shown: Shown): Dashboard {
  const { stateMachineArn, sweepArn, apiId, tableName, metricNamespace } = shown;
  const own = ownMetrics(metricNamespace);
  const { service, outcome, reason } = METRICS.dimensions;
  const functions = [...shown.functions.values()];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: shown.dashboardName,
    defaultInterval: Duration.days(14),
    widgets: [
      [
        new SingleValueWidget({
          title: 'Regenerated',
          width: 6,
          metrics: [own.ended('REGENERATED', 'NONE', DAY)],
          setPeriodToTimeRange: true,
        }),
        new SingleValueWidget({
          title: 'Oldest unresolved case',
          width: 6,
          metrics: [own.seconds(METRICS.unresolvedSeconds, Stats.MAXIMUM, DAY)],
        }),
        graph('From expiry to access', [
          own.seconds(METRICS.secondsToAccess, Stats.percentile(50), DAY),
          own.seconds(METRICS.secondsToAccess, Stats.percentile(90), DAY),
        ]),
      ],
      [
        graph('Outcomes by reason', [
          search(`{"${metricNamespace}",${service},${outcome},${reason}} MetricName="${METRICS.ended}"`, DAY),
        ]),
        graph('Failed steps by error', [
          search(`{"${metricNamespace}",${STEP_FAILED.dimension}} MetricName="${STEP_FAILED.name}"`, HOUR),
        ]),
      ],
      [
        graph(
          'Executions',
          [
            'ExecutionsStarted',
            'ExecutionsSucceeded',
            'ExecutionsFailed',
            'ExecutionsTimedOut',
            'ExecutionsAborted',
          ].map((name) => executions(name, stateMachineArn, HOUR)),
        ),
        graph(
          'Mails (whole account)',
          ['Send', 'Delivery', 'Bounce', 'Complaint', 'Reject'].map((name) => mail(name, Stats.SUM, HOUR)),
        ),
      ],
      [
        graph(
          'Sweeps',
          ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'].map((name) =>
            executions(name, sweepArn, DAY),
          ),
        ),
        graph(
          'Webhooks and other requests',
          (['Count', '4xx', '5xx'] as const).map((name) => api(name, apiId, HOUR)),
        ),
      ],
      [
        graph(
          'Slowest tenth of each function',
          functions.map((each) => each.metricDuration({ statistic: Stats.percentile(90), period: HOUR })),
        ),
        graph(
          'Throttled functions',
          functions.map((each) => each.metricThrottles({ period: HOUR })),
        ),
      ],
      [
        graph(
          'Table units',
          ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((name) => table(name, tableName, HOUR)),
        ),
        graph(
          'Table throttled',
          ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => table(name, tableName, HOUR)),
        ),
      ],
    ],
  });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width: 12, left });
}

/** Every metric that matches, among them those that nobody has written yet. */
function search(query: string, period: Duration): MathExpression {
  return new MathExpression({ expression: `SEARCH('${query}', 'Sum', ${period.toSeconds()})`, label: '', period });
}
