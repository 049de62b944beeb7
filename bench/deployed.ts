/** What is deployed, read from the templates that the CDK app makes of the example deployment, offline. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from '../infra/bundles.ts';
import { readDeployment } from '../infra/deployment.ts';
import { portalPin } from '../infra/portal-pin.ts';
import { type Machine, REGENERATE_PIN, SWEEP_EXPIRING_PINS } from '../infra/tables/machines.ts';

export interface Deployed {
  keys: number;
  machines: number;
  secrets: number;
  dashboards: number;
  alarms: number;
  /** Metrics that the alarms look at: one that is calculated from two is charged as two. */
  alarmMetrics: number;
  /** Of the largest of the workflow's steps. */
  memoryMb: number;
  /** Of the function that is a minute of the sweep. */
  sweepMemoryMb: number;
  /** How long the functions' log lines are kept. */
  logDays: number;
  /** Whether the workflow's machine logs every event, or only what failed. */
  logsEvents: boolean;
  /** Of the executions those that X-Ray records; null: as its own rule has it. */
  tracedShare: number | null;
}

interface Resource {
  Type: string;
  Properties: {
    FunctionName?: string;
    MemorySize?: number;
    RetentionInDays?: number;
    LogGroupName?: string;
    StateMachineName?: string;
    LoggingConfiguration?: { Level: string };
    SamplingRule?: { FixedRate: number };
    Metrics?: readonly { MetricStat?: object }[];
  };
}

const EXAMPLE = fileURLToPath(new URL('../infra/deployment.example.json', import.meta.url));
/** Lambda's own, where a template says nothing. */
const DEFAULT_MEMORY_MB = 128;

export async function readDeployed(): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-templates-'));
  try {
    const app = new App({ outdir: join(folder, 'assembly') });
    const deployment = readDeployment(EXAMPLE);
    portalPin(
      app,
      deployment,
      await bundleFunctions({ outdir: join(folder, 'functions'), policyFile: deployment.policyFile }),
    );
    const resources = app.synth().stacks.flatMap(({ template }): Resource[] => Object.values(template.Resources));
    return deployedBy(resources);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function deployedBy(resources: readonly Resource[]): Deployed {
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const looksAt = ({ Metrics }: Resource['Properties']) =>
    Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  const memoryOf = ({ tasks }: Machine) => {
    const isTask = ({ FunctionName = '' }) => tasks.some(({ state }) => FunctionName.endsWith(`-${state}`));
    return Math.max(
      ...ofType('AWS::Lambda::Function')
        .filter(isTask)
        .map(({ MemorySize = DEFAULT_MEMORY_MB }) => MemorySize),
    );
  };
  return {
    keys: ofType('AWS::KMS::Key').length,
    machines: ofType('AWS::StepFunctions::StateMachine').length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    alarms: alarms.length,
    alarmMetrics: alarms.reduce((sum, alarm) => sum + looksAt(alarm), 0),
    memoryMb: memoryOf(REGENERATE_PIN),
    sweepMemoryMb: memoryOf(SWEEP_EXPIRING_PINS),
    // A log group that says nothing is kept for ever.
    logDays: Math.max(
      ...ofType('AWS::Logs::LogGroup')
        .filter(({ LogGroupName = '' }) => LogGroupName.startsWith('/aws/lambda/'))
        .map(({ RetentionInDays = Infinity }) => RetentionInDays),
    ),
    tracedShare: ofType('AWS::XRay::SamplingRule')[0]?.SamplingRule?.FixedRate ?? null,
    logsEvents: ofType('AWS::StepFunctions::StateMachine').some(
      ({ StateMachineName = '', LoggingConfiguration }) =>
        StateMachineName.endsWith(REGENERATE_PIN.name) && LoggingConfiguration?.Level === 'ALL',
    ),
  };
}
