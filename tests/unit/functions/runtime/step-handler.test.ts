import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { EhrRejectedError, ERROR_NAMES, LeaseHeldError } from '../../../../functions/domain/errors.ts';
import type { Call } from '../../../../functions/runtime/call.ts';
import { bareError, stepHandler } from '../../../../functions/runtime/step-handler.ts';

const CANARY = 'Q987654321';
const context = {} as Context;

let lines: string[];
beforeEach(() => {
  lines = [];
  // Powertools writes to the process's streams, past the console that a test would see.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => vi.restoreAllMocks());

const input = z.strictObject({ execution: z.string(), patientId: z.string(), count: z.optional(z.int()) });
const output = z.strictObject({ due: z.enum(['NOTHING']), reason: z.nullable(z.string()) });
type Input = z.infer<typeof input>;
type Output = z.infer<typeof output>;
const EVENT: Input = { execution: 'x1', patientId: 'p1' };

const ports = { signal: (call: Call) => call.signal };
const handlerOf = (run: (event: Input, call: { signal: AbortSignal }) => Promise<Output>) =>
  stepHandler({
    name: 'TestStep',
    input,
    output,
    ports,
    run: (given: { signal: AbortSignal }, event) => run(event, given),
  });
const fine = async (): Promise<Output> => ({ due: 'NOTHING', reason: 'NOT_EXPIRED' });
const throwing = (error: unknown) => handlerOf(() => Promise.reject(error));
const failureOf = async (promise: Promise<unknown>): Promise<Error> => {
  const error = await promise.then(
    () => new TypeError('nothing was thrown'),
    (caught) => caught,
  );
  if (!(error instanceof Error)) throw new TypeError('no Error was thrown');
  return error;
};

describe('what goes in and out', () => {
  it('is what the schema says', async () => {
    const run = vi.fn((_event: Input) => fine());
    expect(await handlerOf(run)(EVENT, context)).toEqual({ due: 'NOTHING', reason: 'NOT_EXPIRED' });
    expect(run.mock.calls[0]?.[0]).toEqual(EVENT);
  });

  it.each<[string, unknown, string]>([
    ['a wrong type', { ...EVENT, patientId: 1 }, 'INPUT: patientId'],
    ['two of them', { execution: null, patientId: null }, 'INPUT: execution, patientId'],
    ['a wrong number', { ...EVENT, count: CANARY }, 'INPUT: count'],
    ['an unknown key', { ...EVENT, [CANARY]: CANARY }, 'INPUT: '],
    ['text', CANARY, 'INPUT: '],
    // middy makes an empty object of it.
    ['nothing', undefined, 'INPUT: execution, patientId'],
    ['null', null, 'INPUT: '],
  ])('an input of %s is refused by its path alone', async (_case, event, message) => {
    const run = vi.fn(fine);
    const error = await failureOf(handlerOf(run)(event as Input, context));
    expect(error).toMatchObject({ name: 'StepContractError', message, stack: '' });
    expect(run).not.toHaveBeenCalled();
  });

  it.each<[string, unknown, string]>([
    ['an unknown verdict', { due: CANARY, reason: null }, 'OUTPUT: due'],
    ['a missing key', { due: 'NOTHING' }, 'OUTPUT: reason'],
    ['a key too many', { due: 'NOTHING', reason: null, pin: CANARY }, 'OUTPUT: '],
    ['nothing', undefined, 'OUTPUT: '],
  ])('an output of %s is refused by its path alone', async (_case, answer, message) => {
    const error = await failureOf(handlerOf(async () => answer as Output)(EVENT, context));
    expect(error).toMatchObject({ name: 'StepContractError', message, stack: '' });
    expect(lines.join()).not.toContain(CANARY);
  });

  it('has a deadline of 15 s', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await handlerOf(async (_event, { signal }) => {
      expect(signal.aborted).toBe(false);
      return fine();
    })(EVENT, context);
    expect(timeout).toHaveBeenCalledExactlyOnceWith(15_000);
  });
});

describe('an error that leaves', () => {
  it('keeps the name and the code of one of ours', async () => {
    const error = await failureOf(throwing(new LeaseHeldError('LEASE_HELD'))(EVENT, context));
    expect(error).toMatchObject({ name: 'LeaseHeldError', message: 'LEASE_HELD' });
  });

  const others: [string, unknown, string][] = [
    ["a library's", new TypeError(`cannot read ${CANARY}`), 'TypeError'],
    ['one with a cause', new Error(CANARY, { cause: { pin: CANARY } }), 'Error'],
    ['one with fields', Object.assign(new RangeError(CANARY), { pin: CANARY, code: CANARY }), 'RangeError'],
    ['text', CANARY, 'Error'],
    ['an object', { pin: CANARY }, 'Error'],
    ['null', null, 'Error'],
  ];
  it.each(others)('%s has its bare name and UNEXPECTED', async (_case, thrown, name) => {
    const error = await failureOf(throwing(thrown)(EVENT, context));
    expect(error).toMatchObject({ name, message: 'UNEXPECTED', stack: '' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(CANARY);
    expect(error.cause).toBeUndefined();
    expect(lines.join()).not.toContain(CANARY);
  });

  it('has no stack, no cause and no field beside', () => {
    const bare = bareError(new EhrRejectedError('HTTP_422'));
    expect(Object.getOwnPropertyNames(bare).toSorted()).toEqual(['message', 'name', 'stack']);
    expect(bare.stack).toBe('');
    expect(ERROR_NAMES).toContain(bare.name);
  });
});

describe('the log line', () => {
  const only = () => {
    expect(lines).toHaveLength(1);
    return JSON.parse(lines[0] ?? '');
  };
  const base = { timestamp: expect.any(String), step: 'TestStep', milliseconds: expect.any(Number) };

  it('of an ended step names step, patient and result', async () => {
    await handlerOf(fine)(EVENT, context);
    expect(only()).toEqual({
      ...base,
      level: 'INFO',
      message: 'step ended',
      execution: 'x1',
      patientId: 'p1',
      due: 'NOTHING',
      reason: 'NOT_EXPIRED',
    });
  });

  it('of a step that failed says by what', async () => {
    await failureOf(throwing(new EhrRejectedError('HTTP_422_business-rule'))(EVENT, context));
    expect(only()).toEqual({
      ...base,
      level: 'WARN',
      message: 'step failed',
      execution: 'x1',
      patientId: 'p1',
      error: 'EhrRejectedError',
      code: 'HTTP_422_business-rule',
    });
  });

  it('of an input that was refused holds nothing of it but ids', async () => {
    await failureOf(handlerOf(fine)({ ...EVENT, pin: CANARY, name: { family: CANARY } } as Input, context));
    expect(only()).toMatchObject({ ...base, code: 'INPUT: ', execution: 'x1', patientId: 'p1' });
    expect(lines.join()).not.toContain(CANARY);
  });

  it.each(['pat@example.com', 'Pat Ient', '(212) 555-0134', 'x'.repeat(81), ''])(
    'has no id that is none: %j',
    async (id) => {
      await handlerOf(fine)({ execution: id, patientId: id }, context);
      expect(only()).not.toHaveProperty('execution');
      expect(only()).not.toHaveProperty('patientId');
    },
  );

  it('times the step', async () => {
    await handlerOf(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return fine();
    })(EVENT, context);
    expect(only().milliseconds).toBeGreaterThanOrEqual(29);
    expect(only().milliseconds).toBeLessThan(5_000);
  });
});
