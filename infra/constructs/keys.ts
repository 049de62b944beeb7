import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { logDeliveryContext } from './machine-statements.ts';

/** The longest waiting period that KMS allows before it deletes a key: time to notice and cancel. */
const PENDING_WINDOW = Duration.days(30);

export interface DataKeyProps {
  alias: string;
  /** The log groups that it encrypts, and no other. */
  logGroupNames: string[];
  /** The topic that alarms and failed executions are told to. */
  topicName: string;
  /** The queue that EventBridge puts SES's events into. */
  emailEventsName: string;
}

/** Encrypts everything at rest: table, logs, history, secrets, notices. AWS services use it for named things only. */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, props: DataKeyProps) {
    super(scope, id, {
      alias: props.alias,
      description: 'Portal PIN: records, logs, execution history, secrets, notices',
      enableKeyRotation: true,
      pendingWindow: PENDING_WINDOW,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const stack = Stack.of(this);
    this.allow('LogGroups', new ServicePrincipal(`logs.${stack.region}.amazonaws.com`), {
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      // A literal `arn:…:log-group:<name>` for each: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      context: { 'aws:logs:arn': props.logGroupNames.map((name) => stack.formatArn(logGroup(name))) },
    });
    this.allow('LogDelivery', new ServicePrincipal('delivery.logs.amazonaws.com'), {
      actions: ['kms:Decrypt'],
      context: { SourceArn: logDeliveryContext(stack) },
    });
    // By topic, not by aws:SourceAccount: EventBridge brings no source to SNS, and a condition on it would lose every notice.
    const topicArn = stack.formatArn({ service: 'sns', resource: props.topicName });
    for (const [sid, service] of [
      ['Alarms', 'cloudwatch'],
      ['FailedExecutions', 'events'],
    ] as const) {
      this.allow(sid, new ServicePrincipal(`${service}.amazonaws.com`), {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        context: { 'aws:sns:topicArn': topicArn },
      });
    }
    this.allow('EmailEvents', new ServicePrincipal('events.amazonaws.com'), {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      context: { 'aws:sqs:arn': stack.formatArn({ service: 'sqs', resource: props.emailEventsName }) },
    });
  }

  private allow(
    sid: string,
    principal: ServicePrincipal,
    { actions, context }: { actions: string[]; context: Record<string, string | string[]> },
  ): void {
    const conditions = Object.entries(context).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [principal],
        actions,
        resources: ['*'],
        conditions: { StringEquals: Object.fromEntries(conditions) },
      }),
    );
  }
}

const logGroup = (resourceName: string) =>
  ({ service: 'logs', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }) as const;

/**
 * Computes the fingerprints of PINs (GenerateMac), so that a leaked table tells none. KMS rotates no HMAC key, and this
 * one must not change: every fingerprint made with it would match nothing any more.
 */
export class FingerprintKey extends Key {
  constructor(scope: Construct, id: string, { alias }: { alias: string }) {
    super(scope, id, {
      alias,
      description: 'Portal PIN: fingerprints of PINs (HMAC)',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      pendingWindow: PENDING_WINDOW,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}
