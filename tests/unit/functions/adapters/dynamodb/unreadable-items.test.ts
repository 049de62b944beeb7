import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDbCaseLists } from '../../../../../functions/adapters/dynamodb/dynamodb-case-lists.ts';
import { createDynamoDbCaseRecords } from '../../../../../functions/adapters/dynamodb/dynamodb-case-records.ts';
import { createDynamoDbDiscoveries } from '../../../../../functions/adapters/dynamodb/dynamodb-discoveries.ts';
import { createDynamoDbOnceRecords } from '../../../../../functions/adapters/dynamodb/dynamodb-once-records.ts';
import { createDynamoDbPauseSwitch } from '../../../../../functions/adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbPickupRecords } from '../../../../../functions/adapters/dynamodb/dynamodb-pickup-records.ts';
import { createDynamoDbPracticeDecisions } from '../../../../../functions/adapters/dynamodb/dynamodb-practice-decisions.ts';
import { createDynamoDbSentMessages } from '../../../../../functions/adapters/dynamodb/dynamodb-sent-messages.ts';
import { createDynamoDbStaffRequests } from '../../../../../functions/adapters/dynamodb/dynamodb-staff-requests.ts';
import { createDynamoDbSweepRecords } from '../../../../../functions/adapters/dynamodb/dynamodb-sweep-records.ts';
import { createDynamoDbTrackedPins } from '../../../../../functions/adapters/dynamodb/dynamodb-tracked-pins.ts';
import { createDynamoDbWebhookRecords } from '../../../../../functions/adapters/dynamodb/dynamodb-webhook-records.ts';

const CANARY = 'Q987654321';
const AT = '2026-06-15T12:00:00Z';
const dynamoDb = mockClient(DynamoDBDocumentClient);
const reported: string[] = [];
beforeEach(() => {
  dynamoDb.reset();
  reported.length = 0;
});

const table = {
  client: DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' })),
  table: 'portal-pin',
  signal: new AbortController().signal,
  newId: () => 'v2',
  onUnreadable: ({ code }: { code: string }) => void reported.push(code),
};
const cases = createDynamoDbCaseRecords(table);
const sweeps = createDynamoDbSweepRecords(table);
const discoveries = createDynamoDbDiscoveries(table);
const request = { id: 'r1', action: 'release', actor: 'ann', reason: 'lost', at: AT };
const run = {
  day: '2026-06-15',
  execution: 'x',
  dryRun: false,
  startedAt: AT,
  endedAt: null,
  stoppedBy: null,
  minutes: 1,
  counts: { STARTED: 1, RUNNING: 0, NOT_DUE: 0, PAUSED: 0, FAILED: 0 },
};
const reading = {
  id: 'd1',
  version: 'v1',
  execution: 'x',
  startedAt: AT,
  savedAt: AT,
  endedAt: null,
  stoppedBy: null,
  pages: 1,
  documents: 1,
  withoutPatient: 0,
  counts: { TRACKED: 1, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 },
  failed: [],
  restarts: 0,
  bookmark: null,
  circle: { mark: null, steps: 0, limit: 1 },
};
const decision = { id: 'd', action: 'pause', actor: 'ann', reason: 'go-live', at: AT, execution: null };

type Stored = Record<string, unknown>;

/** Kind, a good item, attributes that spoil it, and the read. */
const READS: [string, Stored, Stored[], () => Promise<unknown>][] = [
  [
    'a case',
    { version: 'v1', unclaimedCycles: 0, attempt: 1, failures: 0 },
    [
      { attempt: CANARY },
      { attempt: -1 },
      { expiresAt: CANARY },
      { expiresAt: '2026-06-31T00:00:00Z' },
      { nextCheckDay: '2026-02-30' },
      { outcome: CANARY },
      { lease: { owner: 'x' } },
      { message: { kind: 'NEW_PIN', state: CANARY, document: 'd', sesId: null, filed: false } },
      { violations: [CANARY] },
      { version: undefined },
      { message: { state: 'UNKNOWN', document: 'd1', filed: false, sesId: null } },
    ],
    () => cases.read('p1'),
  ],
  [
    'a tracked PIN',
    { document: 'd', fingerprint: '', issuedAt: AT, expiresAt: AT, ttl: 1 },
    [{ ttl: CANARY }, { document: undefined }, { expiresAt: CANARY }],
    () => createDynamoDbTrackedPins(table).read('p1'),
  ],
  [
    'a sent message',
    { patientId: 'p1', document: 'd', sentAt: AT, said: 1, feedback: { DELIVERED: AT } },
    [{ sentAt: CANARY }, { feedback: { [CANARY]: AT } }, { feedback: { DELIVERED: CANARY } }],
    () => createDynamoDbSentMessages(table).read('s1'),
  ],
  [
    'a request',
    request,
    [{ action: CANARY }, { at: CANARY }],
    () => createDynamoDbStaffRequests(table).read('p1', 'r1'),
  ],
  ['the pause', { actor: 'a', reason: 'r', at: AT }, [{ at: CANARY }], () => createDynamoDbPauseSwitch(table).read()],
  [
    'a pick-up link',
    { patientId: 'p1', document: 'd', expiresAt: AT },
    [{ expiresAt: CANARY }, { patientId: undefined }],
    () => createDynamoDbPickupRecords(table).readToken('h'),
  ],
  [
    'a webhook',
    { digest: 'd', type: 'pin.issued', attempt: 0, state: 'DECIDED', decision: 'STARTED', execution: 'x' },
    [{ state: CANARY }, { decision: CANARY }, { type: CANARY }],
    () => createDynamoDbWebhookRecords(table).read('w1'),
  ],
  ['a sweep', run, [{ counts: {} }, { minutes: CANARY }], () => sweeps.read('2026-06-15', 'x')],
  ['the starts of a day', { used: 3 }, [{ used: CANARY }], () => sweeps.takeAllowance('2026-06-15', 1, 3)],
  ['a discovery', reading, [{ pages: CANARY }, { circle: null }], () => discoveries.read('d1')],
];

