import { describe, expect, it } from 'vitest';
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

/** What each function may do, written out: a grant that grows or wanders off fails here and has to be justified. */
const EVERY_FUNCTION = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
];
const CHART = ['secretsmanager:GetSecretValue', 'kms:Decrypt'];
const READ = ['dynamodb:GetItem', 'kms:Decrypt', ...CHART];
const WRITE = [...READ, 'dynamodb:UpdateItem'];
const START = [
  'dynamodb:GetItem',
  'dynamodb:UpdateItem',
  'kms:Decrypt',
  'states:StartExecution',
  'states:DescribeExecution',
];
const DEAD_LETTERS = ['sqs:SendMessage', 'kms:Decrypt', 'kms:GenerateDataKey'];
const ACTIONS: Record<string, string[]> = {
  VerifyEmail: [...WRITE, 'kms:GenerateMac'],
  CheckExpiry: [...WRITE, 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'kms:GenerateMac'],
  RegeneratePin: [...WRITE, 'dynamodb:PutItem', 'kms:GenerateMac'],
  ClearRouting: READ,
  SignDocument: [...WRITE, 'dynamodb:PutItem', 'kms:GenerateMac'],
  SendEnrollmentNotification: [...WRITE, 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'kms:GenerateMac', 'ses:SendEmail'],
  RequestEmail: WRITE,
  HoldForStaff: WRITE,
  DiscardDraft: [...WRITE, 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'kms:GenerateMac'],
  NotifyStaff: WRITE,
  SweepMinute: [...START, 'dynamodb:PutItem', 'dynamodb:Query'],
  DiscoverPage: [...WRITE, 'dynamodb:PutItem', 'dynamodb:Query', 'kms:GenerateMac'],
  EhrWebhook: [...START, 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'kms:GenerateMac', ...CHART, ...CHART],
  PickupPage: [...START, 'dynamodb:PutItem', 'kms:GenerateMac', ...CHART],
  AdminApi: [
    ...START,
    ...CHART,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    // Of the table: decisions and sweeps. Of the two indexes: lists.
    'dynamodb:Query',
    'dynamodb:Query',
    'dynamodb:Query',
    // The sweep.
    'states:StartExecution',
    'states:DescribeExecution',
    // Histories with their state data.
    'states:ListExecutions',
    'states:DescribeStateMachine',
    'states:DescribeExecution',
    'states:DescribeStateMachineForExecution',
    'states:GetExecutionHistory',
    'kms:Decrypt',
  ],
  PinLapsed: [
    ...START,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...DEAD_LETTERS,
  ],
  EmailFeedback: [
    ...START,
    'kms:GenerateMac',
    ...CHART,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'kms:Decrypt',
  ],
};

/** Actions that IAM knows no single resource for; nothing else may stand on a star. */
const WITHOUT_RESOURCE = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

interface Role {
  AssumeRolePolicyDocument: { Statement: Statement[] };
  Policies: { PolicyDocument: { Statement: Statement[] } }[];
  ManagedPolicyArns?: unknown;
}
interface LambdaFunction {
  FunctionName: string;
  Role: { 'Fn::GetAtt': [string, string] };
}

const { statelessTemplate, statefulTemplate } = synthesized();
const roles = propertiesOf<Role>(statelessTemplate, 'AWS::IAM::Role');
const functions = [...propertiesOf<LambdaFunction>(statelessTemplate, 'AWS::Lambda::Function').values()];
const statementsOf = (role: Role | undefined) => role?.Policies.flatMap((each) => each.PolicyDocument.Statement) ?? [];
const roleOfMachine = (id: string) => [...roles].find(([each]) => each.startsWith(id))?.[1];

function statementsOfFunction(state: string): Statement[] {
  const found = functions.find(({ FunctionName }) => FunctionName === `portal-pin-${state}`);
  return statementsOf(roles.get(found?.Role['Fn::GetAtt'][0] ?? ''));
}

function statement(state: string, sid: string): Statement {
  const found = statementsOfFunction(state).find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`${state} has no statement ${sid}`);
  return found;
}

