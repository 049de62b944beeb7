import { describe, expect, it } from 'vitest';
import {
  DUE_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
  WORK_INDEX,
} from '../../../../functions/adapters/dynamodb/table.ts';
import { FUNCTIONS } from '../../../../infra/tables/functions.ts';
import { MACHINES } from '../../../../infra/tables/machines.ts';
import {
  listOf,
  propertiesOf,
  type Statement,
  synthesized,
  textOf,
  textsOf,
} from '../../../support/infra/synthesized.ts';

interface Key {
  KeySpec?: string;
  EnableKeyRotation?: boolean;
  PendingWindowInDays: number;
  KeyPolicy: { Statement: Statement[] };
}
interface LogGroup {
  LogGroupName: string;
  RetentionInDays: number;
  KmsKeyId: unknown;
  DeletionProtectionEnabled: boolean;
}

const { stateful, stateless, statefulTemplate: template, statelessTemplate } = synthesized();
const only = <T>(type: string): T => {
  const [first, ...others] = propertiesOf<T>(template, type).values();
  if (first === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return first;
};
const keys = [...propertiesOf<Key>(template, 'AWS::KMS::Key').values()];
const dataKey = keys.find(({ KeySpec }) => KeySpec === undefined);
const logs = [...propertiesOf<LogGroup>(template, 'AWS::Logs::LogGroup').values()];
const secrets = [...propertiesOf<Record<string, unknown>>(template, 'AWS::SecretsManager::Secret').values()];
const DATA_KEY = expect.stringMatching(/^\{DataKey\w+\.Arn\}$/);

describe('nothing is lost by accident', () => {
  const resources = Object.entries(template.toJSON().Resources as Record<string, Record<string, unknown>>);

  it('every resource stays in the account when the stack or a property of it goes, but not when its creation is rolled back', () => {
    // An alias is a name, and holds nothing.
    const holding = resources.filter(([, { Type }]) => Type !== 'AWS::KMS::Alias');
    expect(holding.map(([, { Type }]) => Type).toSorted()).toEqual(
      [
        'AWS::ApiGatewayV2::DomainName',
        'AWS::Cognito::UserPool',
        'AWS::Cognito::UserPoolGroup',
        'AWS::Cognito::UserPoolGroup',
        'AWS::DynamoDB::Table',
        'AWS::KMS::Key',
        'AWS::KMS::Key',
        ...Array(FUNCTIONS.length + MACHINES.length + 1).fill('AWS::Logs::LogGroup'),
        'AWS::SecretsManager::Secret',
        'AWS::SecretsManager::Secret',
      ].toSorted(),
    );
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of holding) {
      expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain']);
    }
  });
  it('has a name of its own, so that what would replace it fails', () => {
    const names = resources.map(
      ([, { Properties }]) => Object(Properties).TableName ?? Object(Properties).LogGroupName,
    );
    expect(names.filter((name) => name !== undefined)).toHaveLength(FUNCTIONS.length + MACHINES.length + 2);
    expect(secrets.map(({ Name }) => Name)).toEqual(['portal-pin/ehr-key', 'portal-pin/ehr-webhooks']);
  });
  it('the stack is not deleted by accident; resources without records can be deleted', () => {
    expect([stateful.terminationProtection, stateless.terminationProtection ?? false]).toEqual([true, false]);
  });
  it('the other stack holds nothing', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::SecretsManager::Secret',
      'AWS::Logs::LogGroup',
    ]) {
      expect(propertiesOf(statelessTemplate, type).size).toBe(0);
    }
  });
});

