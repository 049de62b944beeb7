/** What can be thrown away and made again: functions, state machine, mail, alarms. It holds nothing. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { handlerOf } from '../../statemachines/asl.ts';
import type { Bundles } from '../bundles.ts';
import { AslStateMachine, stateMachineArnOf } from '../constructs/asl-state-machine.ts';
import { WorkflowFunction } from '../constructs/workflow-function.ts';
import type { Deployment } from '../deployment.ts';
import { environmentOf } from '../environment.ts';
import { mailConfiguration } from '../mail.ts';
import type { Names } from '../names.ts';
import { alarms } from '../observability/alarms.ts';
import { dashboard } from '../observability/dashboard.ts';
import { countFailures } from '../observability/metrics.ts';
import { alarmTopic, noticesOfFailedExecutions } from '../observability/notices.ts';
import { statementsFor } from '../permissions.ts';
import { ASL_FILE, STEP_PERMISSIONS, TASK_STATES, type TaskState } from '../steps.ts';
import type { StatefulStack } from './stateful.ts';

export interface StatelessStackProps extends StackProps {
  names: Names;
  deployment: Deployment;
  bundles: Pick<Bundles, 'folders'>;
  stateful: StatefulStack;
}

export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, props: StatelessStackProps) {
    super(scope, id, props);
    const { names, stateful } = props;
    const { configurationSetName } = mailConfiguration(this, names.configurationSet);
    const functions = this.steps(props, configurationSetName);
    const { stateMachineArn } = new AslStateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine,
      aslFile: ASL_FILE,
      functions,
      logGroup: stateful.stateMachineLogs,
      key: stateful.dataKey,
    });
    const alarmTopicArn = this.watch(props, functions, stateMachineArn);

    const output = (name: string, value: string) => new CfnOutput(this, name, { value });
    output('RegeneratePinStateMachineArn', stateMachineArn);
    output('SesConfigurationSet', configurationSetName);
    output('AlarmTopicArn', alarmTopicArn);
    const console = `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}`;
    output('DashboardUrl', `${console}#dashboards/dashboard/${names.dashboard}`);
  }

  /** The function of each Task state. */
  private steps(props: StatelessStackProps, configurationSetName: string): ReadonlyMap<string, IFunction> {
    const { names, deployment, bundles, stateful } = props;
    const { table, dataKey, fingerprintKey, ehrKeySecretArn, ehrWebhookSecretArn } = stateful;
    const { sender } = deployment.policy.practice;
    const resources = { table, dataKey, fingerprintKey, ehrKeySecretArn, configurationSetName, sender };
    const environment = environmentOf({
      ehr: deployment.ehr,
      tableName: table.tableName,
      ehrKeySecretArn,
      ehrWebhookSecretArn,
      fingerprintKeyArn: fingerprintKey.keyArn,
      configurationSetName,
      stateMachineArn: stateMachineArnOf(this, names.stateMachine),
    });
    const stepOf = ({ state, comment }: TaskState) =>
      new WorkflowFunction(this, state, {
        functionName: names.functionOf(state),
        description: comment,
        code: found(bundles.folders, handlerOf(state)),
        environment,
        logGroup: found(stateful.stepLogs, state),
        statements: statementsFor(this, found(STEP_PERMISSIONS, state), resources),
      });
    return new Map(TASK_STATES.map((task) => [task.state, stepOf(task).function]));
  }

  /** Who looks after it is told what goes wrong; the topic's ARN. */
  private watch(
    { names, deployment, stateful }: StatelessStackProps,
    functions: ReadonlyMap<string, IFunction>,
    stateMachineArn: string,
  ): string {
    const topic = alarmTopic(this, {
      topicName: names.alarmTopic,
      key: stateful.dataKey,
      email: deployment.alarmEmail,
    });
    const { ruleName: noticeRuleName } = noticesOfFailedExecutions(this, stateMachineArn, topic);
    const watched = { stateMachineArn, functions, tableName: stateful.table.tableName };
    for (const [state, log] of stateful.stepLogs) countFailures(this, `${state}Failures`, log);
    alarms(this, { ...watched, topic, noticeRuleName, recheckDays: deployment.policy.recheckDays });
    dashboard(this, { ...watched, dashboardName: names.dashboard });
    return topic.topicArn;
  }
}

/** What must be there for each Task state; named when it is not. */
function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined)
    throw new Error(`${name}: no bundle, log group or permissions (infra/steps.ts, functions/steps)`);
  return value;
}
