import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import type { ExecutionStatus } from '../../../../../functions/domain/case/executions.ts';
import { executionName } from '../../../../../functions/domain/identity.ts';
import type { ExecutionInput } from '../../../../../functions/ports/case/executions.ts';
import { type StartPorts, start } from '../../../../../functions/usecases/case/start.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const FIRST = executionName('p1', 1);

/** A record and the executions that AWS still knows; what was started is noted. */
function world(account: Account, known: Record<string, ExecutionStatus>) {
  const started: { name: string; input: ExecutionInput }[] = [];
  let stored = account;
  const ports: StartPorts = {
    staffRequests: { read: async () => null },
    clock: { now: () => NOW },
    pauseSwitch: { read: async () => null, set: async () => undefined },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27] },
    cases: {
      read: async () => stored,
      save: async (_previous: Account | null, next: Account) => {
        stored = next;
        return next;
      },
    },
    executions: {
      start: async (name: string, input: ExecutionInput) => {
        started.push({ name, input });
        return `arn:${name}`;
      },
      describe: async (name: string) => {
        const status = known[name];
        return status === undefined ? null : { status, arn: `arn:${name}`, stoppedAt: NOW - 60_000 };
      },
    },
  };
  return { ports, started, stored: () => stored };
}

const ended: Account = {
  ...newAccount('p1'),
  attempt: 1,
  execution: FIRST,
  endedBy: FIRST,
  outcome: 'NOT_NEEDED',
  document: 'd1',
  expiresAt: '2026-06-01T00:00:00Z',
};
const person = { patientId: 'p1', trigger: 'person', force: null, awaitedFactChanged: false } as const;
const machine = { ...person, trigger: 'machine' } as const;

describe('a name that AWS does not know', () => {
  it('was noted and never started: it is started as it was noted, and a request that came since is told that it runs', async () => {
    const { ports, started, stored } = world({ ...ended, endedBy: null, outcome: null }, {});
    expect(await start(ports, { ...person, force: 'r1' })).toMatchObject({ decision: 'RUNNING', takesUp: false });
    expect(started).toEqual([{ name: FIRST, input: { patientId: 'p1', attempt: 1, force: null } }]);
    // The attempt may have been started without the request: so the request is not recorded with it.
    expect(stored().request).toBeNull();
  });

  it('ended more than 90 days ago: the next attempt is started, not the old one again', async () => {
    const { ports, started } = world(ended, {});
    await start(ports, { ...person, force: 'r1' });
    expect(started).toEqual([{ name: executionName('p1', 2), input: { patientId: 'p1', attempt: 2, force: 'r1' } }]);
  });
});

