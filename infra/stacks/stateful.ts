/** What must not get lost: records, keys, the EHR key, logs, user accounts. Deleting the stack leaves all of it in the account. */
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  DUE_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
  WORK_INDEX,
} from '../../functions/adapters/dynamodb/table.ts';
import { ApiDomain } from '../constructs/api-domain.ts';
import { DataKey, FingerprintKey } from '../constructs/keys.ts';
import { SendingDomain } from '../constructs/sending-domain.ts';
import { StaffPool } from '../constructs/staff-pool.ts';
import type { Deployment } from '../deployment.ts';
import type { Names } from '../names.ts';
import { FUNCTIONS } from '../tables/functions.ts';
import { MACHINES } from '../tables/machines.ts';

/** Audit: each step with time, patient id and decision. HIPAA keeps such records six years (45 CFR 164.316(b)(2)(i)). */
const FUNCTION_LOG_RETENTION = RetentionDays.SIX_YEARS;
/** Operation: a year, so that this spring's question can be asked of the last. */
const OPERATION_LOG_RETENTION = RetentionDays.ONE_YEAR;

export interface StatefulStackProps extends StackProps {
  names: Names;
  email: Deployment['email'];
  api: Deployment['api'];
}

export class StatefulStack extends Stack {
  readonly dataKey: IKey;
  readonly fingerprintKey: IKey;
  readonly table: Table;
  readonly tableStreamArn: string;
  readonly ehrKeySecretArn: string;
  readonly ehrWebhookSecretArn: string;
  readonly staff: StaffPool;

  constructor(scope: Construct, id: string, { names, email, api, ...props }: StatefulStackProps) {
    super(scope, id, props);
    this.dataKey = new DataKey(this, 'DataKey', {
      alias: names.dataKeyAlias,
      logGroupNames: [
        ...FUNCTIONS.map(({ name }) => names.logsOf(name)),
        ...MACHINES.map(({ name }) => names.machineLogsOf(name)),
        names.apiLogs,
      ],
      topicName: names.alarmTopic,
      emailEventsName: names.emailEvents,
    });
    this.fingerprintKey = new FingerprintKey(this, 'FingerprintKey', { alias: names.fingerprintKeyAlias });
    this.table = this.recordsTable(names.table);
    this.tableStreamArn = streamArnOf(this.table);
    this.ehrKeySecretArn = this.secretArn(
      'EhrKey',
      names.ehrKeySecret,
      'JWK Set with the private keys that Portal PIN signs its assertions to the EHR with',
    );
    this.ehrWebhookSecretArn = this.secretArn(
      'EhrWebhooks',
      names.ehrWebhookSecret,
      'Secrets of Standard Webhooks that the EHR signs its webhooks with',
    );
    for (const { name } of FUNCTIONS) this.log(`${name}Log`, names.logsOf(name), FUNCTION_LOG_RETENTION);
    for (const { name, id: machineId } of MACHINES)
      this.log(`${machineId}Log`, names.machineLogsOf(name), OPERATION_LOG_RETENTION);
    this.log('ApiLog', names.apiLogs, OPERATION_LOG_RETENTION);

    if (api !== null) new ApiDomain(this, 'ApiDomain', api);
    if (email.dedicated) new SendingDomain(this, 'SendingDomain', email.identity);
    this.staff = new StaffPool(this, 'Staff', { userPoolName: names.userPool });

    new CfnOutput(this, 'TableName', { value: this.table.tableName });
    new CfnOutput(this, 'EhrKeySecretArn', { value: this.ehrKeySecretArn, description: 'Put the JWK Set in here' });
    new CfnOutput(this, 'EhrWebhookSecretArn', { value: this.ehrWebhookSecretArn });
    new CfnOutput(this, 'FingerprintKeyArn', { value: this.fingerprintKey.keyArn });
    new CfnOutput(this, 'StaffUserPoolId', { value: this.staff.userPoolId, description: 'Put people in here' });
  }

  private recordsTable(tableName: string): Table {
    const table = new Table(this, 'Records', {
      tableName,
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // A PIN that lapsed is gone when the stream tells of it: what it was is in the old image alone.
      stream: StreamViewType.OLD_IMAGE,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.dataKey,
      // The longest there is.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX.name,
      partitionKey: { name: DUE_INDEX.partitionKey, type: AttributeType.STRING },
      sortKey: { name: DUE_INDEX.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    table.addGlobalSecondaryIndex({
      indexName: WORK_INDEX.name,
      partitionKey: { name: WORK_INDEX.partitionKey, type: AttributeType.STRING },
      sortKey: { name: WORK_INDEX.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...WORK_INDEX.projected],
    });
    return table;
  }

  /**
   * Made without a value, so that no deployment ever writes one: an engineer puts it in, and no update takes it away.
   * Until then every step that needs it ends in a ConfigurationError (docs/runbook.md).
   */
  private secretArn(id: string, name: string, description: string): string {
    const secret = new CfnSecret(this, id, { name, description, kmsKeyId: this.dataKey.keyArn });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    // Its Id is its ARN, as its Ref is on AWS; MiniStack (tests/deploy) answers a Ref with the name.
    return secret.attrId;
  }

  /** The other stack finds it by its name (constructs/kept-logs.ts). */
  private log(id: string, logGroupName: string, retention: RetentionDays): void {
    new LogGroup(this, id, {
      logGroupName,
      retention,
      encryptionKey: this.dataKey,
      deletionProtectionEnabled: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

function streamArnOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('the table has no stream');
  return tableStreamArn;
}
