/** What SES tells of our mails, on its way to the function: configuration set, rule, queue, mapping, dead letters. */
import { describe, expect, it } from 'vitest';
import { sesEvent } from '../../../../functions/domain/email/email-event.ts';
import { REDELIVERY } from '../../../../infra/constructs/email-events.ts';
import { FUNCTIONS } from '../../../../infra/tables/functions.ts';
import { eventOf } from '../../../../local/ses/ses-events.ts';
import { mailOf } from '../../../support/harness/mail-of.ts';
import { SES_FIXTURES, sesFixture } from '../../../support/harness/ses-fixtures.ts';
import { listOf, propertiesOf, type Statement, synthesized, textOf } from '../../../support/infra/synthesized.ts';

const { statelessTemplate: template, statefulTemplate } = synthesized();
const found = <T = Record<string, unknown>>(type: string, id: string): [string, T] => {
  const resource = [...propertiesOf<T>(template, type)].find(([each]) => each.startsWith(id));
  if (resource === undefined) throw new Error(`no ${type} ${id}`);
  return resource;
};
const [ruleId, rule] = found('AWS::Events::Rule', 'EmailEventsRule');
const [queueId, queue] = found('AWS::SQS::Queue', 'EmailEventsQueue');
const [lostId] = found('AWS::SQS::Queue', 'EmailEventsLostQueue');
const [, mapping] = found('AWS::Lambda::EventSourceMapping', 'EmailEventsMapping');
const [, configurationSet] = found('AWS::SES::ConfigurationSet', 'Mail');

/** The rule's pattern, its configuration set by name. */
const pattern: unknown = JSON.parse(
  JSON.stringify(rule.EventPattern).replaceAll(/\{"Ref":"Mail\w*"\}/g, JSON.stringify(configurationSet.Name)),
);

/** As EventBridge matches: a list names the values that pass, and of a list one must. */
function matches(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(wanted)) return [value].flat().some((each) => wanted.includes(each));
  return Object.entries(Object(wanted)).every(([key, inner]) => matches(inner, Object(value)[key]));
}

/** The fixture as this deployment's configuration set would publish it. */
function published(name: string, set: unknown = configurationSet.Name) {
  const { detail, ...envelope } = sesFixture(name);
  return { ...envelope, detail: { ...detail, mail: { ...detail.mail, tags: { 'ses:configuration-set': [set] } } } };
}

describe('the rule', () => {
  const TAKEN = /^(bounce|complaint|delivery$|reject|rendering-failure)/;

  it('listens to SES on the default bus, the only one that SES publishes to', () => {
    expect(rule.EventBusName ?? 'default').toBe('default');
    expect(rule.State ?? 'ENABLED').toBe('ENABLED');
    const [, { EventDestination }] = found<{ EventDestination: unknown }>(
      'AWS::SES::ConfigurationSetEventDestination',
      '',
    );
    expect(Object(EventDestination).MatchingEventTypes).toEqual([
      'delivery',
      'bounce',
      'complaint',
      'reject',
      'renderingFailure',
    ]);
  });
  it.each(SES_FIXTURES)('of the documented events: %s', (name) => {
    expect(matches(pattern, published(name))).toBe(TAKEN.test(name));
  });
  it('passes over the mails of other configuration sets, and what is none of SES’s', () => {
    expect(matches(pattern, published('bounce-permanent', 'newsletter'))).toBe(false);
    expect(matches(pattern, { ...published('bounce-permanent'), source: 'aws.states' })).toBe(false);
    expect(matches(pattern, { ...published('bounce-permanent'), detail: {} })).toBe(false);
  });
  it('takes what the mailbox of this machine tells, as the function does', () => {
    const configured = { configurationSet: String(configurationSet.Name) };
    const event = eventOf(mailOf(['bounce@simulator.amazonses.com'], configured), 'Bounce');
    expect(matches(pattern, event)).toBe(true);
    expect(sesEvent.safeParse(event).success).toBe(true);
  });
  it('brings each event as it is to the queue, and by no role', () => {
    const [target, ...others] = rule.Targets as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(Object.keys(target ?? {}).toSorted()).toEqual(['Arn', 'Id']);
    expect(textOf(target?.Arn)).toBe(`{${queueId}.Arn}`);
  });
});

describe('the queue', () => {
  const [, { PolicyDocument }] = found<{ PolicyDocument: { Statement: Statement[] } }>(
    'AWS::SQS::QueuePolicy',
    'EmailEventsQueue',
  );

  it('is encrypted by our key, which EventBridge may use for this queue alone', () => {
    expect(queue.QueueName).toBe('portal-pin-email-events');
    expect(textOf(queue.KmsMasterKeyId)).toMatch(/DataKey/);
    const keys = propertiesOf<{ KeyPolicy: { Statement: Statement[] } }>(statefulTemplate, 'AWS::KMS::Key');
    const ofEvents = [...keys.values()]
      .flatMap(({ KeyPolicy }) => KeyPolicy.Statement)
      .filter(({ Sid }) => Sid === 'EmailEvents');
    expect(ofEvents.map(({ Principal, Action }) => [Object(Principal).Service, listOf(Action)])).toEqual([
      ['events.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ]);
    const context = ofEvents[0]?.Condition?.StringEquals?.['kms:EncryptionContext:aws:sqs:arn'];
    expect(textOf(context)).toMatch(/:sqs:us-east-1:111122223333:portal-pin-email-events$/);
  });
  it('takes messages over TLS only, from this rule only', () => {
    const [deny, allow, ...others] = PolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(allow).toMatchObject({ Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' } });
    expect(textOf(allow?.Condition?.ArnEquals?.['aws:SourceArn'])).toBe(`{${ruleId}.Arn}`);
  });
  it('hands over again after six times what the function may take, for eight hours, then leaves a dead letter', () => {
    const timeout = FUNCTIONS.find(({ name }) => name === 'EmailFeedback')?.timeout ?? 0;
    expect(queue.VisibilityTimeout).toBe(6 * timeout);
    const { deadLetterTargetArn, maxReceiveCount } = Object(queue.RedrivePolicy);
    expect(textOf(deadLetterTargetArn)).toBe(`{${lostId}.Arn}`);
    expect(maxReceiveCount * Number(queue.VisibilityTimeout)).toBe(8 * 60 * 60);
    // Four days where nothing is said: nothing is forgotten before it is a dead letter.
    expect(queue.MessageRetentionPeriod ?? 4 * 24 * 60 * 60).toBeGreaterThan(8 * 60 * 60);
    expect(REDELIVERY.deliveries).toBe(maxReceiveCount);
  });
  it('is emptied by EmailFeedback, a few at a time, which says which of them it did not take', () => {
    expect(textOf(mapping.FunctionName)).toMatch(/^\{EmailFeedbackFunction/);
    expect(textOf(mapping.EventSourceArn)).toBe(`{${queueId}.Arn}`);
    expect(mapping).toMatchObject({
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});
