import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { AwsUnavailableError } from '../../../../../functions/domain/errors.ts';
import { type LapsePorts, takeLapse } from '../../../../../functions/usecases/batch/take-lapse.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const PIN = { patientId: 'p1', document: 'd1', expiresAt: '2026-06-15T11:00:00Z' };
const VALID_UNTIL = '2026-06-15T11:00:00Z';

const known: Account = {
  ...newAccount('p1'),
  document: 'd1',
  expiresAt: VALID_UNTIL,
  outcome: 'REGENERATED',
  attempt: 1,
  execution: 'e1',
  endedBy: 'e1',
  nextCheckDay: '2026-06-15',
};

function world(account: Account | null, { allowance = 5, isDown = false, isPaused = false } = {}) {
  const state = { account, started: 0, used: 0 };
  const ports: LapsePorts = {
    staffRequests: { read: async () => null },
    cases: {
      read: async () => state.account,
      save: async (_previous: Account | null, next: Account) => {
        state.account = next;
        return next;
      },
    },
    executions: {
      start: async () => {
        if (isDown) throw new AwsUnavailableError('HTTP_503');
        state.started += 1;
        return 'arn';
      },
      describe: async () => ({ status: 'RUNNING', arn: 'arn', stoppedAt: null }),
    },
    pauseSwitch: {
      read: async () => (isPaused ? { actor: 'pat', reason: 'x', at: VALID_UNTIL } : null),
      set: async () => undefined,
    },
    sweeps: {
      takeAllowance: async (_day: string, wanted: number) => {
        const taken = Math.min(wanted, allowance - state.used);
        state.used += taken;
        return taken;
      },
      returnAllowance: async (_day: string, unused: number) => {
        state.used -= unused;
      },
    },
    clock: { now: () => NOW },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27], sweep: { dailyLimit: 100 } },
  };
  return { state, ports };
}

describe('a PIN that lapsed', () => {
  it.each<[string, Account | null, typeof PIN, object, string, number]>([
    ['is regenerated', known, PIN, {}, 'STARTED', 1],
    ['is another one by now', { ...known, document: 'd2' }, PIN, {}, 'OLD_NEWS', 0],
    ['has no record any more', null, PIN, {}, 'OLD_NEWS', 0],
    ['is removed before its time', known, { ...PIN, expiresAt: '2026-06-15T13:00:00Z' }, {}, 'OLD_NEWS', 0],
    ['has no readable time', known, { ...PIN, expiresAt: 'soon' }, {}, 'OLD_NEWS', 0],
    ['comes after the daily limit', known, PIN, { allowance: 0 }, 'LEFT_TO_SWEEP', 0],
    ['comes while all starts are paused', known, PIN, { isPaused: true }, 'PAUSED', 0],
    ['belongs to a case that runs', { ...known, execution: 'e2', attempt: 2 }, PIN, {}, 'RUNNING', 0],
    ['waits for a person', { ...known, outcome: 'HELD', nextCheckDay: '2026-06-20' }, PIN, {}, 'NOT_DUE', 0],
  ])('%s', async (_what, account, pin, world_, decision, started) => {
    const { ports, state } = world(account, world_);
    expect(await takeLapse(ports, pin)).toBe(decision);
    expect([state.started, state.used]).toEqual([started, started]);
  });

  it('changes nothing when it is told twice', async () => {
    const { ports, state } = world(known);
    expect([await takeLapse(ports, PIN), await takeLapse(ports, PIN)]).toEqual(['STARTED', 'RUNNING']);
    expect([state.started, state.used]).toEqual([1, 1]);
  });

  it('is due from today on, although no check was scheduled', async () => {
    const { ports, state } = world({ ...known, nextCheckDay: null }, { allowance: 0 });
    await takeLapse(ports, PIN);
    expect(state.account?.nextCheckDay).toBe('2026-06-15');
  });

  it('gives its start back when AWS is down', async () => {
    const { ports, state } = world(known, { isDown: true });
    await expect(takeLapse(ports, PIN)).rejects.toThrow(AwsUnavailableError);
    expect(state.used).toBe(0);
  });
});
