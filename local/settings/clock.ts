import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { type HttpHandler, readBody, sendJson, sendProblem } from '../http/http-messages.ts';
import { createKeyedMutex } from '../http/mutex.ts';

/** Something that must settle before or after the clock moves; the move waits for it. */
type ClockHook = () => void | Promise<void>;

/** The practice's time: the machine's clock plus an offset that only grows. */
export interface VirtualClock {
  /** Now, in ms since the epoch. */
  now(): number;
  /** Milliseconds by which the practice is ahead of the machine's clock. */
  readonly offset: number;
  /**
   * Moves the clock: waits for the hooks of `beforeMove`, adds the offset, waits for those of `afterMove`; the hooks of
   * a list run one after the other, in the order they were added. Moves queue up. Answers the new `now`.
   * @param duration ISO 8601 (days of 24 hours, months and years as the calendar in UTC has them), or milliseconds
   * @throws ClockError when `duration` is no time that the clock can move; a hook's error: it ends the move where it is
   */
  advance(duration: string | number): Promise<number>;
  /** Adds a hook that runs before the offset is added: executions under way finish in the time they began in. */
  beforeMove(hook: ClockHook): void;
  /** Adds a hook that runs after it: what has become due happens. */
  afterMove(hook: ClockHook): void;
  /** `GET` → `{ "now": "…Z" }`; `POST { "advance": "P30D" }` moves the clock, then answers the same. */
  handle: HttpHandler;
}

/** The clock cannot be moved that way. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
}

/** The clock does not go back, and `--data` keeps it: a slip such as P3000D for P30D could not be undone. */
const LONGEST_MOVE = 'P10Y';

const MoveRequest = z.strictObject({ advance: z.string() });

export interface ClockOptions {
  /** How far ahead of the machine's the clock starts; 0 unless told. */
  offsetMs?: number;
  /** Keeps a new offset before the new time is visible. */
  keep?: (offsetMs: number) => Promise<void>;
  /** Why the clock cannot be moved, and the way out; unset: it can. */
  fixed?: string;
  /** Notes that a move is over: what stops it before is to be made up for. */
  keepMoved?: () => Promise<void>;
}

export function createVirtualClock({ offsetMs = 0, fixed, keep, keepMoved }: ClockOptions = {}): VirtualClock {
  const inTurn = createKeyedMutex();
  const before: ClockHook[] = [];
  const after: ClockHook[] = [];
  let offset = offsetMs;
  const now = () => Date.now() + offset;

  const advance = async (duration: string | number) => {
    if (fixed !== undefined) throw new ClockError(fixed);
    millisecondsFrom(now(), duration); // refused at once, not when its turn has come
    return inTurn('move', async () => {
      for (const hook of before) await hook();
      const moved = offset + millisecondsFrom(now(), duration);
      await keep?.(moved);
      offset = moved;
      for (const hook of after) await hook();
      await keepMoved?.();
      return now();
    });
  };

  return {
    now,
    get offset() {
      return offset;
    },
    advance,
    beforeMove: (hook) => void before.push(hook),
    afterMove: (hook) => void after.push(hook),
    handle: async (req, res) => {
      if (req.url !== '/' && !req.url?.startsWith('/?')) {
        return sendProblem(res, 404, 'Not Found', 'The clock has one address and nothing below it.');
      }
      const reading = (at: number) => sendJson(res, 200, { now: new Date(at).toISOString() });
      if (req.method === 'GET') return reading(now());
      if (req.method !== 'POST') {
        res.setHeader('allow', 'GET, POST');
        return sendProblem(res, 405, 'Method Not Allowed', 'GET reads the clock; POST {"advance":"P30D"} moves it.');
      }
      const move = MoveRequest.safeParse(parsed(await readBody(req)));
      if (!move.success) {
        return sendProblem(res, 400, 'Bad Request', 'Send {"advance":"P30D"}: one key, an ISO 8601 duration.');
      }
      try {
        reading(await advance(move.data.advance));
      } catch (error) {
        if (!(error instanceof ClockError)) throw error;
        if (fixed !== undefined) return sendProblem(res, 409, 'Conflict', error.message);
        sendProblem(res, 400, 'Bad Request', error.message);
      }
    },
  };
}

/** Milliseconds that `duration` takes from `start` on. */
function millisecondsFrom(start: number, duration: string | number): number {
  const from = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO('UTC');
  let milliseconds: number;
  try {
    const length = typeof duration === 'number' ? { milliseconds: duration } : duration;
    milliseconds = from.add(Temporal.Duration.from(length)).epochMilliseconds - start;
  } catch {
    throw new ClockError(`${duration} is no duration; write it as in ISO 8601, such as P30D or PT1H.`);
  }
  if (milliseconds <= 0) throw new ClockError(`The clock goes forward only, by 1 ms at least; ${duration} is not.`);
  if (milliseconds > from.add(LONGEST_MOVE).epochMilliseconds - start) {
    throw new ClockError(`${duration} is above ${LONGEST_MOVE}, the longest move: the clock could not be set back.`);
  }
  return milliseconds;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