describe('the table', () => {
  const table = only<Record<string, unknown>>('AWS::DynamoDB::Table');

  it('has the keys, the TTL and the indexes that the adapter uses', () => {
    expect(table.KeySchema).toEqual([
      { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
      { AttributeName: SORT_KEY, KeyType: 'RANGE' },
    ]);
    expect(table.TimeToLiveSpecification).toEqual({ AttributeName: TTL_ATTRIBUTE, Enabled: true });
    expect(table.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: DUE_INDEX.name,
        KeySchema: [
          { AttributeName: DUE_INDEX.partitionKey, KeyType: 'HASH' },
          { AttributeName: DUE_INDEX.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: WORK_INDEX.name,
        KeySchema: [
          { AttributeName: WORK_INDEX.partitionKey, KeyType: 'HASH' },
          { AttributeName: WORK_INDEX.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: WORK_INDEX.projected },
      },
    ]);
    expect((table.AttributeDefinitions as { AttributeType: string }[]).map((each) => each.AttributeType)).toEqual(
      Array(6).fill('S'),
    );
  });
  it('is paid by request, and its stream tells what TTL deleted', () => {
    expect(table.BillingMode).toBe('PAY_PER_REQUEST');
    expect(table.StreamSpecification).toEqual({ StreamViewType: 'OLD_IMAGE' });
  });
  it('is encrypted by our key, can be restored and not be deleted', () => {
    const { KMSMasterKeyId, ...encryption } = table.SSESpecification as Record<string, unknown>;
    expect(textOf(KMSMasterKeyId)).toEqual(DATA_KEY);
    expect(encryption).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    expect(table.PointInTimeRecoverySpecification).toEqual({
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 35,
    });
    expect(table.DeletionProtectionEnabled).toBe(true);
  });
});

describe('the keys', () => {
  it('the data key rotates; the fingerprint key is an HMAC key, which cannot', () => {
    expect(dataKey?.EnableKeyRotation).toBe(true);
    const fingerprintKey = keys.find((each) => each !== dataKey);
    expect(fingerprintKey).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    expect(fingerprintKey?.EnableKeyRotation).toBeUndefined();
  });
  it('leave thirty days to think it over', () => {
    expect(keys.map((each) => each.PendingWindowInDays)).toEqual([30, 30]);
  });
  it('services use the data key for named things of this account only', () => {
    const forServices = (dataKey?.KeyPolicy.Statement ?? []).filter(({ Principal }) => Object(Principal).Service);
    const rules = forServices.map(({ Principal, Condition }) => {
      const context = Object.entries(Condition?.StringEquals ?? {});
      return [textOf(Object(Principal).Service), Object.keys(Condition ?? {}), context.map(([key]) => key)];
    });
    expect(rules).toEqual([
      ['logs.us-east-1.amazonaws.com', ['StringEquals'], ['kms:EncryptionContext:aws:logs:arn']],
      ['delivery.logs.amazonaws.com', ['StringEquals'], ['kms:EncryptionContext:SourceArn']],
      ['cloudwatch.amazonaws.com', ['StringEquals'], ['kms:EncryptionContext:aws:sns:topicArn']],
      ['events.amazonaws.com', ['StringEquals'], ['kms:EncryptionContext:aws:sns:topicArn']],
      ['events.amazonaws.com', ['StringEquals'], ['kms:EncryptionContext:aws:sqs:arn']],
    ]);
    for (const { Condition } of forServices) {
      const named = Object.values(Condition?.StringEquals ?? {}).flatMap(textsOf);
      expect(named.every((arn) => arn.includes(':us-east-1:111122223333:'))).toBe(true);
    }
  });
  it('CloudWatch Logs uses it for exactly these log groups', () => {
    const statement = dataKey?.KeyPolicy.Statement.find(({ Sid }) => Sid === 'LogGroups');
    const arns = textsOf(statement?.Condition?.StringEquals?.['kms:EncryptionContext:aws:logs:arn']);
    expect(arns.map((arn) => arn.split(':log-group:')[1])).toEqual(logs.map(({ LogGroupName }) => LogGroupName));
    expect(listOf(statement?.Action ?? []).filter((each) => /Grant|Disable|Delet|Put/.test(each))).toEqual([]);
  });
});

describe('the secrets shared with the EHR', () => {
  it('are encrypted by our key, and no deployment ever writes a value into it', () => {
    expect(secrets).toHaveLength(2);
    for (const secret of secrets) {
      expect(textOf(secret.KmsKeyId)).toEqual(DATA_KEY);
      expect(Object.keys(secret).filter((each) => /Secret/.test(each))).toEqual([]);
    }
  });
});

describe('the logs', () => {
  it('there is one for each function and each machine, and one for the API, encrypted, protected, kept for a time that is said', () => {
    expect(logs.map(({ LogGroupName }) => LogGroupName)).toEqual([
      ...FUNCTIONS.map(({ name }) => `/aws/lambda/portal-pin-${name}`),
      '/aws/vendedlogs/states/portal-pin-regenerate-pin',
      '/aws/vendedlogs/states/portal-pin-sweep-expiring-pins',
      '/aws/vendedlogs/states/portal-pin-discover-pins',
      '/aws/vendedlogs/apis/portal-pin',
    ]);
    for (const { LogGroupName, RetentionInDays, KmsKeyId, DeletionProtectionEnabled } of logs) {
      // HIPAA keeps the audit six years; the rest is operation.
      expect(RetentionInDays).toBe(LogGroupName.includes('/aws/lambda/') ? 2192 : 365);
      expect(textOf(KmsKeyId)).toEqual(DATA_KEY);
      expect(DeletionProtectionEnabled).toBe(true);
    }
  });
});

describe('outputs', () => {
  it('name what an operator needs', () => {
    const outputs = [template, statelessTemplate].flatMap((each) => Object.keys(each.findOutputs('*')));
    expect(outputs.filter((name) => !name.startsWith('Exports')).toSorted()).toEqual([
      'AlarmTopicArn',
      'ApiTarget',
      'ApiUrl',
      'ConsoleBucket',
      'ConsoleClientId',
      'ConsoleIssuer',
      'ConsoleLogin',
      'ConsoleTarget',
      'ConsoleUrl',
      'DashboardUrl',
      'DiscoverPinsStateMachineArn',
      'EhrKeySecretArn',
      'EhrWebhookSecretArn',
      'EhrWebhookUrl',
      'FingerprintKeyArn',
      'PickupUrl',
      'RegeneratePinStateMachineArn',
      'ReminderDays',
      'SesConfigurationSet',
      'SourceMapsUrl',
      'StaffUserPoolId',
      'SweepExpiringPinsStateMachineArn',
      'TableName',
      'TimeZone',
    ]);
  });
});
