import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { shardOf } from '../../../../../functions/adapters/dynamodb/dynamodb-case-records.ts';
import { SHARDS } from '../../../../../functions/adapters/dynamodb/table.ts';
import { newAccount } from '../../../../../functions/domain/case/account.ts';
import { tableRecords } from '../../../../support/worlds/table-records.ts';

const CANARY = 'Q987654321';
const NOW = Date.parse('2026-06-15T12:00:00Z');
const dynamoDb = mockClient(DynamoDBDocumentClient);
beforeEach(() => dynamoDb.reset());

const { signal } = new AbortController();
const { cases, dueCases, pins, reservations, staffRequests, sentMessages } = tableRecords({
  client: DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' })),
  table: 'portal-pin',
  signal,
  newId: () => 'v2',
});
const account = { ...newAccount('p1'), version: 'v1' };
const sdkError = (name: string) => Object.assign(new Error(`about ${CANARY}`), { name });
const conditionFailed = () => new ConditionalCheckFailedException({ message: CANARY, $metadata: {} });

const CALLS: [string, () => Promise<unknown>][] = [
  ['CaseRecords.read', () => cases.read('p1')],
  ['CaseRecords.save', () => cases.save(account, { ...account, attempt: 1 })],
  [
    'TrackedPins.put',
    () => pins.put({ patientId: 'p1', document: 'd', fingerprint: 'f', issuedAt: '', expiresAt: '', ttl: 1 }),
  ],
  ['TrackedPins.read', () => pins.read('p1')],
  ['TrackedPins.remove', () => pins.remove('p1')],
  ['PinReservations.reserve', () => reservations.reserve('f', 'o', NOW)],
  [
    'SentMessages.put',
    () => sentMessages.put({ sesId: 's', patientId: 'p1', document: 'd', sentAt: '2026-06-15T12:00:00Z' }),
  ],
  ['SentMessages.read', () => sentMessages.read('s')],
  [
    'StaffRequests.put',
    () => staffRequests.put({ id: 'r', patientId: 'p1', action: 'resend', actor: 'a', reason: 'r', at: '' }),
  ],
  ['StaffRequests.read', () => staffRequests.read('p1', 'r')],
  ['DueCases.list', () => dueCases.list(0, '2026-06-15', null, 100)],
];

