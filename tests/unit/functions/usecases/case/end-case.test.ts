import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { RecordConflictError } from '../../../../../functions/domain/errors.ts';
import type { EndedCase } from '../../../../../functions/ports/metrics.ts';
import { type CaseEnd, type EndPorts, endCase } from '../../../../../functions/usecases/case/end-case.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

/** A record, an EHR's open Tasks, and what was counted; `saves` says of each save whether it succeeds. */
function world(account: Account, saves: boolean[] = []) {
  const counted: EndedCase[] = [];
  const tasks = new Set(account.staffTasks.map(({ code, reason }) => `${code} ${reason}`));
  const saved: Account[] = [];
  let stored = account;
  const ports: EndPorts = {
    clock: { now: () => NOW },
    practice: { timeZone: 'America/New_York', recheckDays: 7, reminderDays: [20, 27] },
    metrics: { ended: (ended: EndedCase) => void counted.push(ended) },
    ehr: {
      openStaffTask: async ({ code, reason }: { code: string; reason: string }) => void tasks.add(`${code} ${reason}`),
      closeStaffTask: async ({ code, reason }: { code: string; reason: string }) =>
        void tasks.delete(`${code} ${reason}`),
    },
    cases: {
      read: async () => stored,
      save: async (_previous: Account | null, next: Account) => {
        if (saves.shift() === false) throw new RecordConflictError('ACCOUNT_CHANGED');
        saved.push(next);
        stored = next;
        return next;
      },
    },
  };
  const become = (another: Account) => {
    stored = another;
  };
  return { ports, counted, tasks, saved, become };
}

const account = (more: Partial<Account> = {}): Account => ({ ...newAccount('p1'), ...more });
const end = (more: Partial<CaseEnd>): CaseEnd => ({
  execution: 'x1',
  outcome: 'NOT_NEEDED',
  reason: null,
  staffTask: null,
  ...more,
});

describe('an end is counted', () => {
  it('once, with how long it took', async () => {
    const { ports, counted } = world(account());
    await endCase(ports, account({ withoutAccessSince: '2026-06-15T11:59:00Z' }), end({ outcome: 'REGENERATED' }));
    expect(counted).toEqual([{ outcome: 'REGENERATED', reason: null, unresolvedSeconds: null, accessSeconds: 60 }]);
  });

  it('with the age of a case that is still unresolved', async () => {
    const before = account({ unresolvedSince: '2026-06-14T12:00:00Z' });
    const { ports, counted } = world(before);
    const staffTask = { code: 'enter-email', reason: 'NONE' } as const;
    await endCase(ports, before, end({ outcome: 'EMAIL_MISSING', reason: 'NONE', staffTask }));
    expect(counted).toEqual([
      { outcome: 'EMAIL_MISSING', reason: 'NONE', unresolvedSeconds: 86_400, accessSeconds: null },
    ]);
  });

  it.each([
    ['the first save', [false]],
    ['the last save', [true, false]],
  ])('not where %s fails: the step runs again', async (_which, saves) => {
    const { ports, counted } = world(account(), saves);
    const staffTask = { code: 'notify-patient', reason: 'EmailRejectedError' } as const;
    await expect(endCase(ports, account(), end({ outcome: 'FAILED', staffTask }))).rejects.toThrow(RecordConflictError);
    expect(counted).toEqual([]);
  });
});

it('leaves one Task of a kind: the newer reason takes the place of the older', async () => {
  const unknown = { kind: 'NEW_PIN', state: 'UNKNOWN', document: 'd1', sesId: null, filed: false } as const;
  const older = { code: 'notify-patient', reason: 'EmailRejectedError' } as const;
  const newer = { code: 'notify-patient', reason: 'NotificationFateUnknownError' } as const;
  const before = account({ document: 'd1', message: unknown, staffTasks: [older] });
  const { ports, tasks, saved } = world(before);
  await endCase(ports, before, end({ outcome: 'FAILED', reason: newer.reason, staffTask: newer }));
  expect([...tasks]).toEqual(['notify-patient NotificationFateUnknownError']);
  expect(saved.map(({ staffTasks }) => staffTasks)).toEqual([[older, newer], [newer]]);
});

describe('a run that cannot save its end', () => {
  const staffTask = { code: 'notify-patient', reason: 'EmailRejectedError' } as const;
  const failed = end({ outcome: 'FAILED', reason: staffTask.reason, staffTask });
  const lease = { owner: 'x1', until: '2026-06-15T13:00:00Z' };

  it.each<[string, Account, string[]]>([
    ['leaves the Task to its own next try', account({ lease }), ['notify-patient EmailRejectedError']],
    ['takes the Task back where the case is over', account({ endedBy: 'x2' }), []],
    ['takes it back where another has the case', account({ lease: { ...lease, owner: 'x2' } }), []],
    [
      'leaves it to another execution that its record names',
      account({ staffTasks: [staffTask] }),
      ['notify-patient EmailRejectedError'],
    ],
  ])('%s', async (_what, another, open) => {
    const before = account({ lease });
    const { ports, tasks, become } = world(before, [true, false]);
    const { openStaffTask } = ports.ehr;
    ports.ehr.openStaffTask = async (order) => {
      await openStaffTask(order);
      become(another);
    };
    await expect(endCase(ports, before, failed)).rejects.toThrow(RecordConflictError);
    expect([...tasks]).toEqual(open);
  });
});
