/** Where people are told: one encrypted topic, for alarms, for each execution that failed and for a key in danger. */
import { Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface AlarmTopicProps {
  topicName: string;
  key: IKey;
  /** The subscriber's address, confirmed by a mail from AWS; null: none. */
  email: string | null;
}

export function alarmTopic(scope: Construct, { topicName, key, email }: AlarmTopicProps): Topic {
  // By its ARN: CDK would let EventBridge use the key for anything (constructs/keys.ts lets it for this topic).
  const masterKey = Key.fromKeyArn(scope, 'AlarmTopicKey', key.keyArn);
  const topic = new Topic(scope, 'AlarmTopic', { topicName, masterKey, enforceSSL: true });
  const stack = Stack.of(scope);
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  if (email !== null) topic.addSubscription(new EmailSubscription(email));
  return topic;
}

/** An event's own words about the patient's data: EventBridge would carry input, output and cause as well. */
const NOTICE = [
  `Portal PIN: execution ${EventField.fromPath('$.detail.name')} ${EventField.fromPath('$.detail.status')}`,
  `at ${EventField.fromPath('$.time')}.`,
  `https://${EventField.fromPath('$.region')}.console.aws.amazon.com/states/home?region=${EventField.fromPath('$.region')}#/v2/executions/details/${EventField.fromPath('$.detail.executionArn')}`,
  'What to do: docs/runbook.md#executions-fail',
].join(' ');

/** Tells the topic of each execution that did not come to an outcome: its opaque name, how it ended, when, and a link. */
export function noticesOfFailedExecutions(scope: Construct, stateMachineArn: string[], topic: Topic): Rule {
  return new Rule(scope, 'ExecutionFailed', {
    description: 'Executions that failed, ran out of time or were stopped',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn, status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    // Without a condition: EventBridge brings none along to SNS (see constructs/keys.ts).
    targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(NOTICE) })],
  });
}

const KEY_NOTICE = [
  `Portal PIN: ${EventField.fromPath('$.detail.eventName')} was asked for key ${EventField.fromPath('$.detail.requestParameters.keyId')}`,
  `at ${EventField.fromPath('$.time')}.`,
  'Without it the records cannot be read. What to do at once: docs/runbook.md#a-key-is-about-to-be-deleted',
].join(' ');

/**
 * Tells the topic that a key is to be deleted or was disabled. It needs a trail of CloudTrail that logs management events.
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html
 */
export function noticesOfKeysInDanger(scope: Construct, keyArns: string[], topic: Topic): Rule {
  return new Rule(scope, 'KeyInDanger', {
    description: 'Keys that are to be deleted, or were disabled',
    eventPattern: {
      source: ['aws.kms'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['kms.amazonaws.com'],
        eventName: ['ScheduleKeyDeletion', 'DisableKey'],
        resources: { ARN: keyArns },
      },
    },
    targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(KEY_NOTICE) })],
  });
}
