/** Calls to the admin API: each by its name in the contract, each answer checked, each failure with a name. */
import * as z from 'zod/mini';
import { problemDocument } from '../../functions/admin/contract/problems.ts';
import { type AnswerOf, OPERATIONS, type Operation, type OperationName } from '../../functions/admin/contract.ts';

export type Problem = z.infer<typeof problemDocument>;

/**
 * UNREACHABLE: no answer, or one that is not the API's (a proxy's page, a gateway that starts up). SLOW: none in time.
 * UNAVAILABLE: the API says that it cannot now. These three pass; the others do not pass by themselves.
 * REFUSED: the API says no; `problem` says why. FOREIGN: an answer of the API that this console does not understand.
 */
export type FailureKind = 'UNREACHABLE' | 'SLOW' | 'UNAVAILABLE' | 'REFUSED' | 'FOREIGN';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: FailureKind;
  /** Last part of the problem document's type, such as `case-changed`; null without one. */
  readonly code: string | null;
  readonly problem: Problem | null;
  /** Seconds, where the API said when to come again. */
  readonly retryAfter: number | null;

  constructor(kind: FailureKind, message: string, problem: Problem | null = null, retryAfter: number | null = null) {
    super(message);
    this.kind = kind;
    this.code = problem?.type.split('/').at(-1) ?? null;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Whether the same call may well succeed in a while. */
export function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return ['UNREACHABLE', 'SLOW', 'UNAVAILABLE'].includes(error.kind) || error.code === 'in-flight';
}

export interface Call {
  /** For the braces of the operation's path. */
  parameters?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** Idempotency-Key of an action. */
  key?: string;
  signal?: AbortSignal;
}

export interface Api {
  /** @throws ApiError; AbortError when the caller gave up */
  call<Name extends OperationName>(name: Name, call?: Call): Promise<AnswerOf<Name>>;
}

/** API Gateway answers after 10 s at the latest (infra/constructs/http-api.ts); what is silent for twice as long is gone. */
const PATIENCE_MS = 20_000;

/** @param token the access token, or null without a login */
export function createApi(token: () => string | null): Api {
  return {
    async call(name, call = {}) {
      const operation: Operation = OPERATIONS[name];
      const { body, status, retryAfter } = await exchange(urlOf(operation, call), {
        method: operation.method,
        headers: headersOf(call, token()),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        ...(call.signal && { signal: call.signal }),
      });
      if (status >= 200 && status < 300) return checked(operation.answer, body) as AnswerOf<typeof name>;
      throw failure(status, body, retryAfter);
    },
  };
}

function urlOf({ path }: Operation, { parameters = {}, query = {} }: Call): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_braces, name) => encodeURIComponent(parameters[name] ?? ''));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? filled : `${filled}?${asked}`;
}

function headersOf({ body, key }: Call, token: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
}

interface Exchanged {
  status: number;
  body: unknown;
  retryAfter: number | null;
}

/** One request, read to its end within the time a person waits. */
export async function exchange(url: string, init: RequestInit, patienceMs = PATIENCE_MS): Promise<Exchanged> {
  const patience = AbortSignal.timeout(patienceMs);
  const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience;
  try {
    const response = await fetch(url, { ...init, signal, cache: 'no-store' });
    const text = await response.text();
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { status: response.status, body: parsed(text), retryAfter: Number.isFinite(seconds) ? seconds : null };
  } catch (error) {
    if (init.signal?.aborted) throw error;
    if (patience.aborted) throw new ApiError('SLOW', 'Portal PIN takes too long to answer.');
    throw new ApiError('UNREACHABLE', 'Portal PIN does not answer.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws ApiError FOREIGN */
export function checked<Schema extends z.core.$ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  if (body === undefined) throw new ApiError('UNREACHABLE', 'What answers is not Portal PIN’s API.');
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ApiError('FOREIGN', 'The console and the API do not fit together: reload the page for the newer console.');
}

export function failure(status: number, body: unknown, retryAfter: number | null): ApiError {
  const result = z.safeParse(problemDocument, body);
  if (result.success) {
    const kind = status >= 500 ? 'UNAVAILABLE' : 'REFUSED';
    return new ApiError(kind, `${result.data.title}. ${result.data.detail}`, result.data, retryAfter);
  }
  if (status === 401) return new ApiError('REFUSED', 'You are not signed in.', notSignedIn);
  if (status === 403) return new ApiError('REFUSED', 'You are not allowed to do this.');
  if (status === 429) return new ApiError('UNAVAILABLE', 'Too many requests at once.', null, retryAfter);
  return new ApiError('UNREACHABLE', `What answers is not Portal PIN’s API (${status}).`);
}

/** API Gateway refuses a token before any of our code runs, and has no problem document. */
const notSignedIn: Problem = {
  type: 'https://portal-pin.example/problems/not-signed-in',
  title: 'Not signed in',
  status: 401,
  detail: 'Sign in again.',
};
