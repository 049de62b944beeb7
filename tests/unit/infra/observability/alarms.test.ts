import { describe, expect, it, vi } from 'vitest';
import type { FeedbackKind } from '../../../../functions/domain/email/email-event.ts';
import { ERROR_NAMES } from '../../../../functions/domain/errors.ts';
import { OUTCOMES } from '../../../../functions/domain/outcomes.ts';
import { METRICS } from '../../../../functions/runtime/metric-names.ts';
import { WEBHOOK_PROBLEMS } from '../../../../functions/runtime/webhook-problems.ts';
import { STEP_FAILED } from '../../../../infra/observability/metrics.ts';
import { FUNCTIONS } from '../../../../infra/tables/functions.ts';
import { runbookSections } from '../../../support/docs/runbook.ts';
import { propertiesOf, type Statement, synthesized, textOf } from '../../../support/infra/synthesized.ts';

interface Alarm {
  AlarmDescription: string;
  AlarmActions: unknown[];
  OKActions: unknown[];
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
  Metrics?: unknown;
  Threshold: number;
  ComparisonOperator: string;
  TreatMissingData: string;
  Period: number;
  EvaluationPeriods: number;
}

const { statelessTemplate: template } = synthesized({ alarmEmail: 'operator@example.com' });
const alarms = [...propertiesOf<Alarm>(template, 'AWS::CloudWatch::Alarm')].map(([id, alarm]) => ({ id, ...alarm }));
const only = (type: string): Record<string, unknown> => {
  const [first, ...others] = propertiesOf<Record<string, unknown>>(template, type).values();
  if (first === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return first;
};
const rules = propertiesOf<Record<string, unknown>>(template, 'AWS::Events::Rule');
const NOT_SENT: FeedbackKind = 'NOT_SENT';
const anchorOf = (text: string) => /docs\/runbook\.md#([a-z-]+)$/.exec(text)?.[1] ?? '';

describe('alarms', () => {
  it('there is one for each way in which a patient or the practice is harmed', () => {
    const metrics = new Set(alarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`));
    expect([...metrics].toSorted()).toEqual([
      'AWS/ApiGateway 5xx',
      'AWS/DynamoDB WriteThrottleEvents',
      'AWS/Events FailedInvocations',
      'AWS/Lambda Duration',
      'AWS/Lambda Errors',
      'AWS/Lambda Throttles',
      'AWS/SES Reputation.BounceRate',
      'AWS/SES Reputation.ComplaintRate',
      'AWS/SQS ApproximateAgeOfOldestMessage',
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      'AWS/Scheduler InvocationAttemptCount',
      'AWS/Scheduler InvocationDroppedCount',
      'AWS/States ExecutionThrottled',
      'AWS/States ExecutionsAborted',
      'AWS/States ExecutionsFailed',
      'AWS/States ExecutionsTimedOut',
      'PortalPin/portal-pin EmailFeedback',
      'PortalPin/portal-pin PickupLocked',
      'PortalPin/portal-pin StepFailed',
      'PortalPin/portal-pin UnresolvedSeconds',
    ]);
  });
  it.each(alarms)('$id names its harm, and a section of the runbook that helps', ({ AlarmDescription }) => {
    const [harm] = AlarmDescription.split(' What to do: ');
    expect(harm).toMatch(/^[A-Z].{30,}\.$/);
    const section = runbookSections.get(anchorOf(AlarmDescription));
    for (const part of ['Description', 'Harm', 'Investigation', 'Resolution'])
      expect(section).toContain(`**${part}.**`);
  });
  it.each(alarms)('$id tells the topic when it begins and when it ends', ({ AlarmActions, OKActions }) => {
    expect(AlarmActions.map(textOf)).toEqual([expect.stringMatching(/^\{AlarmTopic/)]);
    expect(OKActions).toEqual(AlarmActions);
  });
  it.each(alarms)('$id looks at one metric, over a time that CloudWatch can look back', (alarm) => {
    expect(alarm.Metrics).toBeUndefined();
    // A week for periods of an hour and more, a day for shorter ones.
    expect(alarm.Period * alarm.EvaluationPeriods).toBeLessThanOrEqual(alarm.Period >= 3600 ? 604_800 : 86_400);
  });
  it('every section of the runbook that an alarm could lead to has one', () => {
    const described = [...runbookSections].filter(([, text]) => text.includes('**Harm.**')).map(([anchor]) => anchor);
    expect(described.toSorted()).toEqual(
      [...new Set(alarms.map((each) => anchorOf(each.AlarmDescription)))].toSorted(),
    );
  });
  it('a case waits too long when it was looked at twice in vain', () => {
    const alarm = alarms.find(({ MetricName }) => MetricName === METRICS.unresolvedSeconds);
    // recheckDays of the example’s policy is 7.
    expect(alarm?.Threshold).toBe(14 * 24 * 60 * 60);
  });
  it('mails alarm where SES begins to review an account', () => {
    const threshold = (name: string) => alarms.find(({ MetricName }) => MetricName === name)?.Threshold;
    expect([threshold('Reputation.BounceRate'), threshold('Reputation.ComplaintRate')]).toEqual([0.05, 0.001]);
  });
  it('errors are watched by names that steps throw', () => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === STEP_FAILED.name)
      .flatMap((each) => each.Dimensions);
    expect(watched).toHaveLength(5);
    const known = [...ERROR_NAMES, ...Object.keys(WEBHOOK_PROBLEMS)];
    for (const dimension of watched) {
      expect(dimension?.Name).toBe(STEP_FAILED.dimension);
      expect(known).toContain(dimension?.Value);
    }
  });
  it('the sweep is missed where it did not begin for 26 hours: the longest day has 25', () => {
    const alarm = alarms.find(({ id }) => id.startsWith('SweepMissing'));
    expect(alarm).toMatchObject({
      Namespace: 'AWS/Scheduler',
      MetricName: 'InvocationAttemptCount',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      Period: 60 * 60,
      EvaluationPeriods: 26,
      TreatMissingData: 'breaching',
    });
    // A sweep by hand must not hide that the schedule is dead.
    expect(alarm?.Dimensions).toEqual([{ Name: 'ScheduleGroup', Value: 'portal-pin' }]);
  });
  it('events without a queue and notices without a recipient ring rule by rule', () => {
    const undelivered = alarms.filter(({ MetricName }) => MetricName === 'FailedInvocations');
    const names = undelivered.map(({ Dimensions }) => Dimensions?.map(({ Value }) => textOf(Value)));
    expect(names.flat().toSorted()).toEqual([...rules.keys()].map((id) => `{${id}}`).toSorted());
  });
  it('a mail that SES took and did not send rings at once, by the name that the function counts it by', () => {
    const alarm = alarms.find(({ MetricName }) => MetricName === METRICS.emailFeedback);
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1 });
    expect(alarm?.Dimensions).toContainEqual({ Name: METRICS.dimensions.feedback, Value: NOT_SENT });
    expect(alarm?.Dimensions).toContainEqual({ Name: METRICS.dimensions.service, Value: METRICS.service });
  });
  it('each queue of dead letters rings at its first', () => {
    const queues = alarms.filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible');
    expect(queues.map(({ Dimensions }) => textOf(Dimensions?.[0]?.Value))).toEqual([
      expect.stringMatching(/^\{LostSweepsQueue/),
      expect.stringMatching(/^\{LostLapsesQueue/),
      expect.stringMatching(/^\{EmailEventsLostQueue/),
    ]);
    expect(queues.map(({ Threshold }) => Threshold)).toEqual([1, 1, 1]);
  });
});

describe('what waits too long or crashes', () => {
  const of = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric);

  it('every queue rings by the age of its oldest message: an hour, and for dead letters three days before they are deleted', () => {
    const retention = propertiesOf<{ MessageRetentionPeriod?: number }>(template, 'AWS::SQS::Queue');
    const watched = of('ApproximateAgeOfOldestMessage').map(({ Dimensions, Threshold }) => {
      const id = /^\{(\w+)\.QueueName\}$/.exec(textOf(Dimensions?.[0]?.Value))?.[1] ?? '';
      return [id, Threshold] as const;
    });
    expect(watched.map(([id]) => id).toSorted()).toEqual([...retention.keys()].toSorted());
    for (const [id, threshold] of watched) {
      const kept = retention.get(id)?.MessageRetentionPeriod;
      expect(threshold).toBe(kept === undefined ? 3600 : kept - 3 * 86_400);
    }
  });
  it('every function that no state machine calls rings when it crashes', () => {
    const watched = of('Errors').map(({ Threshold, EvaluationPeriods, Dimensions }) => {
      expect([Threshold, EvaluationPeriods]).toEqual([1, 1]);
      return /^\{(\w+)Function[0-9A-F]{8}\}$/.exec(textOf(Dimensions?.[0]?.Value))?.[1];
    });
    const expected = FUNCTIONS.filter(({ caller }) => caller !== 'state machine').map(({ name }) => name);
    expect(watched).toEqual(expected);
  });
});

describe('failed steps', () => {
  it('are counted in every function’s log, by error', () => {
    const filters = [...propertiesOf<Record<string, unknown>>(template, 'AWS::Logs::MetricFilter').values()];
    expect(filters).toHaveLength(FUNCTIONS.length);
    for (const { FilterPattern, MetricTransformations } of filters) {
      expect(FilterPattern).toBe('{ $.message = "step failed" }');
      expect(MetricTransformations).toEqual([
        {
          MetricNamespace: 'PortalPin/portal-pin',
          MetricName: 'StepFailed',
          MetricValue: '1',
          Dimensions: [{ Key: 'error', Value: '$.error' }],
        },
      ]);
    }
  });
  it('are logged in the words that the filter looks for', async () => {
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const { logStep } = await import('../../../../functions/runtime/logger.ts');
    logStep('step failed', { error: 'EhrRejectedError', code: 'HTTP_403' });
    vi.restoreAllMocks();
    const logged = lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    expect(logged).toMatchObject([{ message: STEP_FAILED.message, error: 'EhrRejectedError' }]);
  });
});

describe('notices', () => {
  const [, rule = {}] = [...rules].find(([id]) => id.startsWith('ExecutionFailed')) ?? [];
  const [target] = rule.Targets as { Arn: unknown; InputTransformer: Record<string, unknown> }[];

  it('tell of every execution of this machine that came to no outcome', () => {
    const { source, detail, ...rest } = rule.EventPattern as Record<string, Record<string, unknown>>;
    expect([source, rest['detail-type']]).toEqual([['aws.states'], ['Step Functions Execution Status Change']]);
    expect(detail?.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
    expect(textOf(Object(detail?.stateMachineArn)[0])).toMatch(/:stateMachine:portal-pin-regenerate-pin$/);
    expect(textOf(target?.Arn)).toMatch(/^\{AlarmTopic/);
  });
  it('carry name, status, time and a link, and nothing of the execution', () => {
    const { InputPathsMap, InputTemplate } = target?.InputTransformer ?? {};
    expect(Object.values(Object(InputPathsMap)).toSorted()).toEqual([
      '$.detail.executionArn',
      '$.detail.name',
      '$.detail.status',
      '$.region',
      '$.time',
    ]);
    expect(String(InputTemplate)).not.toMatch(/input|output|cause|error/i);
    expect(runbookSections.has(anchorOf(JSON.parse(String(InputTemplate))))).toBe(true);
  });
});

describe('the notice of a key in danger', () => {
  const [, rule = {}] = [...rules].find(([id]) => id.startsWith('KeyInDanger')) ?? [];
  const [target] = Object(rule.Targets);

  it('is told of both keys, as soon as their deletion is scheduled or they are disabled', () => {
    const { source, detail, ...rest } = Object(rule.EventPattern);
    expect([source, rest['detail-type']]).toEqual([['aws.kms'], ['AWS API Call via CloudTrail']]);
    expect(detail.eventName).toEqual(['ScheduleKeyDeletion', 'DisableKey']);
    expect(detail.resources.ARN.map(textOf)).toEqual([
      expect.stringMatching(/FnGetAttDataKey/),
      expect.stringMatching(/FnGetAttFingerprintKey/),
    ]);
    expect(textOf(target?.Arn)).toMatch(/^\{AlarmTopic/);
  });
  it('leads to a section of the runbook', () => {
    expect(runbookSections.has(anchorOf(JSON.parse(String(target?.InputTransformer.InputTemplate))))).toBe(true);
  });
});

describe('the alarm topic', () => {
  const { PolicyDocument } = only('AWS::SNS::TopicPolicy') as { PolicyDocument: { Statement: Statement[] } };

  it('is encrypted by our key and tells the operator', () => {
    expect(textOf(only('AWS::SNS::Topic').KmsMasterKeyId)).toMatch(/DataKey/);
    expect(only('AWS::SNS::Subscription')).toMatchObject({ Protocol: 'email', Endpoint: 'operator@example.com' });
  });
  it('takes messages over TLS only, from CloudWatch of this account and from EventBridge', () => {
    const [deny, ...allow] = PolicyDocument.Statement;
    expect(deny).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(allow.map(({ Principal, Action }) => [Object(Principal).Service, Action])).toEqual([
      ['cloudwatch.amazonaws.com', 'sns:Publish'],
      // Without a condition: EventBridge’s documentation excludes one in a topic’s policy.
      ['events.amazonaws.com', 'sns:Publish'],
    ]);
    expect(Object.keys(allow[0]?.Condition?.StringEquals ?? {})).toEqual(['aws:SourceAccount']);
  });
});

describe('the dashboard', () => {
  const body = textOf(only('AWS::CloudWatch::Dashboard').DashboardBody);

  it.each([
    'Regenerated',
    'Outcomes by reason',
    'Failed steps by error',
    'Mails (whole account)',
    'From expiry to access',
    'Oldest unresolved case',
    'Sweeps',
    'Webhooks and other requests',
    'PINs by location',
    'What SES told of mails',
    'Links locked',
  ])('shows: %s', (title) => {
    expect(
      JSON.parse(body.replaceAll(/us-east-1/g, 'us-east-1')).widgets.map(
        (each: unknown) => Object(each).properties.title,
      ),
    ).toContain(title);
  });
  it('says what an outcome means, and where each case is to be seen', () => {
    for (const outcome of OUTCOMES) expect(body).toContain(`**${outcome}**`);
    expect(body).toContain('https://pins.example.com/console/');
  });
  it('asks for metrics by the names they are written by', () => {
    const { issued, pickedUp, registered, emailFeedback } = METRICS;
    for (const name of [METRICS.ended, METRICS.secondsToAccess, METRICS.unresolvedSeconds, STEP_FAILED.name]) {
      expect(body).toContain(name);
    }
    const { service, outcome, reason, location, feedback } = METRICS.dimensions;
    for (const name of [issued, pickedUp, registered]) {
      expect(body).toContain(`{\\"PortalPin/portal-pin\\",${service},${location}} MetricName=\\"${name}\\"`);
    }
    expect(body).toContain(`{\\"PortalPin/portal-pin\\",${service},${feedback}} MetricName=\\"${emailFeedback}\\"`);
    expect(body).toContain(`{\\"PortalPin/portal-pin\\",${service},${outcome},${reason}}`);
  });
});

describe('X-Ray', () => {
  it('records as many executions as the deployment says, of the workflow alone', () => {
    template.resourceCountIs('AWS::XRay::SamplingRule', 1);
    template.hasResourceProperties('AWS::XRay::SamplingRule', {
      SamplingRule: { FixedRate: 0.05, ReservoirSize: 0, ServiceName: 'portal-pin-regenerate-pin', ResourceARN: '*' },
    });
  });

  it('goes by its own rule where the deployment says nothing', () => {
    synthesized({ tracedShare: null }).statelessTemplate.resourceCountIs('AWS::XRay::SamplingRule', 0);
  });
});
