/** What a function may do, by name: exact actions on exact resources. There is no other grant in the app's functions. */
import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

export type Permission =
  | `records:${'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem'}`
  | 'fingerprint'
  | 'ehr'
  | 'mail';

export interface PermittedResources {
  table: Pick<Table, 'tableArn' | 'tableName'>;
  dataKey: IKey;
  fingerprintKey: IKey;
  ehrKeySecretArn: string;
  configurationSetName: string;
  /** Address that mails come from. */
  sender: string;
}

/** The statements for some permissions, in the order of their ids. */
export function statementsFor(
  stack: Stack,
  permissions: readonly Permission[],
  resources: PermittedResources,
): PolicyStatement[] {
  const records = permissions
    .filter((each) => each.startsWith('records:'))
    .map((each) => each.slice('records:'.length));
  return [
    ...(records.length > 0 ? recordStatements(stack, records, resources) : []),
    ...(permissions.includes('fingerprint') ? [fingerprintStatement(resources)] : []),
    ...(permissions.includes('ehr') ? ehrStatements(stack, resources) : []),
    ...(permissions.includes('mail') ? [mailStatement(stack, resources)] : []),
  ];
}

function recordStatements(
  stack: Stack,
  operations: string[],
  { table, dataKey }: PermittedResources,
): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Records',
      actions: operations.map((each) => `dynamodb:${each}`),
      resources: [table.tableArn],
    }),
    // DynamoDB opens the table's key in the caller's name; nothing else of the data key is opened by it.
    decryptStatement('RecordsKey', dataKey, {
      'kms:ViaService': `dynamodb.${stack.region}.amazonaws.com`,
      'kms:EncryptionContext:aws:dynamodb:subscriberId': stack.account,
      'kms:EncryptionContext:aws:dynamodb:tableName': table.tableName,
    }),
  ];
}

function fingerprintStatement({ fingerprintKey }: PermittedResources): PolicyStatement {
  return new PolicyStatement({
    sid: 'Fingerprint',
    actions: ['kms:GenerateMac'],
    resources: [fingerprintKey.keyArn],
    conditions: { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } },
  });
}

function ehrStatements(stack: Stack, { ehrKeySecretArn, dataKey }: PermittedResources): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'EhrKey', actions: ['secretsmanager:GetSecretValue'], resources: [ehrKeySecretArn] }),
    decryptStatement('EhrKeyKey', dataKey, {
      'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com`,
      'kms:EncryptionContext:SecretARN': ehrKeySecretArn,
    }),
  ];
}

/** From one address, through one configuration set: a stolen role cannot send as somebody else or without TLS. */
function mailStatement(stack: Stack, { sender, configurationSetName }: PermittedResources): PolicyStatement {
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ses', resource, resourceName });
  return new PolicyStatement({
    sid: 'Mail',
    actions: ['ses:SendEmail'],
    resources: [arn('identity', domain), arn('configuration-set', configurationSetName)],
    conditions: { StringEquals: { 'ses:FromAddress': sender } },
  });
}

function decryptStatement(sid: string, key: IKey, context: Record<string, string>): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { StringEquals: context },
  });
}
