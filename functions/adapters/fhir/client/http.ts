/**
 * FHIR R4 over HTTP: one request, its time limit, and what each way of failing is called.
 * https://hl7.org/fhir/R4/http.html
 */
import { setTimeout } from 'node:timers/promises';
import { EhrRejectedError, EhrThrottledError, EhrUnavailableError } from '../../../domain/errors.ts';

/** One request may take 10 s, two thirds of what a step's own calls share. */
const REQUEST_TIMEOUT_MS = 10_000;
/** A Retry-After up to this long is waited out here; longer ones are the state machine's business. */
const WAITED_OUT_SECONDS = 5;

export interface FhirOptions {
  /** Base URL of the FHIR endpoint, with or without a final slash. */
  baseUrl: string;
  /**
   * Value of the Authorization header, or null where the endpoint asks for none. `refused` is the value that the EHR has just
   * answered with 401, or null.
   */
  authorization(refused: string | null): Promise<string | null>;
  /** Ends with the step's deadline. */
  signal: AbortSignal;
}

export interface FhirRequest {
  method: 'GET' | 'POST' | 'PUT';
  /** Below the base, e.g. `Patient/123`; empty for a batch or transaction. */
  path: string;
  body?: unknown;
  /** The version that a PUT is bound to, as an ETag. */
  ifMatch?: string;
}

export interface FhirAnswer {
  status: number;
  ok: boolean;
  /** The body as JSON; undefined for an empty one, null where a failure came with something else. */
  body: unknown;
}

/** Sends one request; waits out a short Retry-After once, and replaces a refused token once. */
export function createFhirHttp(options: FhirOptions, base: string): (request: FhirRequest) => Promise<FhirAnswer> {
  async function once(request: FhirRequest): Promise<Response> {
    const authorization = await options.authorization(null);
    const response = await attempt(request, authorization);
    if (response.status !== 401 || authorization === null) return response;
    // The token ended before its time, or the server forgot it. The request was not acted upon, so it may go out again.
    await discard(response);
    return attempt(request, await options.authorization(authorization));
  }

  async function attempt(request: FhirRequest, authorization: string | null): Promise<Response> {
    // Servers may answer a search from a cache: HAPI does for 60 s, also inside batches and transactions. What is decided
    // and proved here needs the chart as it is now.
    const headers: Record<string, string> = { accept: 'application/fhir+json', 'cache-control': 'no-cache' };
    if (authorization !== null) headers.authorization = authorization;
    if (request.body !== undefined) headers['content-type'] = 'application/fhir+json';
    if (request.ifMatch !== undefined) headers['if-match'] = request.ifMatch;
    if (request.method !== 'GET') headers.prefer = 'return=representation';
    try {
      return await fetch(request.path === '' ? base : `${base}/${request.path}`, {
        method: request.method,
        headers,
        // A chart's contents follow no redirect to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.any([options.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      });
    } catch (error) {
      throw unreachable(error);
    }
  }

  async function patiently(request: FhirRequest): Promise<Response> {
    const response = await once(request);
    if (response.status !== 429) return response;
    // It may be a date, too; then the state machine waits.
    const retryAfter = response.headers.get('retry-after') ?? '';
    const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Number.POSITIVE_INFINITY;
    if (seconds > WAITED_OUT_SECONDS) return response;
    await discard(response);
    await pause(seconds * 1000, options.signal);
    return once(request);
  }

  return async (request) => {
    const response = await patiently(request);
    return { status: response.status, ok: response.ok, body: await readJson(response) };
  };
}

async function readJson(response: Response): Promise<unknown> {
  // fetch gives an opaque 3xx with redirect: manual; its body is not for us.
  if (response.status >= 300 && response.status < 400) {
    await discard(response);
    throw new EhrRejectedError(`HTTP_${response.status}_REDIRECT`);
  }
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw unreachable(error);
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page, or half a body: the status still tells what kind of failure it is.
    if (!response.ok) return null;
    throw new EhrUnavailableError('ANSWER_IS_NO_JSON');
  }
}

/** Frees the connection of an answer that is not read. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

function unreachable(error: unknown): EhrUnavailableError {
  const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return new EhrUnavailableError(timedOut ? 'NO_ANSWER_IN_TIME' : 'CONNECTION_FAILED');
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal });
  } catch {
    throw new EhrThrottledError('DEADLINE');
  }
}
