import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError, EhrUnavailableError } from '../../../../functions/domain/errors.ts';
import { nextBeat, type PageAnswer, pageHandler } from '../../../../functions/runtime/page-handler.ts';
import { requestOf } from '../../../support/requests/http-events.ts';

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  }
});
afterAll(() => vi.restoreAllMocks());

const BEAT_MS = 100;
const answer = (status: number): PageAnswer => ({ status, headers: { 'x-told': 'yes' }, body: 'page', log: {} });
const handlerOf = (run: (event: APIGatewayProxyEventV2) => Promise<PageAnswer>, deadlineMs = 5_000) =>
  pageHandler({
    name: 'Page',
    deadlineMs,
    beatMs: BEAT_MS,
    ports: {},
    run: (_ports, event) => run(event),
    failed: (_event, status) => answer(status),
  });
const post = requestOf('secret=canary', { 'x-canary': 'canary' }, { path: '/page/canary' });
const get = { ...post, ...requestOf(undefined, {}, { method: 'GET' }) };

async function timed(handler: ReturnType<typeof handlerOf>): Promise<number> {
  const begun = performance.now();
  await handler(post);
  return performance.now() - begun;
}
const passing = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it.each([
  [0, 100],
  [1, 100],
  [99.5, 100],
  [100, 100],
  [100.5, 200],
  [250, 300],
])('what took %d ms leaves at %d ms', (elapsed, beat) => expect(nextBeat(elapsed, BEAT_MS)).toBe(beat));

describe('an answer', () => {
  it('to what was sent leaves on the beat, however little there was to do, and however it went', async () => {
    const runs = [
      async () => answer(200),
      async () => passing(60).then(() => answer(403)),
      async () => Promise.reject(new EhrUnavailableError('HTTP_503')),
    ];
    for (const run of runs) {
      const milliseconds = await timed(handlerOf(run));
      expect(milliseconds).toBeGreaterThanOrEqual(BEAT_MS);
    }
  });

  it('that takes longer than a beat leaves on the next one', async () => {
    const milliseconds = await timed(handlerOf(() => passing(BEAT_MS + 20).then(() => answer(200))));
    expect(milliseconds).toBeGreaterThanOrEqual(2 * BEAT_MS);
  });

  it('to a GET waits for nothing', async () => {
    const slow = { name: 'Page', deadlineMs: 5_000, beatMs: 60_000, ports: {}, failed: () => answer(500) };
    const result = await pageHandler({ ...slow, run: async () => answer(200) })(get);
    expect(result).toEqual({ statusCode: 200, headers: { 'x-told': 'yes' }, body: 'page' });
  });
});

describe('a failure', () => {
  it.each([
    [new EhrUnavailableError('HTTP_503'), 503, 'EhrUnavailableError', 'HTTP_503'],
    [new ConfigurationError('MISSING_TABLE_NAME'), 500, 'ConfigurationError', 'MISSING_TABLE_NAME'],
    [new TypeError('canary'), 500, 'TypeError', 'UNEXPECTED'],
  ])('is a page, and a line by name and code: %s', async (error, status, name, reason) => {
    const result = await handlerOf(() => Promise.reject(error))(post);
    expect(result.statusCode).toBe(status);
    const line = JSON.parse(lines.join(''));
    expect(line).toMatchObject({ message: 'step failed', step: 'Page', error: name, reason, code: `HTTP_${status}` });
  });

  it('is what has not ended at the deadline', async () => {
    const result = await handlerOf(() => new Promise(() => undefined), 20)(post);
    expect([result.statusCode, JSON.parse(lines.join('')).error]).toEqual([503, 'DeadlineError']);
  });
});

it('logs nothing of a request', async () => {
  await handlerOf(async () => answer(200))(post);
  await handlerOf(() => Promise.reject(new Error('canary')))(post);
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toContain('canary');
});
