/** PinRecords in one DynamoDB table (design: docs/architecture.md, "Records"). Single-item conditional writes only. */
import { createHash } from 'node:crypto';
import { type Account, newAccount } from '../../domain/case/account.ts';
import { workEntryOf } from '../../domain/case/work.ts';
import type { Feedback } from '../../domain/email/email-feedback.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import type { DecisionRequest, PinItem, PinRecords, SentMessage } from '../../ports/case/pin-records.ts';
import { createItems, type Item, keyOf, type TableOptions, withoutKeys } from './items.ts';
import { DUE_INDEX, PARTITION_KEY, SHARDS, TTL_ATTRIBUTE, WORK_INDEX } from './table.ts';

/** The PIN's 30 days and two weeks in which a late answer, bounce or lapse may still ask. */
const KEPT_SECONDS = 44 * 24 * 60 * 60;

/** Begins the sort key of a decision about the patient. */
export const REQUEST = 'REQUEST#';

export interface DynamoDbOptions extends TableOptions {
  newId(): string;
}

function accountKey(patientId: string) {
  return keyOf('PATIENT', patientId, 'ACCOUNT');
}

function messageKey(sesId: string) {
  return keyOf('MESSAGE', sesId, 'MESSAGE');
}

function isSame(a: Feedback, b: Feedback): boolean {
  const entries = (feedback: Feedback) => JSON.stringify(Object.entries(feedback).sort());
  return entries(a) === entries(b);
}

/** Which of the index's shards a patient belongs to. */
export function shardOf(patientId: string): string {
  return shardName((createHash('sha256').update(patientId).digest()[0] ?? 0) % SHARDS);
}

/** Sorts by since when, then by patient: no two cases have the same place. */
export function workPlace(since: string, patientId: string): string {
  return `${since}#${patientId}`;
}

export function shardName(shard: number): string {
  return String(shard).padStart(2, '0');
}

