/** The shape of the one table (docs/data.md), shared by adapters and infrastructure. */

/** Partition key, a string: the kind and id of what the item is about, e.g. `PATIENT#<id>`. */
export const PARTITION_KEY = 'pk';
/** Sort key, a string: which of its items it is. */
export const SORT_KEY = 'sk';

/** Epoch seconds, a number: DynamoDB deletes the item some time after. */
export const TTL_ATTRIBUTE = 'ttl';

/** 44 days: the PIN's 30 days plus two weeks in which a late answer, bounce or lapse may still refer to it. */
export const KEPT_SECONDS = 44 * 24 * 60 * 60;

/** Sparse index of the accounts that are due some day, keys only; both of its keys are strings. */
export const DUE_INDEX = { name: 'due', partitionKey: 'shard', sortKey: 'nextCheckDay' } as const;

/**
 * Sparse index of the cases that wait for a person, by outcome and since when; both of its keys are strings. What else
 * it holds is what a list is filtered and counted by, so that neither reads an account.
 */
export const WORK_INDEX = {
  name: 'work',
  partitionKey: 'workKey',
  sortKey: 'workSort',
  projected: ['workTodo', 'reason', 'location'],
} as const;

/** Partitions of the index of what is due. Sixteen: a sweep reads them one after another, and none of them gets warm. */
export const SHARDS = 16;

/** What is listed by partition, as IAM writes it: a patient's decisions, a day's sweeps, what was decided about the practice. */
export const CASE_PARTITIONS = ['PATIENT#*', 'SWEEP#*', 'PRACTICE#decisions'];

/** The partition of the readings of the whole chart, which are few and are listed. */
export const DISCOVERIES_PARTITION = 'DISCOVERY#chart';
