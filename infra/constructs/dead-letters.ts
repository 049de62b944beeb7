import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeadLettersProps {
  queueName: string;
  key: IKey;
}

/** A queue for what a service gave up on, encrypted, over TLS only. Each writer uses a role. */
export class DeadLetters extends Construct {
  readonly queue: Queue;
  /** What that role needs. */
  readonly statements: PolicyStatement[];

  constructor(scope: Construct, id: string, { queueName, key }: DeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.KMS,
      // By its ARN, so that CDK writes nothing into the key's policy: the role's permission is enough.
      encryptionMasterKey: Key.fromKeyArn(this, 'Key', key.keyArn),
      enforceSSL: true,
      // The longest there is.
      retentionPeriod: Duration.days(14),
    });
    const { queueArn } = this.queue;
    this.statements = [
      new PolicyStatement({ sid: 'DeadLetters', actions: ['sqs:SendMessage'], resources: [queueArn] }),
      new PolicyStatement({
        sid: 'DeadLettersKey',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
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
}
