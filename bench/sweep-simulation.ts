/**
 * Many due PINs under AWS's quotas: the product's own sweep, minute by minute, on a table and a Step Functions that exist in
 * virtual time alone and refuse what is beyond a quota.
 */

import type { SweepCursor, SweepRun } from '../functions/domain/batch/sweep.ts';
import { type Account, newAccount } from '../functions/domain/case/account.ts';
import { AwsUnavailableError } from '../functions/domain/errors.ts';
import { addDays, type Day } from '../functions/domain/time/calendar.ts';
import type { SweepRecords } from '../functions/ports/batch/sweep-records.ts';
import { type SweepMinute, type SweepPorts, sweepMinute } from '../functions/usecases/batch/sweep-minute.ts';
import type { Draw } from './quota-bounds.ts';
import type { Quota, QuotaName } from './quotas.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface Simulated {
  /** From the first start to the last. */
  seconds: number;
  started: number;
  /** What was refused, by quota. */
  throttled: Record<string, number>;
  /** Minutes of all sweeps; each is 8 events of a history. */
  longestSweepMinutes: number;
}

export interface Simulation {
  /** Patients due, by shard. */
  shards: readonly (readonly string[])[];
  draw: Draw;
  quotas: Readonly<Partial<Record<QuotaName, Quota>>>;
  startsPerMinute: number;
  dailyLimit: number;
  /** What one regeneration takes from start to end, in seconds: what it uses is spread over it. */
  runSeconds: number;
}

/** Milliseconds of one call, as AWS's services answer within a region; the longest of a hundred takes three times as long. */
const CALL_MS = { read: 4, write: 7, startExecution: 25, note: 12 };
/** A turn of the sweep's loop between two minutes: Choice, Lambda's start, the state's end. */
const TURN_MS = 150;
/** As the ASL waits before a minute is tried again. */
const RETRY_MS = 10_000;
/** The machine's TimeoutSeconds. */
const LONGEST_SWEEP_MS = 82_800_000;
const DAY_MS = 86_400_000;
const FIRST_DAY = '2035-01-01';

export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { shards, quotas, startsPerMinute, dailyLimit } = simulation;
  const time = createVirtualTime();
  const account = startLedger(simulation);
  const dueCount = shards.reduce((sum, ids) => sum + ids.length, 0);
  const waiting = shards.map((ids) => [...ids]);
  const startBucket = tokenBucket(quotas.starts);
  let [first, last, calls, longestSweepMinutes, refused] = [-1, 0, 0, 0, 0];
  const call = (milliseconds: number) => {
    calls += 1;
    return time.wait(milliseconds * (calls % 100 === 0 ? 3 : 0.8 + (calls % 5) / 10));
  };
  const gone = new Set<string>();

  const cases: SweepPorts['cases'] = {
    read: async (id: string) => {
      await call(CALL_MS.read);
      return {
        ...newAccount(id),
        document: 'd',
        expiresAt: '2034-12-31T00:00:00Z',
        nextCheckDay: FIRST_DAY,
      };
    },
    save: async (_previous: Account | null, next: Account) => {
      await call(CALL_MS.write);
      return next;
    },
  };
  const dueCases: SweepPorts['dueCases'] = {
    list: async (shard: number, _day: Day, after: string | null, limit: number) => {
      await call(CALL_MS.read);
      const ids = waiting[shard] ?? [];
      const from = after === null ? 0 : Number(after);
      const next = from + limit < ids.length ? String(from + limit) : null;
      return { patientIds: ids.slice(from, from + limit), next };
    },
  };
  const executions: SweepPorts['executions'] = {
    describe: async () => null,
    start: async (name, { patientId }) => {
      await call(CALL_MS.startExecution);
      if (!startBucket.take(time.now(), 1)) {
        refused += 1;
        throw new AwsUnavailableError('ThrottlingException');
      }
      if (first < 0) first = time.now();
      last = time.now();
      account.start(last);
      gone.add(patientId);
      return name;
    },
  };

  for (let day = 0; gone.size < dueCount; day++) {
    const begins = day * DAY_MS;
    await time.through(time.wait(begins - time.now()));
    for (const [shard, ids] of waiting.entries()) waiting[shard] = ids.filter((id) => !gone.has(id));
    const before = gone.size;
    const sweep = sweepOf(addDays(FIRST_DAY, day));
    const ports = (begun: number): SweepPorts => ({
      cases,
      dueCases,
      staffRequests: { read: async () => null },
      executions,
      pauseSwitch: { read: () => call(CALL_MS.read).then(() => null), set: async () => undefined },
      sweeps: sweep.records(() => call(CALL_MS.note)),
      clock: { now: () => Date.parse(`${FIRST_DAY}T12:00:00Z`) + time.now() },
      pause: time.wait,
      practice: { timeZone: 'UTC', reminderDays: [], sweep: { startsPerMinute, dailyLimit } },
      shards: shards.length,
      elapsed: () => time.now() - begun,
    });
    let cursor: SweepCursor | null = null;
    let minutes = 0;
    do {
      const minute: SweepMinute = { execution: `sweep-${day}`, dryRun: false, cursor };
      try {
        cursor = await time.through(sweepMinute(ports(time.now()), minute));
        await time.through(time.wait(TURN_MS));
      } catch (error) {
        if (!(error instanceof AwsUnavailableError)) throw error;
        // The machine runs the minute again.
        await time.through(time.wait(RETRY_MS));
      }
      minutes += 1;
    } while (cursor !== null && time.now() - begins < LONGEST_SWEEP_MS);
    longestSweepMinutes = Math.max(longestSweepMinutes, minutes);
    if (gone.size === before) throw new Error('a day without a start');
  }
  return {
    seconds: (last - first) / 1000,
    started: gone.size,
    throttled: { starts: refused, ...account.throttled() },
    longestSweepMinutes,
  };
}

