/** What the EHR tells in these tests, and the cases that it is told about. */
import type { Account } from '../../../functions/domain/case/account.ts';
import { lifeOf } from '../../../functions/domain/chart/expiry.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';

export const timestamp = '2026-06-15T11:59:00Z';
export const VALID = '2026-06-10T12:00:00Z';
export const EXPIRED = '2026-05-10T12:00:00Z';
export const RECHECK = '2026-06-18';

export type Told = (patientId: string) => EhrEvent;
export const issued: Told = (patientId) => ({ type: 'pin.issued', timestamp, data: { patientId } });
export const requested =
  (force?: boolean): Told =>
  (patientId) => ({
    type: 'pin.regeneration_requested',
    timestamp,
    data: { patientId, actor: 'ann', reason: 'lost', ...(force !== undefined && { force }) },
  });
export const emailChanged: Told = (patientId) => ({ type: 'patient.email_changed', timestamp, data: { patientId } });
export const registered: Told = (patientId) => ({ type: 'portal.registered', timestamp, data: { patientId } });
export const optedOut: Told = (patientId) => ({ type: 'patient.opted_out', timestamp, data: { patientId } });
export const updated =
  (change: 'deceased' | 'inactive' | 'merged' | 'provider'): Told =>
  (patientId) => ({ type: 'patient.updated', timestamp, data: { patientId, change } });

/** A case with an ended latest execution. */
export const ended = (outcome: Account['outcome'], more: Partial<Account> = {}): Partial<Account> => ({
  attempt: 1,
  execution: 'x-1',
  endedBy: 'x-1',
  outcome,
  nextCheckDay: RECHECK,
  ...more,
});
export const pin = (signedAt: string): Partial<Account> => {
  const { issuedAt, expiresAt } = lifeOf(Date.parse(signedAt));
  return { document: 'd1', issuedAt, expiresAt };
};
export const tracked: Partial<Account> = { ...pin(VALID), nextCheckDay: '2026-07-10' };
export const valid = ended('REGENERATED', pin(VALID));
export const expired = ended('REGENERATED', { ...pin(EXPIRED), nextCheckDay: '2026-06-09' });
export const missing = ended('EMAIL_MISSING', { reason: 'NONE', ...pin(EXPIRED) });
export const held = (reason: string) => ended('HELD', { reason, ...pin(EXPIRED) });
export const failed = (reason: string) => ended('FAILED', { reason, ...pin(EXPIRED), failures: 1 });
export const registeredAlready = ended('NOT_NEEDED', { reason: 'ALREADY_REGISTERED', nextCheckDay: null });
export const neverIssued = ended('NOT_NEEDED', { reason: 'NEVER_ISSUED', nextCheckDay: null });
