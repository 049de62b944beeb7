import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, checked, exchange, failure, passes } from '../../../console/api/client.ts';
import { retryAfter } from '../../../console/api/live.ts';
import { dayAfter, durationOf, isDay, momentOf, relativeTo, shortDayOf } from '../../../console/time.ts';
import { pauseState } from '../../../functions/admin/contract/practice.ts';
import { ADMIN_PROBLEMS } from '../../../functions/admin/contract/problems.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    if (req.url === '/silent') return;
    if (req.url === '/broken') return void res.destroy();
    res.writeHead(503, { 'retry-after': '7' }).end('{"a":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const failed = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

describe('a call', () => {
  it('that is not answered in time is SLOW, one that breaks UNREACHABLE; both pass', async () => {
    const slow = await failed(exchange(`${url}/silent`, {}, 50));
    const broken = await failed(exchange(`${url}/broken`, {}));
    expect([slow, broken]).toMatchObject([{ kind: 'SLOW' }, { kind: 'UNREACHABLE' }]);
    expect([slow, broken].map(passes)).toEqual([true, true]);
  });

  it('a canceled request is no failure of the API', async () => {
    const error = await failed(exchange(`${url}/silent`, { signal: AbortSignal.timeout(20) }));
    expect(error).not.toBeInstanceOf(ApiError);
  });

  it('brings what was said, and when to come again', async () => {
    expect(await exchange(url, {})).toEqual({ status: 503, body: { a: 1 }, retryAfter: 7 });
  });
});

describe('an answer', () => {
  it.each([
    [undefined, 'UNREACHABLE'],
    [{ paused: 'yes' }, 'FOREIGN'],
  ])('%j is %s', (body, kind) => {
    expect(() => checked(pauseState, body)).toThrow(expect.objectContaining({ kind }));
  });

  it.each(Object.entries(ADMIN_PROBLEMS))(
    '%s is told in the words of the API, and passes or does not',
    (name, [status, title, detail]) => {
      const type = `https://portal-pin.example/problems/${name}`;
      const error = failure(status, { type, title, status, detail }, null);
      expect(error).toMatchObject({ code: name, message: `${title}. ${detail}` });
      expect(passes(error)).toBe(status >= 500 || name === 'in-flight');
    },
  );

  it.each([
    [401, { message: 'Unauthorized' }, { kind: 'REFUSED', code: 'not-signed-in' }],
    [403, { message: 'Forbidden' }, { kind: 'REFUSED' }],
    [429, { message: 'Too Many Requests' }, { kind: 'UNAVAILABLE' }],
    [502, undefined, { kind: 'UNREACHABLE' }],
    [404, { message: 'Not Found' }, { kind: 'UNREACHABLE' }],
  ])('of API Gateway itself: %d %j', (status, body, expected) => {
    expect(failure(status, body, null)).toMatchObject(expected);
  });
});

describe('asking again', () => {
  it.each([
    ['at first after a second', 1_000, 0, 1, 1_000],
    ['then twice as long', 1_000, 0, 3, 4_000],
    ['half of what it has waited', 30_000, 10_000, 5, 10_000],
    ['never sooner than a second', 10_100, 10_000, 1, 1_000],
    ['at the latest after half a minute', 900_000, 10_000, 90, 30_000],
    ['also without any answer so far', 1_000, 0, 50, 30_000],
  ])('%s', (_when, failedAt, answeredAt, failures, wait) => {
    expect(retryAfter(failedAt, answeredAt, failures)).toBe(wait);
  });
});

describe('time', () => {
  it.each([
    [-3, 'under 1 s'],
    [0.4, 'under 1 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_661, '1 h 1 min'],
    [86_400, '24 h'],
    [3 * 86_400 + 5, '3 days'],
  ])('%d seconds are %s', (seconds, words) => expect(durationOf(seconds)).toBe(words));

  it('is the practice’s, also on the day the clocks change', () => {
    expect(momentOf('2026-11-01T05:30:00Z', 'America/New_York')).toBe('Nov 1, 2026, 1:30 AM');
    expect(momentOf('2026-11-01T06:30:00Z', 'America/New_York')).toBe('Nov 1, 2026, 1:30 AM');
    expect(dayAfter('2026-02-28', 1)).toBe('2026-03-01');
    expect(dayAfter('2026-01-01', -1)).toBe('2025-12-31');
    expect(shortDayOf('2026-06-15')).toBe('Jun 15');
    expect(relativeTo('2026-06-15T12:00:00Z', '2026-06-15T12:00:00Z')).toBe('under 1 s ago');
    expect(relativeTo('2026-06-15T12:00:00Z', '2026-06-20T12:00:00Z')).toBe('in 5 days');
  });

  it.each([
    ['2026-06-15', true],
    ['2026-13-15', false],
    ['today', false],
  ])('%s is a day: %s', (text, expected) => expect(isDay(text)).toBe(expected));
});
