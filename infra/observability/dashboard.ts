/** The operator's dashboard: outcomes, failures, patients' waiting times, then the services. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  SingleValueWidget,
  Stats,
  TextWidget,
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
  /** Address of the console's page. */
  consoleUrl: string;
}

/** Explains the dashboard to a reader without the source. */
const LEGEND = `Each execution takes one patient through the procedure for an expired portal PIN, and ends in an **outcome**:
**REGENERATED** a new PIN is signed and the patient was told · **NOT_NEEDED** nothing was to be done; the reason says why ·
**EMAIL_MISSING** the front desk is asked to enter an address · **HELD** a person decides ·
**FAILED** an error, which names the side at fault; nothing is half-done, and the next day's sweep tries again.`;

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

export function dashboard(scope: Construct, shown: Shown): Dashboard {
  const { stateMachineArn, sweepArn, apiId, tableName, metricNamespace } = shown;
  const own = ownMetrics(metricNamespace);
  const { service, outcome, reason, location, feedback } = METRICS.dimensions;
  const functions = [...shown.functions.values()];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: shown.dashboardName,
    defaultInterval: Duration.days(14),
    widgets: [
      [new TextWidget({ width: 24, height: 3, markdown: `${LEGEND}\n\n[Cases, one by one](${shown.consoleUrl})` })],
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
          'PINs by location',
          [METRICS.issued, METRICS.pickedUp, METRICS.registered].map((name) =>
            search(`{"${metricNamespace}",${service},${location}} MetricName="${name}"`, DAY),
          ),
        ),
        graph('What SES told of mails', [
          search(`{"${metricNamespace}",${service},${feedback}} MetricName="${METRICS.emailFeedback}"`, DAY),
        ]),
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
      [graph('Links locked', [own.counted(METRICS.pickupLocked, HOUR)])],
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

/** Every matching metric, including those not written yet. */
function search(query: string, period: Duration): MathExpression {
  return new MathExpression({ expression: `SEARCH('${query}', 'Sum', ${period.toSeconds()})`, label: '', period });
}
