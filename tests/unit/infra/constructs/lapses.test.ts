/** What starts executions by itself: the API, the schedule, the stream, and the queues for what they give up. feedback.test.ts has SES. */
import { describe, expect, it } from 'vitest';
import { LAPSES } from '../../../../infra/constructs/lapses.ts';
import { removalRecord } from '../../../../local/dynamodb/dynamodb-stream.ts';
import { listOf, propertiesOf, type Statement, synthesized, textOf } from '../../../support/infra/synthesized.ts';

const { statelessTemplate: template } = synthesized();
const all = (type: string) => propertiesOf<Record<string, unknown>>(template, type);
const only = (type: string): Record<string, unknown> => {
  const [first, ...others] = all(type).values();
  if (first === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return first;
};
/** Logical ids that stand in a value. */
const idsIn = (value: unknown) =>
  [...JSON.stringify(value).matchAll(/"(?:Ref|Fn::GetAtt)":(?:\[)?"(\w+)"/g)].map(([, id]) => id);

describe('the API', () => {
  const stage = only('AWS::ApiGatewayV2::Stage');
  const routes = all('AWS::ApiGatewayV2::Route');

  it('is an HTTP API at its own address, with one stage and no CORS: no web page may ask it', () => {
    expect(only('AWS::ApiGatewayV2::Api')).toMatchObject({ Name: 'portal-pin', ProtocolType: 'HTTP' });
    expect(Object.keys(only('AWS::ApiGatewayV2::Api')).toSorted()).toEqual([
      'Description',
      'Name',
      'ProtocolType',
      'Tags',
    ]);
    expect(stage).toMatchObject({ StageName: '$default', AutoDeploy: true });
  });
  it('answers the EHR’s webhooks, patients, and the staff with their token; nothing else', () => {
    expect([...routes.values()].map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])).toEqual([
      ['POST /webhooks/ehr', 'NONE'],
      ['GET /pickup/{token}', 'NONE'],
      ['POST /pickup/{token}', 'NONE'],
      ['GET /api/{proxy+}', 'JWT'],
      ['POST /api/{proxy+}', 'JWT'],
    ]);
  });
  it('hands each request to its function in the format that the function reads', () => {
    for (const { RouteKey, Target } of routes.values()) {
      const [, path = ''] = /^\w+ \/(\w+)\//.exec(String(RouteKey)) ?? [];
      const name = { api: 'AdminApi', pickup: 'PickupPage', webhooks: 'EhrWebhook' }[path];
      const [id = ''] = idsIn(Target);
      const integration = all('AWS::ApiGatewayV2::Integration').get(id);
      expect(integration).toMatchObject({
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: 10_000,
      });
      expect(textOf(integration?.IntegrationUri)).toMatch(new RegExp(`^\\{${name}Function\\w+\\.Arn\\}$`));
    }
  });
  it('lets twice as many webhooks through as the policy has a minute, ten seconds’ worth at once, and few answers', () => {
    // webhooksPerMinute of the example’s policy is 600.
    expect(stage.RouteSettings).toEqual({
      'POST /webhooks/ehr': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 200 },
      'GET /pickup/{token}': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 200 },
      'POST /pickup/{token}': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
      'GET /api/{proxy+}': { ThrottlingRateLimit: 25, ThrottlingBurstLimit: 100 },
      'POST /api/{proxy+}': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 20 },
    });
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 });
    const { DependsOn } = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))[0] ?? {};
    expect(DependsOn).toEqual(expect.arrayContaining([...routes.keys()]));
  });
  it('notes of a request its route, and neither path nor address: a path holds the token of a link', () => {
    const { DestinationArn, Format } = Object(stage.AccessLogSettings);
    expect(textOf(DestinationArn)).toMatch(/:log-group:\/aws\/vendedlogs\/apis\/portal-pin:\*$/);
    expect(Object.values(JSON.parse(Format))).toEqual([
      '$context.requestTime',
      '$context.requestId',
      '$context.routeKey',
      '$context.status',
      '$context.responseLatency',
      '$context.integrationLatency',
      '$context.integrationStatus',
    ]);
  });
});

