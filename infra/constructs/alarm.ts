import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmProps {
  /** The harm while it rings. A metric without harm gets no alarm. */
  harm: string;
  /** The heading of docs/runbook.md that says what to do, as its anchor. */
  runbook: string;
  metric: Metric;
  /** Rings at this value and above, or below it where `rings` says so. */
  threshold: number;
  rings?: 'below';
  /** Periods in a row; 1 where nothing is said. */
  periods?: number;
  /** What no data mean: nothing happened, where nothing is said. */
  missingData?: TreatMissingData;
  topic: ITopic;
}

/** An alarm that names its harm and the way out, and tells the topic when it begins and when it ends. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const alarm = new CloudWatchAlarm(this, 'Resource', {
      alarmDescription: `${props.harm} What to do: docs/runbook.md#${props.runbook}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator:
        props.rings === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: props.missingData ?? TreatMissingData.NOT_BREACHING,
    });
    const tell = new SnsAction(props.topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
  }
}
