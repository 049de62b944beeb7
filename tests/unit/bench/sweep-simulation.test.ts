import { describe, expect, it } from 'vitest';
import { boundsOf, type Draw, leastSeconds, paceWithin } from '../../../bench/quota-bounds.ts';
import { QUOTAS } from '../../../bench/quotas.ts';
import { simulate } from '../../../bench/sweep-simulation.ts';
import { createVirtualTime } from '../../../bench/virtual-time.ts';

const DRAW: Draw = {
  starts: 1,
  transitions: 7,
  mails: 1,
  lambdaSeconds: 2.5,
  writeUnits: 13,
  readUnits: 10,
  keyRequests: 2,
};
const { mails: MAILS, ...OTHERS } = QUOTAS;

/** `count` patients due, in 16 shards. */
function shards(count: number): string[][] {
  const all = Array.from({ length: count }, (_, n) => `p${n}`);
  return Array.from({ length: 16 }, (_, shard) => all.filter((_id, n) => n % 16 === shard));
}

const total = (throttled: Record<string, number>) => Object.values(throttled).reduce((sum, each) => sum + each, 0);

describe('the bounds that quotas set', () => {
  it('are led by the one that binds', () => {
    expect(boundsOf(DRAW)[0]).toMatchObject({ name: 'mails', startsPerSecond: 14, startsPerDay: 50_000 });
    const [first, second] = boundsOf(DRAW, OTHERS);
    expect([first?.name, first?.startsPerSecond]).toEqual(['transitions', 1500 / 7]);
    expect([second?.name, second?.startsPerSecond]).toEqual(['starts', 300]);
  });

  it('give the pace a little less than they allow, and the least time', () => {
    expect(paceWithin(boundsOf(DRAW))).toEqual({ startsPerMinute: 831, dailyLimit: 49_500 });
    expect(leastSeconds(1_000_000, boundsOf(DRAW))).toBe(20 * 86_400);
    expect(leastSeconds(1_000_000, boundsOf(DRAW, OTHERS))).toBeCloseTo(7_000_000 / 1500, 6);
  });
});

describe('a sweep under quotas', { timeout: 60_000 }, () => {
  it('is not throttled at the pace of the binding quota, and takes no more than 5 % longer than it must', async () => {
    const due = 30_000;
    const bounds = boundsOf(DRAW, OTHERS);
    const order = { shards: shards(due), draw: DRAW, quotas: OTHERS, runSeconds: 2.5 };
    const simulated = await simulate({ ...order, ...paceWithin(bounds) });
    expect([simulated.started, total(simulated.throttled)]).toEqual([due, 0]);
    expect(simulated.seconds / leastSeconds(due, bounds)).toBeLessThan(1.05);
  });

  it('goes on day after day where a day’s mails bind', async () => {
    const due = 10_500;
    const quotas = { mails: { ...MAILS, perDay: 2_000 } };
    const bounds = boundsOf(DRAW, quotas);
    const simulated = await simulate({
      ...{ shards: shards(due), draw: DRAW, quotas, runSeconds: 2.5 },
      ...paceWithin(bounds),
    });
    expect([simulated.started, total(simulated.throttled)]).toEqual([due, 0]);
    // 1,980 a day: five full days and a part of the sixth.
    expect(simulated.seconds).toBeGreaterThan(5 * 86_400);
    expect(simulated.seconds).toBeLessThan(5 * 86_400 + 200);
  });

  it.each([
    ['starts', { starts: { ...QUOTAS.starts, perSecond: 50, bucket: 100 } }],
    ['mails', { mails: { ...MAILS, perDay: 1_000_000 } }],
    ['mails', { mails: { ...MAILS, perSecond: 1_000, perDay: 500 } }],
    ['transitions', { transitions: { ...QUOTAS.transitions, perSecond: 300, bucket: 300 } }],
  ])('that is too fast for %s is throttled', async (name, quotas) => {
    const simulated = await simulate({
      ...{ shards: shards(2_000), draw: DRAW, quotas, runSeconds: 2.5 },
      ...{ startsPerMinute: 6_000, dailyLimit: 100_000 },
    });
    expect(simulated.throttled[name]).toBeGreaterThan(0);
  });
});

describe('virtual time', () => {
  it('passes in the order of the waiting, and takes none', async () => {
    const time = createVirtualTime();
    const ended: string[] = [];
    const waits = [500, 20, 3_600_000, 20, 7, 100].map(async (milliseconds, n) => {
      await time.wait(milliseconds);
      ended.push(`${n} at ${time.now()}`);
    });
    await time.through(Promise.all(waits));
    expect(ended).toEqual(['4 at 7', '1 at 20', '3 at 20', '5 at 100', '0 at 500', '2 at 3600000']);
  });

  it('reports a task waiting for an event that never comes', async () => {
    await expect(createVirtualTime().through(new Promise(() => undefined))).rejects.toThrow('never comes');
  });
});
