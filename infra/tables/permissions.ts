/** What a function may do, by name: exact actions on exact resources. There is no other grant in the app's functions. */
import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CASE_PARTITIONS,
  DISCOVERIES_PARTITION,
  DUE_INDEX,
  WORK_INDEX,
} from '../../functions/adapters/dynamodb/table.ts';
import { executionArnsOf, stateMachineArnOf } from '../arns.ts';
import type { DeadLetters } from '../constructs/dead-letters.ts';
import type { EventQueue } from '../constructs/event-queue.ts';

export type Permission =
  | `records:${'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem'}`
  | 'due-index'
  | 'case-partitions'
  | 'discoveries'
  | 'work-index'
  | 'stream'
  | 'email-events'
  | 'executions'
  | 'sweep'
  | 'histories'
  | 'fingerprint'
  | 'ehr'
  | 'webhook-secret'
  | 'mail';

export interface PermittedResources {
  table: Pick<Table, 'tableArn'>;
  tableName: string;
  tableStreamArn: string;
  /** Where Lambda leaves, in the function's name, what it gave up of the stream. */
  lostLapses: DeadLetters;
  emailEvents: EventQueue;
  /** The regenerate-pin state machine, the only one that triggers start. */
  stateMachineName: string;
  /** Of sweep-expiring-pins. */
  sweepMachineName: string;
  /** Of all of them. */
  stateMachineNames: readonly string[];
  dataKey: IKey;
  fingerprintKey: IKey;
  ehrKeySecretArn: string;
  ehrWebhookSecretArn: string;
  configurationSetName: string;
  /** Address that mails come from. */
  sender: string;
  /** The identity verified in SES that it belongs to: the address, its domain or a parent domain. */
  senderIdentity: string;
}

/** The statements for some permissions, in the order of their ids. */
export function statementsFor(
  stack: Stack,
  permissions: readonly Permission[],
  resources: PermittedResources,
): PolicyStatement[] {
  const { ehrKeySecretArn, ehrWebhookSecretArn } = resources;
  const records = permissions
    .filter((each) => each.startsWith('records:'))
    .map((each) => each.slice('records:'.length));
  const given = (permission: Permission, statements: () => PolicyStatement[]) =>
    permissions.includes(permission) ? statements() : [];
  return [
    ...(records.length > 0 ? recordStatements(stack, records, resources) : []),
    ...given('due-index', () => [indexStatement('DueIndex', DUE_INDEX.name, resources)]),
    ...given('work-index', () => [indexStatement('WorkIndex', WORK_INDEX.name, resources)]),
    ...given('case-partitions', () => [casePartitionsStatement(resources)]),
    ...given('discoveries', () => [discoveriesStatement(resources)]),
    ...given('stream', () => streamStatements(stack, resources)),
    ...given('email-events', () => resources.emailEvents.statements),
    ...given('executions', () => executionStatements(stack, '', resources.stateMachineName)),
    ...given('sweep', () => executionStatements(stack, 'Sweep', resources.sweepMachineName)),
    ...given('histories', () => historyStatements(stack, resources)),
    ...given('fingerprint', () => [fingerprintStatement(resources)]),
    ...given('ehr', () => secretStatements(stack, 'EhrKey', ehrKeySecretArn, resources)),
    ...given('webhook-secret', () => secretStatements(stack, 'EhrWebhooks', ehrWebhookSecretArn, resources)),
    ...given('mail', () => [mailStatement(stack, resources)]),
  ];
}

function recordStatements(
  stack: Stack,
  operations: string[],
  { table, tableName, dataKey }: PermittedResources,
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
      'kms:EncryptionContext:aws:dynamodb:tableName': tableName,
    }),
  ];
}

/** The index alone: no access to a patient's partition, and no Scan. */
function indexStatement(sid: string, index: string, { table }: PermittedResources): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ['dynamodb:Query'],
    resources: [`${table.tableArn}/index/${index}`],
  });
}

/** What was decided about a patient or the practice, and what a day's sweeps did; no webhooks, mails or fingerprints. */
function casePartitionsStatement({ table }: PermittedResources): PolicyStatement {
  return new PolicyStatement({
    sid: 'CasePartitions',
    actions: ['dynamodb:Query'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': CASE_PARTITIONS } },
  });
}

/** Which reading of the chart was the last one; no patient's partition. */
function discoveriesStatement({ table }: PermittedResources): PolicyStatement {
  return new PolicyStatement({
    sid: 'Discoveries',
    actions: ['dynamodb:Query'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [DISCOVERIES_PARTITION] } },
  });
}

/** Lambda reads the stream in the function's name; the table's key is opened by the statement for records. */
function streamStatements(
  stack: Stack,
  { tableName, tableStreamArn, lostLapses }: PermittedResources,
): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Stream',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [tableStreamArn],
    }),
    // It lists ARNs, and knows no single stream.
    new PolicyStatement({
      sid: 'Streams',
      actions: ['dynamodb:ListStreams'],
      resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: `${tableName}/stream/*` })],
    }),
    ...lostLapses.statements,
  ];
}

/** Starts a machine and asks how an execution of it stands; its input and output are not asked for, nor is their key. */
function executionStatements(stack: Stack, prefix: '' | 'Sweep', stateMachineName: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: `${prefix}Start`,
      actions: ['states:StartExecution'],
      resources: [stateMachineArnOf(stack, stateMachineName)],
    }),
    new PolicyStatement({
      sid: `${prefix}Executions`,
      actions: ['states:DescribeExecution'],
      resources: [executionArnsOf(stack, stateMachineName)],
    }),
  ];
}

/** Reads what executions did, with their state data, for which Step Functions opens the key in the reader's name. */
function historyStatements(stack: Stack, { stateMachineNames, dataKey }: PermittedResources): PolicyStatement[] {
  const machines = stateMachineNames.map((name) => stateMachineArnOf(stack, name));
  return [
    new PolicyStatement({
      sid: 'Machines',
      actions: ['states:ListExecutions', 'states:DescribeStateMachine'],
      resources: machines,
    }),
    new PolicyStatement({
      sid: 'Histories',
      actions: ['states:DescribeExecution', 'states:DescribeStateMachineForExecution', 'states:GetExecutionHistory'],
      resources: stateMachineNames.map((name) => executionArnsOf(stack, name)),
    }),
    new PolicyStatement({
      sid: 'HistoriesKey',
      actions: ['kms:Decrypt'],
      resources: [dataKey.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': machines } },
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

function secretStatements(
  stack: Stack,
  sid: string,
  secretArn: string,
  { dataKey }: PermittedResources,
): PolicyStatement[] {
  return [
    new PolicyStatement({ sid, actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }),
    decryptStatement(`${sid}Key`, dataKey, {
      'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com`,
      'kms:EncryptionContext:SecretARN': secretArn,
    }),
  ];
}

/**
 * From one address, and through no other configuration set: a stolen role cannot send as another sender. That it uses ours, which
 * demands TLS, is no condition that IAM knows (docs/security.md).
 */
function mailStatement(
  stack: Stack,
  { sender, senderIdentity, configurationSetName }: PermittedResources,
): PolicyStatement {
  // Where the address itself is verified as well, SES asks about the address.
  const identities = [...new Set([sender, senderIdentity])];
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ses', resource, resourceName });
  return new PolicyStatement({
    sid: 'Mail',
    actions: ['ses:SendEmail'],
    resources: [
      ...identities.map((identity) => arn('identity', identity)),
      arn('configuration-set', configurationSetName),
    ],
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