describe('the schedule', () => {
  const schedule = only('AWS::Scheduler::Schedule');
  const target = Object(schedule.Target);

  it('starts the sweep at the policy’s hour on the practice’s clock, to the minute', () => {
    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 5 * * ? *)',
      ScheduleExpressionTimezone: 'America/New_York',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(schedule.State ?? 'ENABLED').toBe('ENABLED');
    expect(textOf(target.Arn)).toMatch(/:stateMachine:portal-pin-sweep-expiring-pins$/);
    expect(JSON.parse(target.Input)).toEqual({ dryRun: false });
  });
  it('tries for four hours, then leaves a dead letter', () => {
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 4 * 60 * 60, MaximumRetryAttempts: 60 });
    expect(textOf(target.DeadLetterConfig.Arn)).toMatch(/^\{LostSweepsQueue/);
  });
  it('stands in the group that its role is lent to', () => {
    expect(schedule.GroupName).toBe(only('AWS::Scheduler::ScheduleGroup').Name);
  });
});

describe('the stream', () => {
  const mapping = all('AWS::Lambda::EventSourceMapping').get('Lapses') ?? {};

  it('brings what was deleted to PinLapsed, one batch of a shard at a time', () => {
    expect(textOf(mapping.FunctionName)).toMatch(/^\{PinLapsedFunction/);
    expect(textOf(mapping.EventSourceArn)).toMatch(/FnGetAttRecords.*StreamArn/);
    expect(mapping).toMatchObject({ BatchSize: 10, ParallelizationFactor: 1, StartingPosition: 'TRIM_HORIZON' });
  });
  it('tries each failed record again, alone, five times, then leaves a dead letter', () => {
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
    });
    expect(textOf(Object(mapping.DestinationConfig).OnFailure.Destination)).toMatch(/^\{LostLapsesQueue/);
  });

  const item = { pk: { S: 'PATIENT#demo-001' }, sk: { S: 'PIN' }, document: { S: 'd-1' } };
  const removed = removalRecord(
    'arn:aws:dynamodb:us-east-1:123456789012:table/portal-pin',
    { pk: item.pk, sk: item.sk },
    item,
    1,
    0,
  );
  const ofKind = (sk: string) => ({
    ...removed,
    dynamodb: { ...removed.dynamodb, Keys: { pk: item.pk, sk: { S: sk } } },
  });
  it.each([
    ['a PIN that TTL deleted', removed, true],
    ['a PIN that we deleted', { ...removed, userIdentity: undefined }, false],
    ['a PIN deleted by a person', { ...removed, userIdentity: { type: 'Root', principalId: '123456789012' } }, false],
    ['a PIN that was written', { ...removed, eventName: 'MODIFY' }, false],
    ['another item of a patient', ofKind('ACCOUNT'), false],
    ['a reservation', ofKind('FINGERPRINT'), false],
  ])('filters %s', (_what, record, passes) => {
    const [filter] = Object(mapping.FilterCriteria).Filters;
    expect(JSON.parse(filter.Pattern)).toEqual(LAPSES);
    expect(matches(LAPSES, record)).toBe(passes);
  });
});

/** As Lambda filters: a list names the values that pass. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(value);
  return Object.entries(Object(pattern)).every(([key, inner]) => matches(inner, Object(value)[key]));
}

describe('the dead letters', () => {
  const queues = [...all('AWS::SQS::Queue')].filter(([, { QueueName }]) => String(QueueName).includes('-lost-'));
  const isOfDeadLetters = ({ Queues }: Record<string, unknown>) => queues.some(([id]) => idsIn(Queues).includes(id));
  const policies = [...all('AWS::SQS::QueuePolicy').values()].filter(isOfDeadLetters);

  it.each(queues)('%s are encrypted by our key and kept for two weeks', (_id, queue) => {
    expect(textOf(queue.KmsMasterKeyId)).toMatch(/DataKey/);
    expect(queue.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  });
  it('there are three, for sweeps, lapses and what SES tells', () => {
    expect(queues.map(([, { QueueName }]) => QueueName).toSorted()).toEqual([
      'portal-pin-lost-email-events',
      'portal-pin-lost-lapses',
      'portal-pin-lost-sweeps',
    ]);
  });
  it('each is reached over TLS alone, and its policy grants no access', () => {
    expect(policies).toHaveLength(queues.length);
    for (const { PolicyDocument } of policies) {
      const statements = Object(PolicyDocument).Statement as Statement[];
      expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny']);
      expect(statements[0]).toMatchObject({
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(listOf(statements[0]?.Action ?? [])).toEqual(['sqs:*']);
    }
  });
});