describe('what each function may do', () => {
  it('is written out for every function', () => {
    expect(Object.keys(ACTIONS)).toEqual(FUNCTIONS.map(({ name }) => name));
  });

  it.each(Object.entries(ACTIONS))('%s', (state, actions) => {
    const granted = statementsOfFunction(state).flatMap(({ Action }) => listOf(Action));
    expect(granted.toSorted()).toEqual([...EVERY_FUNCTION, ...actions].toSorted());
  });

  it('has a role for each function, each machine and the schedule, and none is extended elsewhere', () => {
    const used = functions.map(({ Role }) => Role['Fn::GetAtt'][0]);
    expect(new Set(used).size).toBe(FUNCTIONS.length);
    expect(roles.size).toBe(FUNCTIONS.length + MACHINES.length + 1);
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
      expect(propertiesOf(statelessTemplate, type).size).toBe(0);
    }
    for (const role of roles.values()) expect(role.ManagedPolicyArns).toBeUndefined();
  });
});

describe('where it may do it', () => {
  it('each in its own log', () => {
    for (const state of Object.keys(ACTIONS)) {
      expect(textOf(statement(state, 'Log').Resource)).toMatch(
        new RegExp(`:log-group:/aws/lambda/portal-pin-${state}:\\*$`),
      );
    }
  });
  it('the table, and its key by way of DynamoDB for this table alone', () => {
    expect(textOf(statement('VerifyEmail', 'Records').Resource)).toMatch(/FnGetAttRecords.*Arn/);
    const { Resource, Condition } = statement('VerifyEmail', 'RecordsKey');
    expect(textOf(Resource)).toMatch(/FnGetAttDataKey/);
    const conditions = Object.entries(Condition?.StringEquals ?? {}).map(([key, value]) => [key, textOf(value)]);
    expect(conditions).toEqual([
      ['kms:ViaService', 'dynamodb.us-east-1.amazonaws.com'],
      ['kms:EncryptionContext:aws:dynamodb:subscriberId', '111122223333'],
      ['kms:EncryptionContext:aws:dynamodb:tableName', 'portal-pin'],
    ]);
  });
  it('the EHR key’s secret, and the data key by way of Secrets Manager for this secret alone', () => {
    expect(textOf(statement('VerifyEmail', 'EhrKey').Resource)).toMatch(/FnGetAttEhrKeyId/);
    const conditions = statement('VerifyEmail', 'EhrKeyKey').Condition?.StringEquals ?? {};
    expect(textOf(conditions['kms:ViaService'])).toBe('secretsmanager.us-east-1.amazonaws.com');
    expect(textOf(conditions['kms:EncryptionContext:SecretARN'])).toMatch(/FnGetAttEhrKeyId/);
  });
  it('the fingerprint key, for the one algorithm', () => {
    const { Resource, Condition } = statement('RegeneratePin', 'Fingerprint');
    expect(textOf(Resource)).toMatch(/FnGetAttFingerprintKey/);
    expect(Condition).toEqual({ StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } });
  });
  it('the index of due patients, and no partition of the table', () => {
    expect(textOf(statement('SweepMinute', 'DueIndex').Resource)).toMatch(/FnGetAttRecords.*Arn.*\}\/index\/due$/);
  });
  it('the readings of the chart, and no patient’s partition', () => {
    const { Resource, Condition } = statement('DiscoverPage', 'Discoveries');
    expect(textOf(Resource)).toMatch(/FnGetAttRecords.*Arn[^/]*$/);
    expect(Condition).toEqual({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['DISCOVERY#chart'] } });
  });
  it('the index of what waits for a person, and the partitions of cases and sweeps', () => {
    expect(textOf(statement('AdminApi', 'WorkIndex').Resource)).toMatch(/FnGetAttRecords.*Arn.*\}\/index\/work$/);
    const { Resource, Condition } = statement('AdminApi', 'CasePartitions');
    expect(textOf(Resource)).toMatch(/FnGetAttRecords[^/]*$/);
    expect(Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PATIENT#*', 'SWEEP#*', 'PRACTICE#decisions'] },
    });
  });
  it('histories of the app’s machines, and their key for those alone', () => {
    const machines = MACHINES.map(({ name }) => name);
    const arnsOf = (sid: string) => textsOf(statement('AdminApi', sid).Resource);
    const of = (kind: string, end: string) =>
      machines.map((name) => expect.stringMatching(new RegExp(`:${kind}:portal-pin-${name}${end}$`)));
    expect(arnsOf('Machines')).toEqual(of('stateMachine', ''));
    expect(arnsOf('Histories')).toEqual(of('execution', ':\\*'));
    expect(arnsOf('SweepStart')).toEqual([expect.stringMatching(/:stateMachine:portal-pin-sweep-expiring-pins$/)]);
    const conditions = statement('AdminApi', 'HistoriesKey').Condition?.StringEquals ?? {};
    expect(Object.keys(conditions)).toEqual(['kms:EncryptionContext:aws:states:stateMachineArn']);
    expect(textsOf(Object.values(conditions)[0])).toEqual(of('stateMachine', ''));
  });
  it('the webhooks’ secret, and the data key by way of Secrets Manager for this secret alone', () => {
    expect(textOf(statement('EhrWebhook', 'EhrWebhooks').Resource)).toMatch(/FnGetAttEhrWebhooksId/);
    const conditions = statement('EhrWebhook', 'EhrWebhooksKey').Condition?.StringEquals ?? {};
    expect(textOf(conditions['kms:EncryptionContext:SecretARN'])).toMatch(/FnGetAttEhrWebhooksId/);
  });
  it('the workflow: every trigger starts that one', () => {
    for (const name of ['SweepMinute', 'EhrWebhook', 'PickupPage', 'PinLapsed', 'EmailFeedback']) {
      expect(textOf(statement(name, 'Start').Resource)).toMatch(/:stateMachine:portal-pin-regenerate-pin$/);
    }
  });
  it('the queue of what SES tells, and the data key by way of SQS for this queue alone', () => {
    const queue = textOf(statement('EmailFeedback', 'Events').Resource);
    expect(queue).toMatch(/^\{EmailEventsQueue\w+\.Arn\}$/);
    const { Resource, Condition } = statement('EmailFeedback', 'EventsKey');
    expect(textOf(Resource)).toMatch(/FnGetAttDataKey/);
    const conditions = Object.entries(Condition?.StringEquals ?? {}).map(([key, value]) => [key, textOf(value)]);
    expect(conditions).toEqual([
      ['kms:ViaService', 'sqs.us-east-1.amazonaws.com'],
      ['kms:EncryptionContext:aws:sqs:arn', queue],
    ]);
  });
  it('the practice’s sender, by its address or its verified domain, through the configuration set that demands TLS', () => {
    const { Resource, Condition } = statement('SendEnrollmentNotification', 'Mail');
    const [address, identity, configurationSet] = textsOf(Resource);
    expect(address).toMatch(/:identity\/portal@example\.com$/);
    expect(identity).toMatch(/:identity\/example\.com$/);
    expect(configurationSet).toMatch(/:configuration-set\/\{Mail/);
    expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'portal@example.com' } });
  });
});

