import { describe, expect, it } from 'vitest';
import { atRest } from '../../../bench/at-rest.ts';
import { deployedBy } from '../../../bench/deployed.ts';

const TEMPLATE = [
  { Type: 'AWS::KMS::Key', Properties: {} },
  { Type: 'AWS::KMS::Key', Properties: {} },
  { Type: 'AWS::SecretsManager::Secret', Properties: {} },
  { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
  { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
  { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [{ MetricStat: {} }, { MetricStat: {} }, {}] } },
  {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { StateMachineName: 'practice-regenerate-pin', LoggingConfiguration: { Level: 'ALL' } },
  },
  { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'practice-VerifyEmail', MemorySize: 512 } },
  { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'practice-CheckExpiry' } },
  { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'practice-SweepMinute' } },
  { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'practice-EhrWebhook', MemorySize: 1024 } },
  {
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: '/aws/lambda/practice-VerifyEmail', RetentionInDays: 30 },
  },
  { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/vendedlogs/states/x', RetentionInDays: 365 } },
];

describe('what is deployed', () => {
  it('is counted in the templates; an alarm on a calculation counts each of its metrics', () => {
    expect(deployedBy(TEMPLATE)).toEqual({
      keys: 2,
      machines: 1,
      secrets: 1,
      dashboards: 1,
      alarms: 2,
      alarmMetrics: 3,
      memoryMb: 512,
      sweepMemoryMb: 128,
      logDays: 30,
      logsEvents: true,
      tracedShare: null,
    });
    const rule = { Type: 'AWS::XRay::SamplingRule', Properties: { SamplingRule: { FixedRate: 0.1 } } };
    expect(deployedBy([...TEMPLATE, rule]).tracedShare).toBe(0.1);
  });

  it('keeps a log for ever that says nothing', () => {
    expect(
      deployedBy([...TEMPLATE, { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/x' } }]).logDays,
    ).toBe(Number.POSITIVE_INFINITY);
  });

  it('costs a dollar a key, 40 cents a secret, three dollars a dashboard and ten cents a metric looked at', () => {
    const costs = atRest(deployedBy(TEMPLATE)).map(({ usd }) => Number(usd.toFixed(2)));
    expect(costs).toEqual(expect.arrayContaining([2, 0.4, 3, 0.3]));
  });
});
