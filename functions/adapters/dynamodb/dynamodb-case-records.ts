/** CaseRecords in the one table: one item per patient, conditional writes of only what changed. */
import { createHash } from 'node:crypto';
import { type Account, withVersion } from '../../domain/case/account.ts';
import { workEntryOf } from '../../domain/case/work.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import { caseItem } from './case-item.ts';
import { createItems, type Item, keyOf, type TableOptions } from './items.ts';
import { DUE_INDEX, SHARDS, WORK_INDEX } from './table.ts';

export interface CaseRecordsOptions extends TableOptions {
  newId(): string;
}

function caseKey(patientId: string) {
  return keyOf('PATIENT', patientId, 'ACCOUNT');
}

/** The index shard of a patient. */
export function shardOf(patientId: string): string {
  return shardName((createHash('sha256').update(patientId).digest()[0] ?? 0) % SHARDS);
}

export function shardName(shard: number): string {
  return String(shard).padStart(2, '0');
}

/** Sort key in the work list: waiting since, then patient, so that no two cases share a place. */
export function workPlace(since: string, patientId: string): string {
  return `${since}#${patientId}`;
}

export function createDynamoDbCaseRecords({ newId, ...table }: CaseRecordsOptions): CaseRecords {
  const items = createItems(table);
  return {
    async read(patientId) {
      const item = await items.get(caseKey(patientId));
      return item === null ? null : { patientId, ...items.parse(caseItem, item) };
    },

    async save(previous, next) {
      const version = newId();
      const saved = withVersion(next, version);
      if ((await items.update(caseKey(next.patientId), changes(previous, saved))) !== null) return saved;
      // The SDK repeats a call after a lost answer; then the condition fails on our own write.
      const stored = await items.get(caseKey(next.patientId));
      if (stored?.version === version) return saved;
      throw new RecordConflictError('ACCOUNT_CHANGED');
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
