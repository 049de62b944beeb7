import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { traceStatement } from './workflow-function.ts';

/** What a state machine may do: call its functions, open its own history, and have its log and traces written. */
export function machineStatements(
  stack: Stack,
  stateMachineArn: string,
  { functions, key }: { functions: ReadonlyMap<string, IFunction>; key: IKey },
): PolicyStatement[] {
  return [
    // Plain ARNs: versions and aliases are not called.
    new PolicyStatement({
      sid: 'Steps',
      actions: ['lambda:InvokeFunction'],
      resources: [...functions.values()].map(({ functionArn }) => functionArn),
    }),
    new PolicyStatement({
      sid: 'History',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn } },
    }),
    new PolicyStatement({
      sid: 'LogOnItsWay',
      actions: ['kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:SourceArn': logDeliveryContext(stack) } },
    }),
    traceStatement(),
    new PolicyStatement({
      sid: 'TraceSampling',
      actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: ['*'],
    }),
    // Step Functions sets up its log's delivery in the role's name; none of these actions knows a resource.
    // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    new PolicyStatement({
      sid: 'LogDelivery',
      actions: [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    }),
  ];
}

/**
 * The encryption context of log lines between Step Functions and the log group; its last part is a literal asterisk.
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
export function logDeliveryContext(stack: Stack): string {
  return Arn.format({ service: 'logs', resource: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack);
}
