import { describe, expect, it } from 'vitest';
import { type SweepCursor, type SweepRun, withMinute } from '../../../../../functions/domain/batch/sweep.ts';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { AwsUnavailableError } from '../../../../../functions/domain/errors.ts';
import type { SweptStart } from '../../../../../functions/ports/batch/sweep-records.ts';
import { type SweepPorts, sweepMinute } from '../../../../../functions/usecases/batch/sweep-minute.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

interface World {
  /** Patients due, per shard. */
  due: string[][];
  startsPerMinute?: number;
  dailyLimit?: number;
  /** Milliseconds that each page takes. */
  pageMs?: number;
  /** What StartExecution does; throws to fail. */
  onStart?: (patientId: string, starts: number) => void;
}

/** A table and a Step Functions in memory; time passes by pages and pauses alone. */
function world({ due, startsPerMinute = 600, dailyLimit = 1000, pageMs = 10, onStart }: World) {
  const accounts = new Map<string, Account>();
  for (const id of due.flat()) {
    accounts.set(id, { ...newAccount(id), document: 'd1', expiresAt: '2026-06-01T00:00:00Z', outcome: 'NOT_NEEDED' });
  }
  const runs = new Map<string, SweepRun>();
  const pages = new Map<string, readonly SweptStart[]>();
  const started: string[] = [];
  const names = new Set<string>();
  const state = { paused: false, used: 0, elapsed: 0, pauses: [] as number[], queries: 0 };
  const ports: SweepPorts = {
    staffRequests: { read: async () => null },
    cases: {
      read: async (id: string) => accounts.get(id) ?? null,
      save: async (_previous: Account | null, next: Account) => {
        accounts.set(next.patientId, next);
        return next;
      },
    },
    dueCases: {
      list: async (shard, _day, after, limit) => {
        state.elapsed += pageMs;
        state.queries += 1;
        const from = after === null ? 0 : Number(after);
        const next = from + limit < (due[shard]?.length ?? 0) ? String(from + limit) : null;
        return { patientIds: due[shard]?.slice(from, from + limit) ?? [], next };
      },
    },
    executions: {
      start: async (name, { patientId }) => {
        onStart?.(patientId, started.length);
        started.push(patientId);
        names.add(name);
        return `arn:${patientId}`;
      },
      describe: async (name) => (names.has(name) ? { status: 'RUNNING', arn: 'arn', stoppedAt: null } : null),
    },
    pauseSwitch: {
      read: async () => (state.paused ? { actor: 'pat', reason: 'go-live', at: '2026-06-15T11:00:00Z' } : null),
      set: async () => undefined,
    },
    sweeps: {
      read: async (_day, execution) => runs.get(execution) ?? null,
      save: async (run) => void runs.set(run.execution, run),
      notePage: async (_run, minute, page, list) => void pages.set(`${minute}.${page}.${list[0]?.execution}`, list),
      list: async () => [...runs.values()],
      listStarts: async () => [...pages.values()].flat(),
      takeAllowance: async (_day, wanted, limit) => {
        const taken = Math.max(0, Math.min(wanted, limit - state.used));
        state.used += taken;
        return taken;
      },
      returnAllowance: async (_day, unused) => {
        state.used -= unused;
      },
    },
    clock: { now: () => NOW },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27], sweep: { startsPerMinute, dailyLimit } },
    shards: due.length,
    pause: async (milliseconds) => {
      state.pauses.push(milliseconds);
      state.elapsed += Math.max(0, milliseconds);
    },
    elapsed: () => state.elapsed,
  };
  const minute = (cursor: SweepCursor | null, dryRun = false) => {
    state.elapsed = 0;
    return sweepMinute(ports, { execution: 'sweep-1', dryRun, cursor });
  };
  async function sweep(): Promise<number> {
    let cursor: SweepCursor | null = null;
    for (let minutes = 1; ; minutes++) {
      cursor = await minute(cursor);
      if (cursor === null) return minutes;
    }
  }
  return { ports, state, started, pages, minute, sweep, run: () => runs.get('sweep-1') };
}