export function createDynamoDbPinRecords({ newId, ...table }: DynamoDbOptions): PinRecords {
  const items = createItems(table);

  async function readMessage(sesId: string): Promise<SentMessage | null> {
    const item = await items.get(messageKey(sesId));
    if (item === null) return null;
    const { [TTL_ATTRIBUTE]: _ttl, said: _said, ...message } = withoutKeys(item);
    return { feedback: {}, ...message, sesId } as SentMessage; // written by `putMessage` and `noteFeedback` alone
  }

  return {
    async read(patientId) {
      const item = await items.get(accountKey(patientId));
      return item === null ? null : toAccount(patientId, item);
    },

    async save(previous, next) {
      const version = newId();
      const saved: Account = { ...next, version };
      if ((await items.update(accountKey(next.patientId), changes(previous, saved))) !== null) return saved;
      // The SDK repeats a call whose answer got lost; then the condition fails on our own write.
      const stored = await items.get(accountKey(next.patientId));
      if (stored?.version === version) return saved;
      throw new RecordConflictError('ACCOUNT_CHANGED');
    },

    async putPin({ patientId, ...item }) {
      await items.put({ ...keyOf('PATIENT', patientId, 'PIN'), ...item });
    },
    async readPin(patientId) {
      const item = await items.get(keyOf('PATIENT', patientId, 'PIN'));
      return item === null ? null : ({ patientId, ...withoutKeys(item) } as PinItem);
    },
    deletePin: (patientId) => items.remove(keyOf('PATIENT', patientId, 'PIN')),

    async reserveFingerprint(fingerprint, owner, now) {
      const seconds = Math.floor(now / 1000);
      const key = keyOf('FINGERPRINT', fingerprint, 'FINGERPRINT');
      return items.put(
        { ...key, owner, [TTL_ATTRIBUTE]: seconds + KEPT_SECONDS },
        {
          // TTL deletes late: a reservation that has run out is free although it is still there.
          ConditionExpression: `attribute_not_exists(${PARTITION_KEY}) OR #owner = :owner OR #ttl <= :now`,
          ExpressionAttributeNames: { '#owner': 'owner', '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: { ':owner': owner, ':now': seconds },
        },
      );
    },

    async putMessage({ sesId, patientId, document, sentAt }) {
      const ttl = Math.floor(Date.parse(sentAt) / 1000) + KEPT_SECONDS;
      const item = { ...messageKey(sesId), patientId, document, sentAt, [TTL_ATTRIBUTE]: ttl };
      // A step that runs again must not undo what SES has said since.
      await items.put(item, { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` });
    },
    readMessage,
    async noteFeedback({ sesId, feedback: before }, feedback) {
      const known = Object.keys(before).length;
      const noted = await items.update(messageKey(sesId), {
        // What was said only grows, so its number tells whether anything came meanwhile.
        UpdateExpression: 'SET feedback = :after, said = :said',
        ConditionExpression: `attribute_exists(${PARTITION_KEY}) AND ${known === 0 ? 'attribute_not_exists(said)' : 'said = :known'}`,
        ExpressionAttributeValues: {
          ':after': feedback,
          ':said': Object.keys(feedback).length,
          ...(known > 0 && { ':known': known }),
        },
      });
      if (noted !== null) return;
      // The SDK repeats a call whose answer got lost; then the condition fails on our own write.
      const stored = (await readMessage(sesId))?.feedback ?? {};
      if (!isSame(stored, feedback)) throw new RecordConflictError('FEEDBACK_CHANGED');
    },

    async putRequest({ patientId, ...request }) {
      const item = { ...keyOf('PATIENT', patientId, `${REQUEST}${request.id}`), ...request };
      // Sent again, it was made when it came first.
      await items.put(item, { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` });
    },
    async readRequest(patientId, id) {
      const item = await items.get(keyOf('PATIENT', patientId, `${REQUEST}${id}`));
      return item === null ? null : ({ patientId, ...withoutKeys(item) } as DecisionRequest);
    },
    async listDue(shard, day, after, limit) {
      const { items: found, next } = await items.query({
        IndexName: DUE_INDEX.name,
        // "shard" is one of DynamoDB's reserved words.
        KeyConditionExpression: `#shard = :shard AND ${DUE_INDEX.sortKey} <= :day`,
        ExpressionAttributeNames: { '#shard': DUE_INDEX.partitionKey },
        ExpressionAttributeValues: { ':shard': shardName(shard), ':day': day },
        Limit: limit,
        ...(after !== null && { ExclusiveStartKey: JSON.parse(after) }),
      });
      const patientIds = found.map((item) => String(item[PARTITION_KEY]).slice('PATIENT#'.length));
      return { patientIds, next: next === null ? null : JSON.stringify(next) };
    },
  };
}

/** Attributes as stored: null and empty lists are left out, which keeps an account within one write unit of 1 KB. */
function toItem(account: Account): Item {
  const { patientId, ...attributes } = account;
  const item = Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
  return { ...item, [DUE_INDEX.partitionKey]: shardOf(patientId), ...workAttributes(account) };
}

const WORK_ATTRIBUTES = [WORK_INDEX.partitionKey, WORK_INDEX.sortKey, 'workTodo'] as const;

/** The case's place in the work list, where it has one. */
function workAttributes(account: Account): Partial<Record<(typeof WORK_ATTRIBUTES)[number], string>> {
  const entry = workEntryOf(account);
  if (entry === null) return {};
  return { workKey: entry.outcome, workSort: workPlace(entry.since, account.patientId), workTodo: entry.todo };
}

function toAccount(patientId: string, item: Item): Account {
  const { [DUE_INDEX.partitionKey]: _shard, ...attributes } = withoutKeys(item);
  for (const name of WORK_ATTRIBUTES) delete attributes[name];
  const account: Account = { ...newAccount(patientId), ...attributes };
  const { message } = account;
  // Before there were reminders a message did not say its kind: it told of a new PIN.
  return message === null ? account : { ...account, message: { ...message, kind: message.kind ?? 'NEW_PIN' } };
}

/**
 * The update that turns `previous` into `next`: only what differs. A place in the work list is written every time, which
 * costs nothing where it stays the same, so that an item of an earlier version gets one.
 */
function changes(previous: Account | null, next: Account) {
  const before = previous === null ? {} : toItem(previous);
  const after = toItem(next);
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const set: string[] = [];
  const remove: string[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const isWork = (WORK_ATTRIBUTES as readonly string[]).includes(key);
    if (!isWork && JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    names[`#${key}`] = key;
    if (after[key] === undefined) remove.push(`#${key}`);
    else {
      values[`:${key}`] = after[key];
      set.push(`#${key} = :${key}`);
    }
  }
  names['#version'] = 'version';
  if (previous?.version != null) values[':previous'] = previous.version;
  return {
    UpdateExpression: [`SET ${set.join(', ')}`, ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : [])].join(
      ' ',
    ),
    ConditionExpression: previous?.version == null ? 'attribute_not_exists(#version)' : '#version = :previous',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