describe("a person's request that is sent again", () => {
  const forced = { ...person, force: 'r1', version: 'as-it-was-seen' };
  it.each<[string, Partial<Account>, ExecutionStatus]>([
    ['served', { outcome: 'REGENERATED', request: 'r1', servedRequest: 'r1' }, 'SUCCEEDED'],
    ['served, another look since', { outcome: 'NOT_NEEDED', request: null, servedRequest: 'r1' }, 'SUCCEEDED'],
    ['held', { outcome: 'HELD', request: 'r1' }, 'SUCCEEDED'],
    ['failed', { outcome: 'FAILED', request: 'r1' }, 'FAILED'],
  ])('was taken up and is %s: the answer is what was started for it', async (_what, more, status) => {
    const { ports, started } = world({ ...ended, ...more }, { [FIRST]: status });
    expect(await start(ports, forced)).toEqual({ decision: 'STARTED', execution: FIRST, arn: `arn:${FIRST}` });
    expect(started).toEqual([]);
  });

  it('is at work: the answer is the execution', async () => {
    const { ports, started } = world({ ...ended, endedBy: null, request: 'r1' }, { [FIRST]: 'RUNNING' });
    expect(await start(ports, forced)).toMatchObject({ decision: 'RUNNING', execution: FIRST });
    expect(started).toEqual([]);
  });

  it('was noted and never started: it is started', async () => {
    const { ports, started } = world({ ...ended, endedBy: null, outcome: null, request: 'r1' }, {});
    expect(await start(ports, forced)).toMatchObject({ decision: 'STARTED', execution: FIRST });
    expect(started).toEqual([{ name: FIRST, input: { patientId: 'p1', attempt: 1, force: 'r1' } }]);
  });

  it('died without a recorded end: it continues at once, as the same request', async () => {
    const { ports, started } = world(
      { ...ended, endedBy: null, outcome: null, request: 'r1' },
      { [FIRST]: 'TIMED_OUT' },
    );
    expect(await start(ports, forced)).toMatchObject({ decision: 'STARTED', execution: executionName('p1', 2) });
    expect(started[0]?.input.force).toBe('r1');
  });

  it('was taken up before a pause: its answer is the same during it, and nothing is started', async () => {
    const served = world({ ...ended, request: 'r1', servedRequest: 'r1' }, { [FIRST]: 'SUCCEEDED' });
    const noted = world({ ...ended, endedBy: null, request: 'r1' }, {});
    for (const { ports } of [served, noted]) {
      ports.pauseSwitch.read = async () => ({ actor: 'kim', reason: 'upgrade', at: '2026-06-15T11:00:00Z' });
    }
    expect(await start(served.ports, forced)).toMatchObject({ decision: 'STARTED', execution: FIRST });
    expect(await start(noted.ports, forced)).toEqual({ decision: 'PAUSED', execution: null });
    expect([served.started, noted.started]).toEqual([[], []]);
  });

  it('found the case at work for another, and so was not looked at: it is started', async () => {
    const { ports, started } = world({ ...ended, endedBy: null, request: 'r1' }, { [FIRST]: 'SUCCEEDED' });
    expect(await start(ports, forced)).toMatchObject({ decision: 'STARTED', execution: executionName('p1', 2) });
    expect(started[0]?.input.force).toBe('r1');
  });

  it('found the case at work for another: a machine that comes first carries it on, due or not', async () => {
    const account: Account = {
      ...ended,
      endedBy: null,
      request: 'r1',
      outcome: 'NOT_NEEDED',
      expiresAt: '2027-01-01T00:00:00Z',
    };
    const { ports, started } = world({ ...account, nextCheckDay: '2026-07-01' }, { [FIRST]: 'SUCCEEDED' });
    await start(ports, machine);
    expect(started[0]?.input.force).toBe('r1');
  });

  it.each<[string, Partial<Account>, string]>([
    ['older than the one that is open: the open one', { request: 'younger', outcome: 'FAILED' }, 'younger'],
    ['younger than the one that is open: it', { request: 'oldest', outcome: 'FAILED' }, 'r1'],
    [
      'served, and another is open: the open one',
      { request: 'oldest', servedRequest: 'r1', outcome: 'FAILED' },
      'oldest',
    ],
  ])('of two requests one is started for; this is %s', async (_what, more, served) => {
    const account: Account = { ...ended, endedBy: null, nextCheckDay: '2026-06-15', ...more };
    const { ports, started } = world(account, { [FIRST]: 'TIMED_OUT' });
    const times: Record<string, string> = {
      oldest: '2026-06-15T09:00:00Z',
      r1: '2026-06-15T10:00:00Z',
      younger: '2026-06-15T11:00:00Z',
    };
    ports.staffRequests.read = async (patientId, id) => ({
      id,
      patientId,
      action: 'regenerate',
      actor: 'a',
      reason: 'r',
      at: times[id] ?? '',
    });
    await start(ports, { ...person, force: 'r1' });
    expect(started.map(({ input }) => input.force)).toEqual([served]);
  });

  it('was not taken up, the case being another by now: it is refused', async () => {
    const { ports, started } = world({ ...ended, request: 'r2' }, { [FIRST]: 'SUCCEEDED' });
    await expect(start(ports, forced)).rejects.toThrow('CASE_CHANGED');
    expect(started).toEqual([]);
  });
});

describe("a person's request that no PIN has served", () => {
  it.each(['FAILED', 'HELD', 'EMAIL_MISSING'] as const)('is carried on after %s', async (outcome) => {
    const account: Account = { ...ended, outcome, request: 'r1', nextCheckDay: '2026-06-15' };
    const { ports, started } = world(account, { [FIRST]: 'FAILED' });
    await start(ports, machine);
    expect(started[0]?.input.force).toBe('r1');
  });

  it.each([
    ['was served', { outcome: 'FAILED', request: 'r1', servedRequest: 'r1' }],
    ['came to a patient without need for one', { outcome: 'NOT_NEEDED', request: 'r1' }],
  ] as const)('is not carried on when it %s', async (_what, more) => {
    const { ports, started } = world({ ...ended, ...more, nextCheckDay: '2026-06-15' }, { [FIRST]: 'SUCCEEDED' });
    await start(ports, machine);
    expect(started[0]?.input.force).toBeNull();
  });
});

describe('what nextCheckDay becomes', () => {
  it.each([
    ['2026-06-10', '2026-06-10'],
    ['2026-07-30', '2026-06-15'],
    [null, '2026-06-15'],
  ])('%s: a start that is left behind is found by the next sweep, on %s', async (before, after) => {
    const { ports, stored } = world({ ...ended, nextCheckDay: before }, { [FIRST]: 'SUCCEEDED' });
    await start(ports, person);
    expect(stored().nextCheckDay).toBe(after);
  });
});
