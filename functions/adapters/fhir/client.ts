/**
 * FHIR R4 over HTTP: one request, its time limit, and what each way of failing is called.
 * https://hl7.org/fhir/R4/http.html
 */
import { setTimeout } from 'node:timers/promises';
import type { Bundle, BundleEntry, FhirResource, OperationOutcome } from 'fhir/r4';
import { EhrConflictError, EhrRejectedError, EhrThrottledError, EhrUnavailableError } from '../../domain/errors.ts';

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

interface FhirRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the base, e.g. `Patient/123`; empty for a batch or transaction. */
  path: string;
  body?: unknown;
  contentType?: string;
  /** Query of a conditional create. */
  ifNoneExist?: string;
}

export type Query = string | { firstPageOf: string };

/** One list of resources for each query, in the queries' order. */
type Answers<Queries extends readonly Query[]> = { -readonly [Index in keyof Queries]: FhirResource[] };

export interface FhirClient {
  /** A resource; null for 404 and 410. */
  read(path: string): Promise<FhirResource | null>;
  /** All resources that a search matches or includes, page after page. */
  search(path: string): Promise<FhirResource[]>;
  /** One page of a search, and the path of the next one below the base, or null; null where the server knows no such page. */
  page(path: string): Promise<{ resources: FhirResource[]; next: string | null } | null>;
  /** Reads and searches in one batch; per query its resources (a missing one: none), every page unless only the first is asked for. */
  batch<const Queries extends readonly Query[]>(queries: Queries): Promise<Answers<Queries>>;
  /** All or nothing; answers in the entries' order. */
  transaction(entries: BundleEntry[]): Promise<BundleEntry[]>;
  patch(path: string, operations: object[]): Promise<void>;
  create(resource: FhirResource): Promise<void>;
  /** Creates unless the query matches something. */
  createIfNone(resource: FhirResource, query: string): Promise<void>;
}

/** Pages of one search; 100 resources each make 20,000 documents of one patient, far beyond any chart. */
const PAGE_LIMIT = 200;