describe.each(MACHINES)('the state machine $name', ({ id, name, tasks }) => {
  const machineRole = roleOfMachine(id);

  it('may call its functions by plain ARNs, in one statement', () => {
    const calling = statementsOf(machineRole).filter(({ Action }) =>
      listOf(Action).some((each) => each.startsWith('lambda:')),
    );
    expect(calling).toHaveLength(1);
    expect(calling[0]?.Action).toBe('lambda:InvokeFunction');
    expect(textsOf(calling[0]?.Resource)).toEqual(
      tasks.map(({ state }) => expect.stringMatching(new RegExp(`^\\{${state}Function[0-9A-F]{8}\\.Arn\\}$`))),
    );
  });
  it('may do nothing else but write history, log and traces', () => {
    const others = statementsOf(machineRole).flatMap(({ Action }) => listOf(Action));
    expect(others.toSorted()).toEqual(
      [
        'lambda:InvokeFunction',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        'kms:GenerateDataKey',
        ...WITHOUT_RESOURCE,
      ].toSorted(),
    );
  });
  it('is the only one that Step Functions takes the role for', () => {
    const { Condition } = machineRole?.AssumeRolePolicyDocument.Statement[0] ?? {};
    expect(textOf(Condition?.ArnEquals?.['aws:SourceArn'])).toMatch(new RegExp(`:stateMachine:portal-pin-${name}$`));
  });
});

describe('the schedule', () => {
  const role = [...roles].find(([id]) => id.startsWith('SweepRole'))?.[1];

  it('may start the sweep, leave a dead letter, and nothing else', () => {
    expect(statementsOf(role).flatMap(({ Action }) => listOf(Action))).toEqual([
      'states:StartExecution',
      ...DEAD_LETTERS,
    ]);
    const [start, letters, key] = statementsOf(role);
    expect(textOf(start?.Resource)).toMatch(/:stateMachine:portal-pin-sweep-expiring-pins$/);
    expect(textOf(letters?.Resource)).toMatch(/^\{LostSweepsQueue.*\.Arn\}$/);
    expect(textOf(key?.Resource)).toMatch(/FnGetAttDataKey/);
    const conditions = Object.entries(key?.Condition?.StringEquals ?? {}).map(([name, value]) => [name, textOf(value)]);
    expect(conditions).toEqual([
      ['kms:ViaService', 'sqs.us-east-1.amazonaws.com'],
      ['kms:EncryptionContext:aws:sqs:arn', textOf(letters?.Resource)],
    ]);
  });
  it('is the only group of schedules that the role is lent to', () => {
    const { Principal, Condition } = role?.AssumeRolePolicyDocument.Statement[0] ?? {};
    expect(Principal).toEqual({ Service: 'scheduler.amazonaws.com' });
    expect(textOf(Condition?.StringEquals?.['aws:SourceArn'])).toMatch(/:schedule-group\/portal-pin$/);
    expect(textOf(Condition?.StringEquals?.['aws:SourceAccount'])).toBe('111122223333');
  });
});

