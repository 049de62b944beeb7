/** The lease: one execution at a time may write a case. */
import { LeaseHeldError, LeaseLostError } from '../errors.ts';
import { millisecondsOf, toInstant } from '../time/instant.ts';
import type { Account } from './account.ts';

/** 60 minutes: the machine's TimeoutSeconds is 50, so a lease outlives every execution that may still write. */
export const LEASE_MS = 60 * 60 * 1000;

/** A lease on `account` for `execution`; LeaseHeldError while another's has not lapsed. One's own is kept, never renewed. */
export function withLease(account: Account, execution: string, now: number): Account {
  const { lease } = account;
  if (lease?.owner === execution) return account;
  if (lease !== null && now < (millisecondsOf(lease.until) ?? 0)) throw new LeaseHeldError('LEASE_HELD');
  return { ...account, lease: { owner: execution, until: toInstant(now + LEASE_MS) } };
}

/** Refuses a writer that is not the lease's owner. One that lapsed untaken is still its owner's. */
export function assertLease(account: Account | null, execution: string): asserts account is Account {
  if (account?.lease?.owner !== execution) throw new LeaseLostError('LEASE_LOST');
}
