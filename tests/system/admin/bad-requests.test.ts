/** Requests that the console would not send: each is refused with what to do about it, none breaks anything. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { ADMIN_PROBLEMS, problemDocument } from '../../../functions/admin/contract/problems.ts';
import { OPERATIONS, type OperationName } from '../../../functions/admin/contract.ts';
import type { AdminPorts } from '../../../functions/admin/operations/operation.ts';
import { callUntil } from '../../../functions/runtime/call.ts';
import { realPause } from '../../../functions/runtime/clock.ts';
import { executionReader, sweepExecutions } from '../../../functions/runtime/providers/executions.ts';
import { random } from '../../../functions/runtime/providers/practice.ts';
import { caseLists, onceRecords, practiceDecisions } from '../../../functions/runtime/providers/records.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { type Answered, handling, requestOf, type Sent } from '../../support/admin/http-events.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const ACTING = NAMES.filter((name) => OPERATIONS[name].method === 'POST');
/** Stands in no good request; what is answered or logged must not repeat it. */
const CANARY = 'Q987654321';

let running: RunningPlatform;
let ask: (sent: Sent) => Promise<Answered>;
const logLines: string[] = [];
beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  running = await runPlatform({ logLevel: 'DEBUG' });
  const call = callUntil(AbortSignal.timeout(120_000));
  const ports: AdminPorts = {
    ...outsidePorts(call.signal),
    ...{ lists: caseLists(call), decisions: practiceDecisions(call), once: onceRecords(call) },
    ...{ sweepExecutions: sweepExecutions(call), reader: executionReader(call), random: random(), wait: realPause },
  };
  ask = handling(ports);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await running.close();
});

function expectRefused({ status, text, headers, problem }: Answered, ...statuses: number[]): void {
  expect(statuses).toContain(status);
  expect(headers['content-type']).toBe('application/problem+json');
  const document = z.parse(problemDocument, JSON.parse(text));
  const [expected, title, detail] = ADMIN_PROBLEMS[problem as keyof typeof ADMIN_PROBLEMS];
  expect(document).toMatchObject({ status: expected, title, detail });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }).map((text) => `${CANARY}${text}`),
  fc.constantFrom('', '..', '../..', '%2e%2e', '%00', '\ud800', '__proto__', 'constructor', 'null', "' OR 1=1", '{}'),
);
const anyName = fc.constantFrom(...NAMES);

describe('whatever comes', () => {
  it('as path', async () => {
    const path = fc.oneof(
      fc.array(anyText, { maxLength: 5 }).map((parts) => `/api/${parts.join('/')}`),
      fc.webPath().map((text) => `/api${text}`),
      fc.tuple(anyName, anyText).map(([name, text]) => OPERATIONS[name].path.replaceAll(/\{\w+\}/g, () => text)),
      anyText,
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'get', ''),
        async (text, method) => {
          const answer = await ask({ path: text, method });
          if (answer.status >= 400) expectRefused(answer, 404, 405, 415, 422);
          expect(answer.text).not.toContain(CANARY);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('as query', async () => {
    const parameter = fc.constantFrom(
      ...['outcome', 'reason', 'todo', 'location', 'day', 'days', 'cursor', 'limit', 'from', 'to', 'machine', 'status'],
      ...['execution', CANARY, '__proto__', ''],
    );
    const good = fc.constantFrom(
      'HELD',
      'NONE',
      '2026-06-15',
      '0001-01-01',
      '9999-12-31',
      '1',
      '100',
      'regenerate-pin',
      'RUNNING',
    );
    const query = fc
      .array(fc.tuple(parameter, fc.oneof(anyText, good)), { minLength: 1, maxLength: 4 })
      .map((pairs) => new URLSearchParams(pairs).toString());
    await fc.assert(
      fc.asyncProperty(anyName, fc.oneof(query, anyText), async (name, text) => {
        if (OPERATIONS[name].method !== 'GET') return;
        const answer = await ask(requestOf(name, { query: text }));
        if (answer.status >= 400) expectRefused(answer, 404, 422);
        expect(answer.text).not.toContain(CANARY);
      }),
      { numRuns: 400 },
    );
  });

  it('as body', async () => {
    const member = fc.oneof(
      anyText,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(anyText, { maxLength: 3 }),
    );
    const object = fc.dictionary(
      fc.constantFrom('action', 'reason', 'version', 'force', 'dryRun', 'actor', CANARY, '__proto__'),
      member,
    );
    const body = fc.oneof(
      object.map((each) => JSON.stringify(each)),
      fc.json(),
      anyText,
      fc.constant('['.repeat(10_000)),
      fc.constant(`{"reason":"${CANARY.repeat(3_000)}"}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('actOnPatient' as const), body, fc.boolean(), async (name, text, encoded) => {
        const sent = encoded ? { body: Buffer.from(text).toString('base64'), isBase64Encoded: true } : { body: text };
        const answer = await ask(requestOf(name, sent));
        expectRefused(answer, 400, 404, 413, 422);
        expect(answer.text).not.toContain(CANARY);
      }),
      { numRuns: 300 },
    );
  });

  it('as headers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ACTING),
        fc.constantFrom('content-type', 'content-encoding', 'idempotency-key'),
        fc.string({ unit: 'binary', maxLength: 200 }),
        async (name, header, text) => {
          const answer = await ask(requestOf(name, { headers: { [header]: `${text}!` } }));
          expectRefused(answer, 400, 415);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it.each([
  ['a body that is no base64', { body: '!!!', isBase64Encoded: true }, 400],
  ['a body that is no UTF-8', { body: Buffer.from([0xff, 0xfe, 0x41]).toString('base64'), isBase64Encoded: true }, 400],
  ['half a character', { body: '"\ud800"' }, 400],
  ['no body', { body: '' }, 400],
  ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415],
  ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
  ['too much', { body: JSON.stringify({ reason: 'x'.repeat(20_000) }) }, 413],
  ['too much in base64', { body: Buffer.from(' '.repeat(20_000)).toString('base64'), isBase64Encoded: true }, 413],
  ['no key', { headers: { 'idempotency-key': '' } }, 400],
])('%s is refused', async (_what, more, status) => {
  for (const name of ACTING) expectRefused(await ask(requestOf(name, more)), status);
});

it('a method that a path has not is told the ones it has', async () => {
  expect(await ask({ method: 'DELETE', path: '/api/sweeps' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, POST' },
  });
  expect(await ask({ method: 'POST', path: '/api/me' })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
});

it('nothing of it was logged, and nothing was left behind', async () => {
  const text = logLines.join('');
  expect(text.split('"step failed"').length).toBeGreaterThan(500);
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain('ann.miller');
  expect((await running.items()).filter(({ pk }) => !String(pk).startsWith('PRACTICE#'))).toEqual([]);
});