describe.each(CALLS)('%s', (_name, call) => {
  it.each([
    [
      'ProvisionedThroughputExceededException',
      new ProvisionedThroughputExceededException({ message: CANARY, $metadata: {} }),
      'AwsUnavailableError',
    ],
    ['ThrottlingException', sdkError('ThrottlingException'), 'AwsUnavailableError'],
    ['RequestLimitExceeded', sdkError('RequestLimitExceeded'), 'AwsUnavailableError'],
    ['InternalServerError', sdkError('InternalServerError'), 'AwsUnavailableError'],
    ['TimeoutError', sdkError('TimeoutError'), 'AwsUnavailableError'],
    ['AbortError', sdkError('AbortError'), 'AwsUnavailableError'],
    ['Error', Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' }), 'AwsUnavailableError'],
    ['AccessDeniedException', sdkError('AccessDeniedException'), 'ConfigurationError'],
    ['UnrecognizedClientException', sdkError('UnrecognizedClientException'), 'ConfigurationError'],
    [
      'ResourceNotFoundException',
      new ResourceNotFoundException({ message: CANARY, $metadata: {} }),
      'ConfigurationError',
    ],
    ['ValidationException', sdkError('ValidationException'), 'ConfigurationError'],
  ])('%s', async (code, thrown, name) => {
    dynamoDb.onAnyCommand().rejects(thrown);
    const error: unknown = await call().catch((caught) => caught);
    expect(error).toMatchObject({ name, message: code });
    expect(error instanceof Error && `${error.stack} ${String(error.cause)}`).not.toContain(CANARY);
  });

  it('ends with the deadline of the step', async () => {
    dynamoDb.onAnyCommand().resolves({});
    await call();
    expect(dynamoDb.calls()[0]?.args).toEqual([expect.anything(), { abortSignal: signal }]);
  });
});

describe('a failed condition', () => {
  it('of a save is a conflict, unless what is stored is that very save', async () => {
    dynamoDb.on(UpdateCommand).rejects(conditionFailed());
    dynamoDb.on(GetCommand).resolves({ Item: { version: 'other' } });
    const save = () => cases.save(account, { ...account, attempt: 1 });
    await expect(save()).rejects.toMatchObject({ name: 'RecordConflictError', message: 'ACCOUNT_CHANGED' });
    dynamoDb.on(GetCommand).resolves({ Item: { version: 'v2' } });
    await expect(save()).resolves.toMatchObject({ attempt: 1, version: 'v2' });
  });
  it('of a reservation says that the fingerprint is taken', async () => {
    dynamoDb.on(PutCommand).rejects(conditionFailed());
    expect(await reservations.reserve('f', 'o', NOW)).toBe(false);
  });
});

describe('what is sent', () => {
  it('reads an account strongly consistent, by the keys of the contract', async () => {
    dynamoDb.on(GetCommand).resolves({});
    await cases.read('p1');
    const Key = { pk: 'PATIENT#p1', sk: 'ACCOUNT' };
    expect(dynamoDb.commandCalls(GetCommand)[0]?.args[0].input).toEqual({
      TableName: 'portal-pin',
      Key,
      ConsistentRead: true,
    });
  });

  it('reads a record that was written before it had this or that attribute', async () => {
    const Item = { pk: 'PATIENT#p1', sk: 'ACCOUNT', shard: '06', version: 'v1', attempt: 3, document: 'd1' };
    dynamoDb.on(GetCommand).resolves({ Item });
    expect(await cases.read('p1')).toEqual({ ...newAccount('p1'), version: 'v1', attempt: 3, document: 'd1' });
    expect(newAccount('p1')).toMatchObject({ unresolvedSince: null, withoutAccessSince: null });
  });

  it('saves only what changed, so that the index is written only when its key moves', async () => {
    dynamoDb.on(UpdateCommand).resolves({});
    const lease = { owner: 'x', until: '2026-06-15T13:00:00Z' };
    await cases.save({ ...account, lease, attempt: 1 }, { ...account, attempt: 2 });
    expect(dynamoDb.commandCalls(UpdateCommand)[0]?.args[0].input).toEqual({
      TableName: 'portal-pin',
      Key: { pk: 'PATIENT#p1', sk: 'ACCOUNT' },
      UpdateExpression: 'SET #version = :version, #attempt = :attempt REMOVE #lease',
      ConditionExpression: '#version = :previous',
      ExpressionAttributeNames: { '#version': 'version', '#attempt': 'attempt', '#lease': 'lease' },
      ExpressionAttributeValues: { ':version': 'v2', ':previous': 'v1', ':attempt': 2 },
    });
  });

  it('reads one shard of the index, page after page', async () => {
    const LastEvaluatedKey = { pk: 'PATIENT#p1', sk: 'ACCOUNT', shard: '07', nextCheckDay: '2026-06-01' };
    dynamoDb
      .on(QueryCommand)
      .resolvesOnce({ Items: [{ pk: 'PATIENT#p1' }], LastEvaluatedKey })
      .resolvesOnce({ Items: [{ pk: 'PATIENT#p2' }] });
    const first = await dueCases.list(7, '2026-06-15', null, 100);
    expect(first).toEqual({ patientIds: ['p1'], next: expect.any(String) });
    expect(await dueCases.list(7, '2026-06-15', first.next, 100)).toEqual({ patientIds: ['p2'], next: null });
    const [one, two] = dynamoDb.commandCalls(QueryCommand).map((each) => each.args[0].input);
    expect(one).toMatchObject({
      IndexName: 'due',
      KeyConditionExpression: '#shard = :shard AND nextCheckDay <= :day',
      ExpressionAttributeValues: { ':shard': '07', ':day': '2026-06-15' },
    });
    expect(one).not.toHaveProperty('ExclusiveStartKey');
    expect(two).toMatchObject({ ExclusiveStartKey: LastEvaluatedKey });
  });

  it('keeps the shard of a patient for good', () => {
    // Pinned: an account that moved to another shard would be missing from the sweep until its next save.
    expect(['demo-1', 'demo-2', 'p1'].map(shardOf)).toEqual(['11', '04', '06']);
    expect(SHARDS).toBe(16);
  });
});
