import { expect, it } from 'vitest';
import { newAccount } from '../../../../../functions/domain/case/account.ts';
import { AwsUnavailableError, RecordUnreadableError } from '../../../../../functions/domain/errors.ts';
import type { CaseLists } from '../../../../../functions/ports/case/case-lists.ts';
import { listLooks, listWork } from '../../../../../functions/usecases/staff/list-cases.ts';

const page = { patientIds: ['p1', 'p2', 'p3'], next: 'more' };
const lists: CaseLists = {
  listWork: async () => page,
  listLooks: async () => page,
  countWork: async () => ({ counts: [], isComplete: true }),
  countDue: async () => ({ count: 0, isComplete: true }),
  listRequests: async () => [],
};
const ALL = { outcome: null, reason: null, todo: null, location: null, from: null, before: null };

function portsWhere(error: Error) {
  const read = async (id: string) => {
    if (id === 'p2') throw error;
    const endedAt = '2026-06-15T12:00:00Z';
    return { ...newAccount(id), outcome: 'HELD' as const, reason: 'CYCLE_LIMIT', endedAt, unresolvedSince: endedAt };
  };
  return { lists, cases: { read } };
}

it.each([
  ['the work list', (ports: ReturnType<typeof portsWhere>) => listWork(ports, ALL, null, 3)],
  ['the next checks', (ports: ReturnType<typeof portsWhere>) => listLooks(ports, { from: '', to: '' }, null, 3)],
])('%s leaves out a case that cannot be read, and fails where the table does', async (_what, list) => {
  const { accounts, next } = await list(portsWhere(new RecordUnreadableError('PATIENT#p2 ACCOUNT')));
  expect(accounts.map(({ patientId }) => patientId)).toEqual(['p1', 'p3']);
  expect(next).toBe('more');
  await expect(list(portsWhere(new AwsUnavailableError('HTTP_503')))).rejects.toThrow(AwsUnavailableError);
});