describe.each(READS)('%s', (_kind, good, spoiled, read) => {
  const stored = (more: Stored) => ({ pk: 'KIND#id', sk: 'ITEM', shard: '06', ...good, ...more });

  it('is read with attributes that this version does not know', async () => {
    dynamoDb.on(GetCommand).resolves({ Item: stored({ ofANewerVersion: 1 }) });
    expect(JSON.stringify(await read())).not.toContain('ofANewerVersion');
  });

  it.each(spoiled)('that does not fit fails by its key: %j', async (more) => {
    dynamoDb.on(GetCommand).resolves({ Item: stored(more) });
    const error: unknown = await read().catch((caught) => caught);
    expect(error).toMatchObject({ name: 'RecordUnreadableError', message: 'KIND#id ITEM', code: 'KIND#id ITEM' });
    expect(error instanceof Error && `${error.stack} ${String(error.cause)}`).not.toContain(CANARY);
    expect(reported).toEqual(['KIND#id ITEM']);
  });
});

it('a repeated request with an unknown state of the first answer fails by its key', async () => {
  dynamoDb.onAnyCommand().rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
  dynamoDb.on(GetCommand).resolves({ Item: { pk: 'ACTION#a', sk: 'ACTION', digest: 'd', state: CANARY } });
  await expect(createDynamoDbOnceRecords(table).begin('a', 'd', 0)).rejects.toMatchObject({ code: 'ACTION#a ACTION' });
});

describe('a list', () => {
  const LISTS: [string, Stored, Stored, () => Promise<unknown>, unknown][] = [
    ['of sweeps', run, { day: CANARY }, () => sweeps.list('2026-06-15'), [run]],
    ['of discoveries', reading, { pages: CANARY }, () => discoveries.list(5), [reading]],
    [
      'of starts',
      { started: [{ patientId: 'p1', execution: 'x' }] },
      { started: CANARY },
      () => sweeps.listStarts('2026-06-15', 'x'),
      [{ patientId: 'p1', execution: 'x' }],
    ],
    [
      'of what was decided about the practice',
      decision,
      { action: CANARY },
      () => createDynamoDbPracticeDecisions(table).list(null, 5),
      { decisions: [decision], next: null },
    ],
    [
      'of what was decided about a patient',
      request,
      { action: CANARY },
      () => createDynamoDbCaseLists(table).listRequests('p1', 5),
      [{ patientId: 'p1', ...request }],
    ],
  ];
  it.each(LISTS)(
    '%s goes on without what does not fit, and its key is reported',
    async (_what, good, bad, read, all) => {
      const Items = [
        { pk: 'A', sk: '1', ...good },
        { pk: 'A', sk: '2', ...good, ...bad },
      ];
      dynamoDb.on(QueryCommand).resolves({ Items });
      expect(await read()).toEqual(all);
      expect(reported).toEqual(['A 2']);
    },
  );

  it('of work counts the entries that fit', async () => {
    const entry = (workTodo: string, n: number) => ({
      pk: `PATIENT#p${n}`,
      sk: 'ACCOUNT',
      workSort: `${AT}#p${n}`,
      workTodo,
    });
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    dynamoDb
      .on(QueryCommand, { ExpressionAttributeValues: { ':key': 'HELD' } })
      .resolves({ Items: [entry('decide', 1), entry(CANARY, 2)] });
    const { counts } = await createDynamoDbCaseLists(table).countWork(100);
    expect(counts).toEqual([{ todo: 'decide', count: 1, oldestSince: AT }]);
    expect(reported).toEqual(['PATIENT#p2 ACCOUNT']);
  });
});
