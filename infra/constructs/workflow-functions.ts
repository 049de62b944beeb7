/** Every function of the table, with its code, its role and the one environment of all. */
import type { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { stateMachineArnOf } from '../arns.ts';
import type { DeployedBundles } from '../bundles.ts';
import type { Deployment } from '../deployment.ts';
import { environmentOf } from '../environment.ts';
import { found } from '../found.ts';
import type { Names } from '../names.ts';
import type { StatefulStack } from '../stacks/stateful.ts';
import { FUNCTIONS } from '../tables/functions.ts';
import { DISCOVER_PINS, MACHINES, REGENERATE_PIN, SWEEP_EXPIRING_PINS } from '../tables/machines.ts';
import { statementsFor } from '../tables/permissions.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { EventQueue } from './event-queue.ts';
import { WorkflowFunction } from './workflow-function.ts';

/** By name. */
export type Functions = ReadonlyMap<string, IFunction>;

export interface WorkflowFunctionsProps {
  names: Names;
  deployment: Deployment;
  bundles: DeployedBundles;
  stateful: StatefulStack;
  /** By the function's name. */
  logs: ReadonlyMap<string, ILogGroup>;
  configurationSetName: string;
  lostLapses: DeadLetters;
  emailEvents: EventQueue;
  /** Of the pick-up page. */
  pickupUrl: string;
}

export function workflowFunctions(stack: Stack, props: WorkflowFunctionsProps): Functions {
  const { names, deployment, bundles, stateful, configurationSetName, lostLapses, emailEvents, pickupUrl } = props;
  const { table, tableStreamArn, dataKey, fingerprintKey, ehrKeySecretArn, ehrWebhookSecretArn } = stateful;
  const stateMachineName = names.machineOf(REGENERATE_PIN.name);
  const environment = environmentOf({
    ehr: deployment.ehr,
    tableName: table.tableName,
    ehrKeySecretArn,
    ehrWebhookSecretArn,
    fingerprintKeyArn: fingerprintKey.keyArn,
    configurationSetName,
    stateMachineArn: stateMachineArnOf(stack, stateMachineName),
    sweepStateMachineArn: stateMachineArnOf(stack, names.machineOf(SWEEP_EXPIRING_PINS.name)),
    discoverStateMachineArn: stateMachineArnOf(stack, names.machineOf(DISCOVER_PINS.name)),
    pickupUrl,
    consoleOrigins: [`https://${deployment.console.domain}`],
    metricNamespace: names.metricNamespace,
  });
  const resources = {
    table,
    tableName: names.table,
    tableStreamArn,
    lostLapses,
    emailEvents,
    stateMachineName,
    sweepMachineName: names.machineOf(SWEEP_EXPIRING_PINS.name),
    stateMachineNames: MACHINES.map(({ name }) => names.machineOf(name)),
    dataKey,
    fingerprintKey,
    ehrKeySecretArn,
    ehrWebhookSecretArn,
    configurationSetName,
    sender: deployment.policy.practice.sender,
    senderIdentity: deployment.email.identity,
  };
  return new Map(
    FUNCTIONS.map(({ name, description, permissions, memory, timeout }) => {
      const { function: made } = new WorkflowFunction(stack, name, {
        functionName: names.functionOf(name),
        description,
        code: found(bundles.folders, name),
        environment,
        logGroup: found(props.logs, name),
        statements: statementsFor(stack, permissions, resources),
        memory,
        timeout,
      });
      return [name, made];
    }),
  );
}