/** What the sweep notes of itself, in memory. */
function sweepOf(day: Day) {
  const runs = new Map<string, SweepRun>();
  let used = 0;
  return {
    records: (noted: () => Promise<void>): SweepRecords => ({
      read: async (_day, execution) => runs.get(execution) ?? null,
      save: async (run) => {
        await noted();
        runs.set(run.execution, run);
      },
      notePage: () => noted(),
      list: async () => [...runs.values()],
      listStarts: async () => [],
      takeAllowance: async (asked, wanted, dailyLimit) => {
        await noted();
        if (asked !== day) throw new Error('a sweep keeps its day');
        const taken = Math.max(0, Math.min(wanted, dailyLimit - used));
        used += taken;
        return taken;
      },
      returnAllowance: async (_day, unused) => {
        used -= unused;
      },
    }),
  };
}

/** AWS's token bucket: `bucket` tokens at most, refilled by `perSecond`. */
function tokenBucket(quota: Quota | undefined) {
  const { perSecond = Number.POSITIVE_INFINITY, bucket = perSecond } = quota ?? {};
  let tokens = bucket;
  let at = 0;
  return {
    take(now: number, wanted: number): boolean {
      if (perSecond === Number.POSITIVE_INFINITY) return true;
      tokens = Math.min(bucket, tokens + ((now - at) / 1000) * perSecond);
      at = now;
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
}

/** What the executions use of the other quotas, second by second. */
function startLedger({ draw, quotas, runSeconds }: Simulation) {
  const starts: number[] = [];
  const over = Math.max(1, Math.round(runSeconds));
  return {
    start(now: number) {
      const second = Math.floor(now / 1000);
      starts[second] = (starts[second] ?? 0) + 1;
    },
    /** By quota: how much more was asked for than there was. */
    throttled(): Record<string, number> {
      const throttled: Record<string, number> = {};
      for (const [name, quota] of Object.entries(quotas) as [QuotaName, Quota][]) {
        if (name === 'starts') continue;
        const { perSecond, bucket = perSecond, perDay = Number.POSITIVE_INFINITY } = quota;
        const share = draw[name] / over;
        let [running, lacking, today, tokens] = [0, 0, 0, bucket];
        for (let second = 0; second < starts.length + over; second++) {
          running += (starts[second] ?? 0) - (starts[second - over] ?? 0);
          const left = tokens + perSecond - running * share;
          lacking += Math.max(0, -left);
          tokens = Math.max(0, Math.min(bucket, left));
          today += draw[name] * ((starts[second] ?? 0) - (starts[second - 86_400] ?? 0));
          lacking += Math.max(0, today - perDay);
        }
        throttled[name] = lacking;
      }
      return throttled;
    },
  };
}