describe('callers of a function without a role of ours', () => {
  const permissions = [...propertiesOf<Record<string, unknown>>(statelessTemplate, 'AWS::Lambda::Permission').values()];

  it('the API alone, each for its own route', () => {
    for (const { Action, Principal } of permissions) {
      expect([Action, Principal]).toEqual(['lambda:InvokeFunction', 'apigateway.amazonaws.com']);
    }
    const API = ':execute-api:us-east-1:111122223333:{Api';
    const routes = permissions.map(({ FunctionName, SourceArn }) => {
      const arn = textOf(SourceArn);
      expect(arn).toContain(API);
      return [/^\{([A-Za-z]+)Function/.exec(textOf(FunctionName))?.[1], arn.slice(arn.indexOf('/$default/'))];
    });
    expect(routes).toEqual([
      ['EhrWebhook', '/$default/POST/webhooks/ehr'],
      ['PickupPage', '/$default/GET/pickup/{token}'],
      ['PickupPage', '/$default/POST/pickup/{token}'],
      ['AdminApi', '/$default/GET/api/{proxy+}'],
      ['AdminApi', '/$default/POST/api/{proxy+}'],
    ]);
  });
});

describe('no star', () => {
  const statements = [...roles.values()].flatMap(statementsOf);
  it('in an action', () => {
    expect(statements.length).toBeGreaterThan(50);
    expect(statements.flatMap(({ Action }) => listOf(Action)).filter((each) => each.includes('*'))).toEqual([]);
  });
  it('as a resource, but for actions that know none', () => {
    const onStar = statements.filter(({ Resource }) => Resource === '*');
    expect([...new Set(onStar.flatMap(({ Action }) => listOf(Action)))].toSorted()).toEqual(
      WITHOUT_RESOURCE.toSorted(),
    );
  });
  it('in a resource, but for the streams of a function’s log, the executions of a machine and the streams of the one table', () => {
    const withStar = statements.filter(({ Resource }) => Resource !== '*' && JSON.stringify(Resource).includes('*'));
    const grants = withStar.flatMap(({ Action, Resource }) => textsOf(Resource).map((each) => `${Action} ${each}`));
    const isLog = (grant: string) =>
      /^logs:CreateLogStream,logs:PutLogEvents arn:.*:log-group:\/aws\/lambda\/portal-pin-[A-Za-z]+:\*$/.test(grant);
    expect(grants.filter(isLog)).toHaveLength(FUNCTIONS.length);
    expect([...new Set(grants.filter((grant) => !isLog(grant)))]).toEqual([
      expect.stringMatching(/^states:DescribeExecution arn:.*:execution:portal-pin-regenerate-pin:\*$/),
      expect.stringMatching(/^states:DescribeExecution arn:.*:execution:portal-pin-sweep-expiring-pins:\*$/),
      ...MACHINES.map(({ name }) =>
        expect.stringMatching(
          new RegExp(
            `^states:DescribeExecution,states:DescribeStateMachineForExecution,states:GetExecutionHistory arn:.*:execution:portal-pin-${name}:\\*$`,
          ),
        ),
      ),
      expect.stringMatching(/^dynamodb:ListStreams arn:.*:table\/portal-pin\/stream\/\*$/),
    ]);
  });
  it('in a key policy, except the account’s own, which must be able to manage the key', () => {
    const keys = propertiesOf<{ KeyPolicy: { Statement: Statement[] } }>(statefulTemplate, 'AWS::KMS::Key');
    const policies = [...keys.values()].flatMap(({ KeyPolicy }) => KeyPolicy.Statement);
    const stars = policies.filter(({ Action }) => listOf(Action).some((each) => each.includes('*')));
    expect(stars.map(({ Principal }) => textOf(Object(Principal).AWS))).toEqual(
      Array(2).fill('arn:{AWS::Partition}:iam::111122223333:root'),
    );
  });
});
