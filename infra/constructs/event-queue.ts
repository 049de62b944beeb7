import { type Duration, Stack } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';

export interface EventQueueProps {
  queueName: string;
  deadLettersName: string;
  key: IKey;
  /** Before an event is handed over again; six times what its function may take, as Lambda asks for. */
  again: Duration;
  /** Then it is a dead letter. */
  deliveries: number;
}

/** Keeps what a rule of EventBridge brings until its function has taken it, encrypted, over TLS only. */
export class EventQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  /** What the function's role needs: Lambda empties the queue in the function's name. */
  readonly statements: PolicyStatement[];

  constructor(scope: Construct, id: string, { queueName, deadLettersName, key, again, deliveries }: EventQueueProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'Lost', { queueName: deadLettersName, key });
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.KMS,
      // By its ARN, so that CDK writes nothing into the key's policy: constructs/keys.ts lets EventBridge for this queue alone.
      encryptionMasterKey: Key.fromKeyArn(this, 'Key', key.keyArn),
      enforceSSL: true,
      visibilityTimeout: again,
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: deliveries },
    });
    const { queueArn } = this.queue;
    this.statements = [
      new PolicyStatement({
        sid: 'Events',
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [queueArn],
      }),
      new PolicyStatement({
        sid: 'EventsKey',
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: {
          StringEquals: {
            'kms:ViaService': `sqs.${Stack.of(this).region}.amazonaws.com`,
            'kms:EncryptionContext:aws:sqs:arn': queueArn,
          },
        },
      }),
    ];
  }

  /** Lets that rule, and no other, put events in. */
  takeFrom(rule: Rule): void {
    const { queueArn } = this.queue;
    rule.addTarget({ bind: () => ({ arn: queueArn }) });
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Rule',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    );
  }
}
