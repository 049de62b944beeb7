import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebhookAnswer } from '../../../functions/domain/webhook/ehr-event.ts';
import { BAD_KINDS, type BadRequest, badRequests } from '../../support/requests/bad-requests.ts';
import { goodRequest, NOW_S, sendings } from '../../support/requests/good-requests.ts';
import { handling, signatures } from '../../support/requests/webhook-events.ts';

type Ports = Parameters<typeof handling>[0];

const RUNS = process.env.PROVE === 'full' ? 100_000 : 10_000;
/** The same ones each time, unless SEED asks for others; `npm run prove` draws its own. */
const SEED = Number(process.env.SEED ?? (process.env.PROVE === 'full' ? Date.now() % 2 ** 31 : 20_260_615));

const logLines: string[] = [];
beforeAll(() => {
  vi.setSystemTime(NOW_S * 1000);
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  console.info(`${RUNS} bad requests, seed ${SEED}: SEED=${SEED} repeats them`);
});

const clock = { now: () => NOW_S * 1000 };
/** A refused request reaches the signature check at most. Using any other port means it was accepted, and ends as a 500. */
const refusing = new Proxy({ signatures, clock } as Ports, {
  get(target, name) {
    if (name in target) return Reflect.get(target, name);
    throw new Error(`asked for ${String(name)}`);
  },
});
const handle = handling(refusing);

it('the good requests that are spoilt would be accepted', async () => {
  const answer: WebhookAnswer = { decision: 'NOT_DUE', execution: null };
  const webhooks = { read: async (id: string) => ({ id, answer }), count: async () => 1 };
  const cases = { read: async () => null };
  const receive = async (came: object) => ({ ...came, answer });
  const accepting = {
    signatures,
    clock,
    cases,
    webhooks: { ...webhooks, read: async () => null, receive },
    practice: { webhooksPerMinute: 600 },
  };
  const accept = handling(accepting as unknown as Ports); // what an accepted one reaches, and no more
  await fc.assert(
    fc.asyncProperty(sendings, async (sending) => {
      expect(await accept(goodRequest(sending))).toMatchObject({ status: 202, body: answer });
    }),
    { numRuns: 300, seed: SEED },
  );
});

describe(`${RUNS} generated bad requests`, () => {
  const counts = new Map<string, number>();

  async function refuse({ kind, request, statuses }: BadRequest): Promise<void> {
    const answered = await handle(request);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(statuses, kind).toContain(answered.status);
    expect(answered.headers['content-type']).toBe('application/problem+json');
    expect(answered.body).toMatchObject({ status: answered.status, detail: expect.any(String) });
    // Nothing of what was sent comes back; the longest thing that we say ourselves is a problem's detail.
    expect(answered.text.length).toBeLessThan(1_500);
  }

  it('are all refused by name: none accepted, none a 5xx, none a crash', { timeout: 900_000 }, async () => {
    await fc.assert(fc.asyncProperty(badRequests, refuse), { numRuns: RUNS, seed: SEED });
  });

  it('are of every kind', () => {
    expect([...counts.keys()].toSorted()).toEqual(BAD_KINDS.toSorted());
    for (const count of counts.values()) expect(count).toBeGreaterThan(RUNS / BAD_KINDS.length / 3);
  });

  it('leave one line each in the log, which says how it was refused and no more', () => {
    const lines = logLines
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const refused = lines.filter(({ code }) => code !== 'HTTP_202');
    expect(refused.length).toBeGreaterThanOrEqual(RUNS);
    for (const line of refused) {
      expect(Object.keys(line).toSorted()).toEqual(['code', 'error', 'level', 'message', 'step', 'timestamp']);
      expect(line.error).toMatch(/^[a-z-]+$/);
    }
  });
});
