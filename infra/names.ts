/**
 * Physical names. Fixed ones where data is kept, so that a change that would replace such a resource fails instead of
 * leaving an empty one in its place; and where a key or a policy must name what another stack makes.
 */
import { METRICS } from '../functions/runtime/metric-names.ts';

export interface Names {
  statefulStack: string;
  statelessStack: string;
  table: string;
  ehrKeySecret: string;
  ehrWebhookSecret: string;
  dataKeyAlias: string;
  fingerprintKeyAlias: string;
  machineOf(name: string): string;
  machineLogsOf(name: string): string;
  functionOf(name: string): string;
  logsOf(functionName: string): string;
  api: string;
  apiLogs: string;
  scheduleGroup: string;
  lostLapses: string;
  lostSweeps: string;
  emailEvents: string;
  lostEmailEvents: string;
  configurationSet: string;
  userPool: string;
  /** Begins the host name of the login; the account's number follows. */
  loginPrefix: string;
  alarmTopic: string;
  dashboard: string;
  /** Of X-Ray, which takes 32 characters. */
  samplingRule: string;
  /** Of the metrics: the alarms of one deployment must not ring for another. */
  metricNamespace: string;
}

/** @param deployment name of the deployment, which begins every name */
export function namesOf(deployment: string): Names {
  const machineOf = (name: string) => `${deployment}-${name}`;
  const functionOf = (name: string) => `${deployment}-${name}`;
  return {
    statefulStack: `${deployment}-stateful`,
    statelessStack: `${deployment}-stateless`,
    table: deployment,
    ehrKeySecret: `${deployment}/ehr-key`,
    ehrWebhookSecret: `${deployment}/ehr-webhooks`,
    dataKeyAlias: `alias/${deployment}-data`,
    fingerprintKeyAlias: `alias/${deployment}-fingerprint`,
    machineOf,
    // Under this prefix one resource policy serves all machines of the account; each would need its own elsewhere.
    machineLogsOf: (name) => `/aws/vendedlogs/states/${machineOf(name)}`,
    functionOf,
    logsOf: (functionName) => `/aws/lambda/${functionOf(functionName)}`,
    api: deployment,
    apiLogs: `/aws/vendedlogs/apis/${deployment}`,
    scheduleGroup: deployment,
    lostLapses: `${deployment}-lost-lapses`,
    lostSweeps: `${deployment}-lost-sweeps`,
    emailEvents: `${deployment}-email-events`,
    lostEmailEvents: `${deployment}-lost-email-events`,
    configurationSet: deployment,
    userPool: deployment,
    loginPrefix: deployment,
    alarmTopic: `${deployment}-alarms`,
    dashboard: deployment,
    samplingRule: deployment,
    metricNamespace: `${METRICS.namespace}/${deployment}`,
  };
}
