/** What can be thrown away and made again: functions, state machines, mail, alarms. It holds nothing. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Bundles } from '../bundles.ts';
import { AslStateMachine, stateMachineArnOf } from '../constructs/asl-state-machine.ts';
import { WorkflowFunction } from '../constructs/workflow-function.ts';
import type { Deployment } from '../deployment.ts';
import { environmentOf } from '../environment.ts';
import { FUNCTIONS, type FunctionEntry } from '../functions.ts';
import { MACHINES, type Machine, REGENERATE_PIN } from '../machines.ts';
import { mailConfiguration } from '../mail.ts';
import type { Names } from '../names.ts';
import { alarms } from '../observability/alarms.ts';
import { dashboard } from '../observability/dashboard.ts';
import { countFailures } from '../observability/metrics.ts';
import { alarmTopic, noticesOfFailedExecutions } from '../observability/notices.ts';
import { statementsFor } from '../permissions.ts';
import type { StatefulStack } from './stateful.ts';

export interface StatelessStackProps extends StackProps {
  names: Names;
  deployment: Deployment;
  bundles: Pick<Bundles, 'folders'>;
  stateful: StatefulStack;
}

type Functions = ReadonlyMap<string, IFunction>;

export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, props: StatelessStackProps) {
    super(scope, id, props);
    const { names } = props;
    const { configurationSetName } = mailConfiguration(this, names.configurationSet);
    const functions = this.functions(props, configurationSetName);
    const machineArns = new Map(MACHINES.map((machine) => [machine.id, this.machine(machine, props, functions)]));
    const alarmTopicArn = this.watch(props, functions, [...machineArns.values()]);

    const output = (name: string, value: string) => new CfnOutput(this, name, { value });
    for (const [id, arn] of machineArns) output(`${id}Arn`, arn);
    output('SesConfigurationSet', configurationSetName);
    output('AlarmTopicArn', alarmTopicArn);
    const console = `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}`;
    output('DashboardUrl', `${console}#dashboards/dashboard/${names.dashboard}`);
  }

  /** All functions of the table, by name. */
  private functions(props: StatelessStackProps, configurationSetName: string): Functions {
    const { names, deployment, bundles, stateful } = props;
    const { table, dataKey, fingerprintKey, ehrKeySecretArn, ehrWebhookSecretArn } = stateful;
    const stateMachineName = names.machineOf(REGENERATE_PIN.name);
    const environment = environmentOf({
      ehr: deployment.ehr,
      tableName: table.tableName,
      ehrKeySecretArn,
      ehrWebhookSecretArn,
      fingerprintKeyArn: fingerprintKey.keyArn,
      configurationSetName,
      stateMachineArn: stateMachineArnOf(this, stateMachineName),
    });
    const { sender } = deployment.policy.practice;
    const secrets = { ehrKeySecretArn, ehrWebhookSecretArn };
    const records = { table, tableName: names.table };
    const mail = { configurationSetName, sender };
    const resources = { ...records, stateMachineName, dataKey, fingerprintKey, ...secrets, ...mail };
    const functionOf = ({ name, description, permissions, memory, timeout }: FunctionEntry) =>
      new WorkflowFunction(this, name, {
        functionName: names.functionOf(name),
        description,
        code: found(bundles.folders, name),
        environment,
        logGroup: found(stateful.functionLogs, name),
        statements: statementsFor(this, permissions, resources),
        memory,
        timeout,
      }).function;
    return new Map(FUNCTIONS.map((entry) => [entry.name, functionOf(entry)]));
  }

  /** A machine, which may call the functions of its own Task states and no other; its ARN. */
  private machine({ id, name, aslFile, tasks }: Machine, props: StatelessStackProps, functions: Functions): string {
    const { names, stateful } = props;
    const { stateMachineArn } = new AslStateMachine(this, id, {
      stateMachineName: names.machineOf(name),
      aslFile,
      functions: new Map(tasks.map(({ state }) => [state, found(functions, state)])),
      logGroup: found(stateful.machineLogs, name),
      key: stateful.dataKey,
    });
    return stateMachineArn;
  }

  /** Who looks after it is told what goes wrong; the topic's ARN. */
  private watch(
    { names, deployment, stateful }: StatelessStackProps,
    functions: Functions,
    machineArns: string[],
  ): string {
    const topic = alarmTopic(this, {
      topicName: names.alarmTopic,
      key: stateful.dataKey,
      email: deployment.alarmEmail,
    });
    const { ruleName: noticeRuleName } = noticesOfFailedExecutions(this, machineArns, topic);
    const stateMachineArn = stateMachineArnOf(this, names.machineOf(REGENERATE_PIN.name));
    const watched = { stateMachineArn, functions, tableName: stateful.table.tableName };
    for (const [name, log] of stateful.functionLogs) countFailures(this, `${name}Failures`, log);
    alarms(this, { ...watched, topic, noticeRuleName, recheckDays: deployment.policy.recheckDays });
    dashboard(this, { ...watched, dashboardName: names.dashboard });
    return topic.topicArn;
  }
}

/** What must be there for each function and machine; named when it is not. */
function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`${name}: no bundle, function or log group (infra/functions.ts)`);
  return value;
}