export function createFhirClient(options: FhirOptions): FhirClient {
  const base = options.baseUrl.replace(/\/+$/, '');

  async function once(request: FhirRequest): Promise<Response> {
    const authorization = await options.authorization(null);
    const response = await attempt(request, authorization);
    if (response.status !== 401 || authorization === null) return response;
    // The token ended before its time, or the server forgot it. The request was not acted upon, so it may go out again.
    await discard(response);
    return attempt(request, await options.authorization(authorization));
  }

  async function attempt(request: FhirRequest, authorization: string | null): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/fhir+json' };
    if (authorization !== null) headers.authorization = authorization;
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/fhir+json';
    if (request.ifNoneExist !== undefined) headers['if-none-exist'] = request.ifNoneExist;
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

  async function send(request: FhirRequest): Promise<Response> {
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

  async function resourceOf(request: FhirRequest): Promise<FhirResource | null> {
    const response = await send(request);
    const body = await readJson(response);
    if (response.status === 404 || response.status === 410) {
      // A gateway that lost its way says 404, too; only the EHR says it in FHIR.
      if (!isResource(body)) throw new EhrUnavailableError(`HTTP_${response.status}_IS_NO_FHIR`);
      return null;
    }
    if (!response.ok) throw errorOf(response.status, body);
    if (!isResource(body)) throw new EhrUnavailableError('ANSWER_IS_NO_FHIR');
    return body;
  }

  /** A write of one resource. A server may answer it with an empty body, whatever we prefer; with a web page it may not. */
  async function written(request: FhirRequest): Promise<void> {
    const response = await send(request);
    const body = await readJson(response, 'or nothing');
    if (!response.ok) throw errorOf(response.status, body);
    if (body !== undefined && !isResource(body)) throw new EhrUnavailableError('ANSWER_IS_NO_FHIR');
  }

  async function bundleOf(request: FhirRequest): Promise<Bundle> {
    const resource = await resourceOf(request);
    if (resource === null) throw new EhrRejectedError('HTTP_404');
    return asBundle(resource);
  }

  async function restOf(first: Bundle): Promise<FhirResource[]> {
    const resources = matchesOf(first);
    let next = nextLink(first, base);
    for (let page = 1; next !== null; page++) {
      if (page >= PAGE_LIMIT) throw new EhrRejectedError('TOO_MANY_PAGES');
      const bundle = await bundleOf({ method: 'GET', path: next });
      resources.push(...matchesOf(bundle));
      next = nextLink(bundle, base);
    }
    return resources;
  }

  return {
    read: (path) => resourceOf({ method: 'GET', path }),
    async page(path) {
      const resource = await resourceOf({ method: 'GET', path });
      if (resource === null) return null;
      const bundle = asBundle(resource);
      return { resources: matchesOf(bundle), next: nextLink(bundle, base) };
    },
    search: async (path) => restOf(await bundleOf({ method: 'GET', path })),
    async batch(queries) {
      const entry = queries.map((query) => {
        const url = typeof query === 'string' ? query : query.firstPageOf;
        return { request: { method: 'GET' as const, url } };
      });
      const answer = await bundleOf({
        method: 'POST',
        path: '',
        body: { resourceType: 'Bundle', type: 'batch', entry },
      });
      if (answer.entry?.length !== queries.length) throw new EhrUnavailableError('BATCH_ANSWER_INCOMPLETE');
      const lists = answer.entry.map((each, index) => resourcesOfEntry(each, typeof queries[index] !== 'string'));
      // As many as were asked for, which the length above has shown.
      return (await Promise.all(lists)) as Answers<typeof queries>;
    },
    async transaction(entry) {
      const body: Bundle = { resourceType: 'Bundle', type: 'transaction', entry };
      const answer = await bundleOf({ method: 'POST', path: '', body });
      if (answer.entry?.length !== entry.length) throw new EhrUnavailableError('TRANSACTION_ANSWER_INCOMPLETE');
      return answer.entry;
    },
    async patch(path, operations) {
      const contentType = 'application/json-patch+json';
      await written({ method: 'PATCH', path, body: operations, contentType });
    },
    create: (resource) => written({ method: 'POST', path: resource.resourceType, body: resource }),
    createIfNone: (resource, query) =>
      written({ method: 'POST', path: resource.resourceType, body: resource, ifNoneExist: query }),
  };

  async function resourcesOfEntry(entry: BundleEntry, firstPageOnly: boolean): Promise<FhirResource[]> {
    const status = Number.parseInt(entry.response?.status ?? '', 10);
    if (status === 404 || status === 410) return [];
    if (!(status >= 200 && status < 300)) throw errorOf(status, entry.response?.outcome ?? entry.resource);
    if (!isResource(entry.resource)) throw new EhrUnavailableError('BATCH_ENTRY_IS_NO_FHIR');
    if (entry.resource.resourceType !== 'Bundle') return [entry.resource];
    return firstPageOnly ? matchesOf(entry.resource) : restOf(entry.resource);
  }
}

function asBundle(resource: FhirResource): Bundle {
  if (resource.resourceType !== 'Bundle') throw new EhrUnavailableError('ANSWER_IS_NO_BUNDLE');
  return resource;
}

function matchesOf(bundle: Bundle): FhirResource[] {
  const resources: FhirResource[] = [];
  for (const entry of bundle.entry ?? []) {
    if (!isResource(entry.resource)) throw new EhrUnavailableError('BUNDLE_ENTRY_IS_NO_FHIR');
    if (entry.search?.mode !== 'outcome') resources.push(entry.resource);
  }
  return resources;
}

/** The path of the next page below the base; a link to another place is refused, it would carry our token there. */
function nextLink(bundle: Bundle, base: string): string | null {
  const link = bundle.link?.find((each) => each.relation === 'next')?.url;
  if (link === undefined) return null;
  if (!URL.canParse(link, `${base}/`)) throw new EhrUnavailableError('PAGE_LINK_IS_NO_URL');
  const url = new URL(link, `${base}/`);
  const home = new URL(`${base}/`);
  const isBelow = `${url.pathname}/`.startsWith(home.pathname);
  if (url.origin !== home.origin || !isBelow) throw new EhrRejectedError('PAGE_LINK_LEAVES_EHR');
  return `${url.pathname.slice(home.pathname.length)}${url.search}`;
}

function isResource(body: unknown): body is FhirResource {
  return typeof body === 'object' && body !== null && 'resourceType' in body && typeof body.resourceType === 'string';
}

/** The body as JSON, undefined for an empty one where that is allowed; null where a failure came with something else. */
async function readJson(response: Response, allowed?: 'or nothing'): Promise<unknown> {
  // fetch gives an opaque 3xx with redirect: manual; its body is nobody's.
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
  if (text === '' && allowed === 'or nothing') return undefined;
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

/** The error that a status and an OperationOutcome stand for; the outcome's text may hold patient facts and is dropped. */
export function errorOf(status: number, body: unknown): Error {
  const issue = issueCodeOf(body);
  const code = `HTTP_${Number.isNaN(status) ? 'NONE' : status}${issue === null ? '' : `_${issue}`}`;
  if (status === 429 || issue === 'throttled') return new EhrThrottledError(code);
  if (status === 409 || status === 412 || issue === 'conflict') return new EhrConflictError(code);
  if (status >= 500 || status === 408 || status === 425 || Number.isNaN(status)) return new EhrUnavailableError(code);
  if (issue === 'transient' || issue === 'lock-error' || issue === 'timeout') return new EhrUnavailableError(code);
  return new EhrRejectedError(code);
}

/** https://hl7.org/fhir/R4/valueset-issue-type.html. Any other text, however short, could be somebody's name. */
const ISSUE_TYPES = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing ' +
    'not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly ' +
    'business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'
  ).split(' '),
);

function issueCodeOf(body: unknown): string | null {
  if (!isResource(body) || body.resourceType !== 'OperationOutcome') return null;
  const code: unknown = (body as OperationOutcome).issue?.[0]?.code;
  return typeof code === 'string' && ISSUE_TYPES.has(code) ? code : null;
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
