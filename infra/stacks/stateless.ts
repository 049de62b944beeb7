/** What can be thrown away and made again: API, functions, state machines, schedule, mail, alarms. It holds nothing. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { DeployedBundles } from '../bundles.ts';
import { AslStateMachine } from '../constructs/asl-state-machine.ts';
import { CONSOLE_PATH, ConsoleSite } from '../constructs/console-site.ts';
import { DailyExecution } from '../constructs/daily-execution.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { emailEvents, REDELIVERY } from '../constructs/email-events.ts';
import { EventQueue } from '../constructs/event-queue.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { KeptLogs } from '../constructs/kept-logs.ts';
import { lapses } from '../constructs/lapses.ts';
import { mailConfiguration } from '../constructs/mail.ts';
import { StaffLogin } from '../constructs/staff-login.ts';
import { TraceSampling } from '../constructs/trace-sampling.ts';
import { type Functions, workflowFunctions } from '../constructs/workflow-functions.ts';
import type { Deployment } from '../deployment.ts';
import { found } from '../found.ts';
import type { Names } from '../names.ts';
import { alarms } from '../observability/alarms.ts';
import { dashboard } from '../observability/dashboard.ts';
import { countFailures } from '../observability/metrics.ts';
import { alarmTopic, noticesOfFailedExecutions, noticesOfKeysInDanger } from '../observability/notices.ts';
import { MACHINES, type Machine, REGENERATE_PIN, SWEEP_EXPIRING_PINS } from '../tables/machines.ts';
import { OPEN_ROUTES, STAFF_ROUTES } from '../tables/routes.ts';
import type { StatefulStack } from './stateful.ts';

export interface StatelessStackProps extends StackProps {
  names: Names;
  deployment: Deployment;
  bundles: DeployedBundles;
  stateful: StatefulStack;
}

/** Its parts, of which those that come later use those before. */
interface Parts {
  logs: KeptLogs;
  api: HttpApi;
  functions: Functions;
  /** ARNs by the machines' names. */
  machines: ReadonlyMap<string, string>;
  lostLapses: DeadLetters;
  lostSweeps: DeadLetters;
  emailEventQueue: EventQueue;
  emailEventsRuleName: string;
}