const patients = (count: number, prefix = 'p') => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('one minute of the sweep', () => {
  it('starts at most a minute’s worth, evenly, and goes on in the next', async () => {
    const { minute, started, state } = world({ due: [patients(130)], startsPerMinute: 60 });
    const next = await minute(null);
    expect(started).toHaveLength(60);
    expect(next).toMatchObject({ day: '2026-06-15', minute: 1, shard: 0, after: '60' });
    expect(state.elapsed).toBeGreaterThanOrEqual(55_000);
    // One a second, also within a page of five.
    expect(Math.max(...state.pauses)).toBeLessThanOrEqual(1_000);
  });

  it('starts a quarter of a second’s worth at once, so that a mail service that counts by the second is not flooded', async () => {
    const startedAt: number[] = [];
    const elapsed = () => state.elapsed;
    const { minute, state } = world({
      due: [patients(1000)],
      startsPerMinute: 840,
      onStart: () => startedAt.push(elapsed()),
    });
    await minute(null);
    expect(startedAt).toHaveLength(840);
    for (let from = 0; from < 60_000; from += 250) {
      // What a page's query takes is caught up with.
      expect(startedAt.filter((at) => from <= at && at < from + 1_000).length).toBeLessThanOrEqual(14 + 4);
    }
  });

  it('takes as many minutes as the rate demands, starts everybody once and counts them', async () => {
    const { sweep, started, run } = world({ due: [patients(150, 'a'), [], patients(50, 'b')], startsPerMinute: 60 });
    expect(await sweep()).toBe(4);
    expect(new Set(started).size).toBe(200);
    expect(started).toHaveLength(200);
    expect(run()).toMatchObject({ counts: { STARTED: 200 }, stoppedBy: null, endedAt: '2026-06-15T12:00:00Z' });
  });

  it('keeps the daily limit over all sweeps of the day', async () => {
    const { sweep, started, run, state } = world({ due: [patients(30)], dailyLimit: 12 });
    await sweep();
    expect(started).toHaveLength(12);
    expect(run()?.stoppedBy).toBe('DAILY_LIMIT');
    expect(state.used).toBe(12);
  });

  it('gives back what it did not use', async () => {
    const { sweep, state } = world({ due: [patients(7)] });
    await sweep();
    expect(state.used).toBe(7);
  });

  it('ends when processing is paused midway', async () => {
    const paused = world({
      due: [patients(200)],
      startsPerMinute: 120,
      onStart: (_id, starts) => {
        if (starts === 14) paused.state.paused = true;
      },
    });
    await paused.sweep();
    expect(paused.started.length).toBeLessThanOrEqual(20);
    expect(paused.run()?.stoppedBy).toBe('PAUSED');
  });

  it('counts a patient with a failed start and continues with the others', async () => {
    const { sweep, run } = world({
      due: [patients(5)],
      onStart: (id) => {
        if (id === 'p-2') throw new TypeError('broken');
      },
    });
    await sweep();
    expect(run()?.counts).toMatchObject({ STARTED: 4, FAILED: 1 });
  });

  it('throws for a retry when AWS is down, after noting what was started; the retry finds it running', async () => {
    let down = true;
    const { minute, sweep, started, pages, run, state } = world({
      due: [patients(5)],
      onStart: (id) => {
        if (down && id === 'p-3') throw new AwsUnavailableError('HTTP_503');
      },
    });
    await expect(minute(null)).rejects.toThrow(AwsUnavailableError);
    expect([...pages.values()].flat()).toHaveLength(4);
    expect([run()?.counts.STARTED, run()?.counts.FAILED, run()?.minutes]).toEqual([4, 1, 0]);
    expect(state.used).toBe(4);
    down = false;
    await sweep();
    expect(started.filter((id) => id === 'p-0')).toHaveLength(1);
    // Both tries' starts are in the report, and the day has lost no more of them.
    expect([...pages.values()].flat()).toHaveLength(5);
    expect([run()?.counts.STARTED, run()?.counts.RUNNING, state.used]).toEqual([5, 4, 5]);
  });

  it('a minute that broke off takes of the day’s limit what it started, so that its retry has the rest', async () => {
    let down = true;
    const { minute, started, state, run } = world({
      due: [patients(30)],
      startsPerMinute: 60,
      dailyLimit: 20,
      onStart: (id) => {
        if (down && id === 'p-3') throw new AwsUnavailableError('HTTP_503');
      },
    });
    await expect(minute(null)).rejects.toThrow(AwsUnavailableError);
    expect([started.length, state.used]).toEqual([4, 4]);
    down = false;
    await minute(null);
    expect([started.length, state.used, run()?.minutes]).toEqual([20, 20, 1]);
  });

  it('gives back what it did not use also where the index cannot be read', async () => {
    const { ports, state } = world({ due: [patients(5)] });
    const list = () => Promise.reject(new AwsUnavailableError('HTTP_503'));
    const broken = { ...ports, dueCases: { list } };
    const minute = { execution: 'sweep-1', dryRun: false, cursor: null };
    await expect(sweepMinute(broken, minute)).rejects.toThrow(AwsUnavailableError);
    expect(state.used).toBe(0);
  });

  it('starts nothing on a dry run, and waits for nothing', async () => {
    const { minute, started, run, state } = world({ due: [patients(5)] });
    expect(await minute(null, true)).toBeNull();
    expect([started.length, state.used, run()?.counts.STARTED]).toEqual([0, 0, 5]);
    expect(state.pauses).toEqual([]);
  });

  it('goes through a dry run also while all starts are paused', async () => {
    const { minute, state, started, run } = world({ due: [patients(5)] });
    state.paused = true;
    expect(await minute(null, true)).toBeNull();
    expect([started.length, run()?.counts.STARTED, run()?.stoppedBy]).toEqual([0, 5, null]);
  });

  it('begins no page when its minute is over', async () => {
    const { minute, state } = world({ due: [patients(600)], startsPerMinute: 6000, pageMs: 20_000 });
    expect(await minute(null)).not.toBeNull();
    expect(state.queries).toBe(3);
  });
});

it('does not count a minute twice', () => {
  const counts = { STARTED: 3, RUNNING: 0, NOT_DUE: 1, PAUSED: 0, FAILED: 0 };
  const run = { minutes: 0, counts: { STARTED: 0, RUNNING: 0, NOT_DUE: 0, PAUSED: 0, FAILED: 0 } } as SweepRun;
  const once = withMinute(run, 0, counts);
  expect(withMinute(once, 0, counts)).toEqual(once);
  expect(withMinute(once, 1, counts).counts.STARTED).toBe(6);
});
