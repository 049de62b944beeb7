import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';
import { ClockError, createVirtualClock, type VirtualClock } from '../../../../local/settings/clock.ts';

const DAY = 86_400_000;
const REAL = Date.parse('2026-11-22T12:00:00.250Z');
let clock: VirtualClock;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: REAL });
  clock = createVirtualClock();
});
afterEach(() => void vi.useRealTimers());

describe('the practice time', () => {
  it('is the machine clock plus the offset', async () => {
    expect(clock.now()).toBe(REAL);
    expect(createVirtualClock({ offsetMs: 7 * DAY }).now()).toBe(REAL + 7 * DAY);
    await clock.advance('P30D');
    vi.setSystemTime(REAL + 5);
    expect(clock.now()).toBe(REAL + 30 * DAY + 5);
    expect(clock.offset).toBe(30 * DAY);
  });

  it.each([
    ['P30D', 30 * DAY],
    ['PT1H', 3_600_000],
    ['P1DT0.5S', DAY + 500],
    ['P1W', 7 * DAY],
    ['P1M', 30 * DAY], // 22 November to 22 December
    ['P10Y', 3653 * DAY], // three leap days: 2028, 2032, 2036
    [1, 1],
  ])('moves by %s', async (duration, milliseconds) => {
    expect(await clock.advance(duration)).toBe(REAL + milliseconds);
    expect(clock.offset).toBe(milliseconds);
  });

  it.each([
    ['-P1D', 'forward only'],
    ['PT0S', 'forward only'],
    [-1, 'forward only'],
    [0, 'forward only'],
    ['30 days', 'no duration'],
    ['', 'no duration'],
    ['P', 'no duration'],
    [0.5, 'no duration'],
    [Number.NaN, 'no duration'],
    [Number.POSITIVE_INFINITY, 'no duration'],
    ['P10YT1S', 'could not be set back'],
    ['P3000Y', 'could not be set back'],
    ['P999999999999Y', 'no duration'],
  ])('refuses %s and stays', async (duration, words) => {
    const move = clock.advance(duration);
    await expect(move).rejects.toThrow(ClockError);
    await expect(move).rejects.toThrow(words);
    expect(clock.offset).toBe(0);
  });
});

describe('a move', () => {
  const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

  it('waits for what runs before it and for what it causes, in order', async () => {
    const log: string[] = [];
    const noted = (what: string) => async () => {
      await soon();
      log.push(`${what} at ${clock.offset / DAY}`);
    };
    clock.afterMove(noted('TTL'));
    clock.beforeMove(noted('executions finish'));
    clock.afterMove(noted('sweep'));
    await clock.advance('P2D');
    expect(log).toEqual(['executions finish at 0', 'TTL at 2', 'sweep at 2']);
  });

  it('does not begin before the one ahead of it has ended', async () => {
    const log: string[] = [];
    clock.beforeMove(() => void log.push('before'));
    clock.afterMove(async () => {
      await soon();
      log.push(`after ${clock.offset / DAY}`);
    });
    await Promise.all([clock.advance('P1D'), clock.advance('P1D')]);
    expect(log).toEqual(['before', 'after 1', 'before', 'after 2']);
  });

  it('that a hook breaks says so, and does not block the next', async () => {
    const hook = vi.fn().mockRejectedValueOnce(new Error('sweep broke'));
    clock.afterMove(hook);
    await expect(clock.advance('P1D')).rejects.toThrow('sweep broke');
    await clock.advance('P1D');
    expect(clock.offset).toBe(2 * DAY);
  });
});

describe('over HTTP', () => {
  let gateway: Gateway;
  const address = () => `${gateway.url}/clock`;
  beforeEach(async () => {
    gateway = await createGateway({ port: 0 });
    gateway.mount('/clock', clock.handle);
  });
  afterEach(() => gateway.close());

  it('is read by GET', async () => {
    expect(await (await fetch(address())).json()).toEqual({ now: '2026-11-22T12:00:00.250Z' });
  });

  it('is moved by POST, which answers when all has settled', async () => {
    let settled = false;
    clock.afterMove(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      settled = true;
    });
    const answer = await fetch(address(), { method: 'POST', body: '{"advance":"P30D"}' });
    expect(await answer.json()).toEqual({ now: '2026-12-22T12:00:00.250Z' });
    expect(settled).toBe(true);
  });

  it.each([
    ['POST', 'P30D', 400, 'ISO 8601'],
    ['POST', '', 400, 'ISO 8601'],
    ['POST', '{}', 400, 'ISO 8601'],
    ['POST', '{"advance":30}', 400, 'ISO 8601'],
    ['POST', '{"advance":"P1D","back":true}', 400, 'one key'],
    ['POST', '{"advance":"-P1D"}', 400, 'forward only'],
    ['PUT', '{"advance":"P1D"}', 405, 'POST {\\"advance\\"'],
    ['DELETE', undefined, 405, 'GET reads'],
  ])('%s %s is refused with %i', async (method, body, status, words) => {
    const answer = await fetch(address(), { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.text()).toContain(words);
    expect(clock.offset).toBe(0);
  });

  it('a hook that breaks is a 500', async () => {
    const terminal = vi.spyOn(console, 'error').mockImplementation(() => {});
    clock.afterMove(() => Promise.reject(new Error('broke')));
    expect((await fetch(address(), { method: 'POST', body: '{"advance":"P1D"}' })).status).toBe(500);
    terminal.mockRestore();
  });

  it('has nothing below it', async () => {
    expect((await fetch(`${address()}/x`)).status).toBe(404);
  });
});
