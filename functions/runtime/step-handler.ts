/**
 * What every step's Lambda has around its use case: the input checked, a deadline, the output checked, one log line,
 * and errors that carry a name and a code and nothing else.
 */
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { isStepError, StepContractError } from '../domain/errors.ts';
import { callUntil, type Providers, portsOf } from './call.ts';
import { originOf } from './error-origin.ts';
import { logStep } from './logger.ts';

/** 15 s for a step's own calls: its Lambda has 20 s, so a step ends by its own error and not by a kill. */
const DEADLINE_MS = 15_000;

export interface Step<Input, Output, Ports extends object> {
  name: string;
  input: z.ZodMiniType<Input>;
  output: z.ZodMiniType<Output>;
  /** Milliseconds for the step's own calls; 15,000 unless told. */
  deadlineMs?: number;
  /** Makes the ports of `run`, for each invocation anew. */
  ports: Providers<Ports>;
  run(ports: Ports, input: Input): Promise<Output>;
}

/** The Lambda handler of one step. StepContractError names the paths of an input or output that its schema refuses. */
export function stepHandler<Input, Output, Ports extends object>(step: Step<Input, Output, Ports>) {
  const work = async (event: Input): Promise<Output> =>
    step.run(portsOf(step.ports, callUntil(AbortSignal.timeout(step.deadlineMs ?? DEADLINE_MS))), event);
  return middy<Input, Output, Error, Context>().use(namesOnly(step.name)).use(checkedBy(step)).handler(work);
}

function parse<T>(schema: z.ZodMiniType<T>, value: unknown, what: 'INPUT' | 'OUTPUT'): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  // Paths only: a message may quote the value.
  throw new StepContractError(`${what}: ${result.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
}

function checkedBy<Input, Output>(
  step: Pick<Step<Input, Output, object>, 'input' | 'output'>,
): MiddlewareObj<Input, Output, Error, Context> {
  return {
    before: (request) => {
      request.event = parse(step.input, request.event, 'INPUT');
    },
    after: (request) => {
      request.response = parse(step.output, request.response, 'OUTPUT');
    },
  };
}

/** Errors leave with a name and a code: message and stack go into Step Functions' history as the Cause. */
function namesOnly<Input, Output>(name: string): MiddlewareObj<Input, Output, Error, Context> {
  const begun = new WeakMap<object, number>();
  const fields = (request: { event: unknown; internal: object }) => {
    const { execution, patientId } = idsOf(request.event);
    return {
      step: name,
      execution,
      patientId,
      milliseconds: Math.round(performance.now() - (begun.get(request.internal) ?? 0)),
    };
  };
  return {
    before: (request) => {
      begun.set(request.internal, performance.now());
    },
    after: (request) => {
      logStep('step ended', { ...fields(request), ...verdictOf(request.response) });
    },
    onError: (request) => {
      const bare = bareError(request.error);
      logStep('step failed', { ...fields(request), ...failureOf(request.error) });
      request.error = bare;
    },
  };
}

/** The same error without anything that was not written for a log: no message of a library, no stack, no cause. */
export function bareError(error: unknown): Error {
  const bare = new Error(isStepError(error) ? error.code : 'UNEXPECTED');
  bare.name = error instanceof Error ? error.name : 'Error';
  bare.stack = '';
  return bare;
}

/** The log fields of an error; `at` only for an unexpected one, its place in the bundle. */
export function failureOf(error: unknown): { error: string; code: string; at?: string | null } {
  const { name, message } = bareError(error);
  return { error: name, code: message, ...(!isStepError(error) && { at: originOf(error) }) };
}

/** The ids of an event, checked or not: a hand-written input may hold a name or an address where the id should be. */
function idsOf(event: unknown): { execution: string | null; patientId: string | null } {
  const { execution, patientId } = (typeof event === 'object' && event !== null ? event : {}) as Record<
    string,
    unknown
  >;
  return { execution: opaque(execution), patientId: opaque(patientId) };
}

function opaque(id: unknown): string | null {
  return typeof id === 'string' && /^[A-Za-z0-9.-]{1,80}$/.test(id) ? id : null;
}

function verdictOf(response: unknown): { due?: string; outcome?: string; reason?: string } {
  const fields = (typeof response === 'object' && response !== null ? response : {}) as Record<string, unknown>;
  return Object.fromEntries(
    (['due', 'outcome', 'reason'] as const).flatMap((key) =>
      typeof fields[key] === 'string' ? [[key, fields[key]]] : [],
    ),
  );
}