export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, props: StatelessStackProps) {
    super(scope, id, props);
    const { names, deployment, stateful } = props;
    const { configurationSetName } = mailConfiguration(this, names.configurationSet);
    // Of the stack before: what is logged is kept there, under names that are known here.
    this.addStackDependency(stateful);
    const logs = new KeptLogs(this, 'Logs', names);
    // Before the functions: their environment may say its address.
    const api = new HttpApi(this, 'Api', {
      apiName: names.api,
      description: 'Portal PIN: webhooks of the EHR, the page that shows a PIN, admin API',
      accessLog: logs.api,
      domain: deployment.api?.domain ?? null,
    });
    const pickupUrl = deployment.pickupUrl ?? `${api.url}/pickup`;
    const lostLapses = new DeadLetters(this, 'LostLapses', { queueName: names.lostLapses, key: stateful.dataKey });
    const lostSweeps = new DeadLetters(this, 'LostSweeps', { queueName: names.lostSweeps, key: stateful.dataKey });
    const emailEventQueue = new EventQueue(this, 'EmailEvents', {
      ...REDELIVERY,
      queueName: names.emailEvents,
      deadLettersName: names.lostEmailEvents,
      key: stateful.dataKey,
    });
    const functions = workflowFunctions(this, {
      ...props,
      logs: logs.functions,
      configurationSetName,
      lostLapses,
      emailEvents: emailEventQueue,
      pickupUrl,
    });
    const machines = new Map(
      MACHINES.map((machine) => [machine.name, this.machine(machine, props, { logs, functions })]),
    );
    const { ruleName: emailEventsRuleName } = emailEvents(this, {
      queue: emailEventQueue,
      function: found(functions, 'EmailFeedback'),
      configurationSetName,
    });
    if (deployment.tracedShare !== null) {
      const stateMachineName = names.machineOf(REGENERATE_PIN.name);
      new TraceSampling(this, 'Traces', {
        ruleName: names.samplingRule,
        stateMachineName,
        share: deployment.tracedShare,
      });
    }
    const parts = { logs, api, functions, machines, lostLapses, lostSweeps, emailEventQueue, emailEventsRuleName };
    this.startedByThemselves(props, parts);
    this.console(props, parts);
    const alarmTopicArn = this.watch(props, parts);

    const output = (name: string, value: string) => new CfnOutput(this, name, { value });
    for (const { id: machineId, name } of MACHINES) output(`${machineId}Arn`, found(machines, name));
    output('ApiUrl', api.url);
    output('PickupUrl', pickupUrl);
    output('EhrWebhookUrl', `${api.url}/webhooks/ehr`);
    output('TimeZone', deployment.policy.timeZone);
    // An output may not be empty; the command line takes what is no number for no day.
    output('ReminderDays', deployment.policy.reminderDays.join(',') || 'none');
    // Into CDK's own bucket, once for each release.
    output('SourceMapsUrl', new Asset(this, 'SourceMaps', { path: props.bundles.sourceMaps }).s3ObjectUrl);
    output('SesConfigurationSet', configurationSetName);
    output('AlarmTopicArn', alarmTopicArn);
    const console = `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}`;
    output('DashboardUrl', `${console}#dashboards/dashboard/${names.dashboard}`);
  }

  /** A machine, which may call the functions of its own Task states and no other; its ARN. */
  private machine(
    { id, name, definition, tasks }: Machine,
    props: StatelessStackProps,
    { logs, functions }: Pick<Parts, 'logs' | 'functions'>,
  ): string {
    const { names, stateful } = props;
    const { stateMachineArn } = new AslStateMachine(this, id, {
      stateMachineName: names.machineOf(name),
      definition,
      functions: new Map(tasks.map(({ state }) => [state, found(functions, state)])),
      logGroup: found(logs.machines, name),
      key: stateful.dataKey,
    });
    return stateMachineArn;
  }

  /** Triggers of executions: the EHR's webhooks, the daily sweep, the lapse of a PIN. */
  private startedByThemselves({ names, deployment, stateful }: StatelessStackProps, parts: Parts): void {
    const { api, functions, machines } = parts;
    const { policy } = deployment;
    for (const { key, function: name, throttle } of OPEN_ROUTES) {
      const authorization = { authorizationType: 'NONE' } as const;
      api.route({ key, function: found(functions, name), throttle: throttle(policy), authorization });
    }
    new DailyExecution(this, 'Sweep', {
      scheduleName: names.machineOf(SWEEP_EXPIRING_PINS.name),
      groupName: names.scheduleGroup,
      description: `Portal PIN: starts what is due, daily at ${policy.sweep.hour}:00 in ${policy.timeZone}`,
      hour: policy.sweep.hour,
      timeZone: policy.timeZone,
      stateMachineArn: found(machines, SWEEP_EXPIRING_PINS.name),
      input: { dryRun: false },
      deadLetters: parts.lostSweeps,
    });
    const handler = found(functions, 'PinLapsed');
    lapses(this, { streamArn: stateful.tableStreamArn, function: handler, deadLetters: parts.lostLapses });
  }

  /** What the practice's staff see and do: their login, the page, and the API behind both. */
  private console({ names, deployment, stateful }: StatelessStackProps, { api, functions }: Parts): void {
    const { staff } = stateful;
    const { domain, certificateArn } = deployment.console;
    const page = `https://${domain}${CONSOLE_PATH}`;
    const { federation } = deployment;
    const { userPoolId } = staff;
    const login = new StaffLogin(this, 'Login', { userPoolId, prefix: names.loginPrefix, page, federation });
    const authorization = api.bearerOf('Staff', { issuer: staff.issuer, clientId: login.clientId });
    for (const { key, function: name, throttle } of STAFF_ROUTES) {
      api.route({ key, function: found(functions, name), throttle: throttle(deployment.policy), authorization });
    }
    const site = new ConsoleSite(this, 'Console', {
      ...{ domain, certificateArn, apiEndpoint: api.endpoint },
      loginOrigins: [staff.origin, login.url],
    });
    const output = (name: string, value: string) => new CfnOutput(this, name, { value });
    output('ConsoleUrl', page);
    output('ConsoleTarget', site.target);
    output('ConsoleBucket', site.bucketName);
    output('ConsoleLogin', login.url);
    output('ConsoleClientId', login.clientId);
    output('ConsoleIssuer', staff.issuer);
  }

  /** Alarms and notices to operators; returns the topic's ARN. */
  private watch({ names, deployment, stateful }: StatelessStackProps, parts: Parts): string {
    const { machines, functions, api, lostLapses, lostSweeps, emailEventQueue, emailEventsRuleName } = parts;
    const topic = alarmTopic(this, {
      topicName: names.alarmTopic,
      key: stateful.dataKey,
      email: deployment.alarmEmail,
    });
    const { ruleName: noticeRuleName } = noticesOfFailedExecutions(this, [...machines.values()], topic);
    const keyArns = [stateful.dataKey.keyArn, stateful.fingerprintKey.keyArn];
    const { ruleName: keyNoticeRuleName } = noticesOfKeysInDanger(this, keyArns, topic);
    const { metricNamespace } = names;
    for (const [name, log] of parts.logs.functions) countFailures(this, `${name}Failures`, log, metricNamespace);
    const watched = {
      stateMachineArn: found(machines, REGENERATE_PIN.name),
      sweepArn: found(machines, SWEEP_EXPIRING_PINS.name),
      scheduleGroup: names.scheduleGroup,
      functions,
      apiId: api.apiId,
      tableName: stateful.table.tableName,
      metricNamespace,
    };
    const queues = {
      lostLapses: lostLapses.queue,
      lostSweeps: lostSweeps.queue,
      emailEvents: emailEventQueue.queue,
      lostEmailEvents: emailEventQueue.deadLetters.queue,
    };
    const rules = { noticeRuleName, keyNoticeRuleName, emailEventsRuleName };
    alarms(this, { ...watched, ...queues, ...rules, topic, recheckDays: deployment.policy.recheckDays });
    const consoleUrl = `https://${deployment.console.domain}${CONSOLE_PATH}`;
    dashboard(this, { ...watched, dashboardName: names.dashboard, consoleUrl });
    return topic.topicArn;
  }
}
