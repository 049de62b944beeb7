/**
 * What the adapter asks of a FHIR R4 server: reads, searches with checked results, batches, transactions, and writes
 * bound to a version. https://hl7.org/fhir/R4/http.html
 */
import { EhrConflictError, EhrRejectedError, EhrUnavailableError } from '../../../domain/errors.ts';
import type { AsRead } from '../../../ports/ehr/ehr.ts';
import { type AnsweredEntry, answeredEntries, asBundle, type Page, pageOf } from './bundle.ts';
import { createFhirHttp, type FhirOptions, type FhirRequest } from './http.ts';
import { assertComplete, errorOf, isOutcome } from './outcome.ts';
import { asReadOf, isId, isResource, type Resource } from './resource.ts';
import { isMatch, pathOfSearch, queryOf, type Search } from './search.ts';

export type { FhirOptions } from './http.ts';

/** A resource by its id. */
export interface Literal {
  readonly type: string;
  readonly id: string;
}

type Query = Search | Literal;

/** One list of resources for each query, in the queries' order. */
type Answers<Queries extends readonly Query[]> = { -readonly [Index in keyof Queries]: Resource[] };

/** A resource as it is to be, bound to the version that was read. */
export interface Change {
  readonly read: AsRead;
  readonly changed: Resource;
}

export type Entry =
  | { readonly change: Change }
  | { readonly search: Search }
  /** Created unless `unless` finds one. */
  | { readonly create: object & { resourceType: string }; readonly fullUrl?: string; readonly unless?: Search };

export interface FhirClient {
  /** The base URL, without a final slash. */
  readonly base: string;
  /** A resource; null for 404 and 410. */
  read(what: Literal): Promise<Resource | null>;
  /** All resources that match the search, and those it includes, page after page. */
  search(search: Search): Promise<Resource[]>;
  /** One page of a search, by its bookmark (null: the first); null where the server knows no such page. */
  page(search: Search, bookmark: string | null): Promise<Page | null>;
  /** Reads and searches in one batch; per query its resources (a missing one: none). */
  batch<const Queries extends readonly Query[]>(queries: Queries): Promise<Answers<Queries>>;
  /** All or nothing; answers in the entries' order. EhrConflictError where a version bound in it has moved. */
  transaction(entries: readonly Entry[]): Promise<AnsweredEntry[]>;
  /** What a search in a transaction found, its further pages included. */
  found(search: Search, answered: AnsweredEntry | undefined): Promise<Resource[]>;
  /** PUT with If-Match. EhrConflictError where the version has moved. */
  replace(change: Change): Promise<void>;
  create(resource: object & { resourceType: string }): Promise<void>;
  /**
   * Creates the resource unless the search finds one. Answers what the search finds where a race made several; else none.
   * EhrRejectedError CONDITIONAL_CREATE_MATCHED_ANOTHER where the server took something else for a match.
   */
  createUnlessFound(resource: object & { resourceType: string }, search: Search): Promise<Resource[]>;
}

/** Pages of one search; 100 resources each make 20,000 documents of one patient, far beyond any chart. */
const PAGE_LIMIT = 200;

/** How servers refuse a write with an outdated version, beside 409 and 412: some fail the whole transaction with 400. */
const MAY_BE_MOVED = /^HTTP_(400|404|410|422)(_|$)/;

export function createFhirClient(options: FhirOptions): FhirClient {
  const base = options.baseUrl.replace(/\/+$/, '');
  const send = createFhirHttp(options, base);

  async function resourceOf(request: FhirRequest): Promise<Resource | null> {
    const { status, ok, body } = await send(request);
    if (status === 404 || status === 410) {
      // A gateway that lost its way says 404, too; only the EHR says it in FHIR.
      if (!isResource(body)) throw new EhrUnavailableError(`HTTP_${status}_IS_NO_FHIR`);
      return null;
    }
    if (!ok) throw errorOf(status, body);
    if (body === undefined) throw new EhrUnavailableError('ANSWER_IS_NO_JSON');
    if (!isResource(body)) throw new EhrUnavailableError('ANSWER_IS_NO_FHIR');
    if (isOutcome(body)) assertComplete(body);
    return body;
  }

  /** A write of one resource. A server may answer it with an empty body, whatever we prefer; with a web page it may not. */
  async function written(request: FhirRequest): Promise<void> {
    const { status, ok, body } = await send(request);
    if (!ok) throw errorOf(status, body);
    if (body !== undefined && !isResource(body)) throw new EhrUnavailableError('ANSWER_IS_NO_FHIR');
  }

  async function bundleOf(request: FhirRequest): Promise<Resource> {
    const resource = await resourceOf(request);
    if (resource === null) throw new EhrRejectedError('HTTP_404');
    return asBundle(resource);
  }

  const posted = (type: 'batch' | 'transaction', entry: object[]) =>
    bundleOf({ method: 'POST', path: '', body: { resourceType: 'Bundle', type, entry } });

  async function allOf(search: Search, first: Resource): Promise<Resource[]> {
    let { resources, next } = pageOf(search, first, base);
    for (let page = 1; next !== null && !search.firstPageOnly; page++) {
      if (page >= PAGE_LIMIT) throw new EhrRejectedError('TOO_MANY_PAGES');
      const following = pageOf(search, await bundleOf({ method: 'GET', path: next }), base);
      resources = [...resources, ...following.resources];
      next = following.next;
    }
    return resources;
  }

  async function answerTo(query: Query, { status, outcome, resource }: AnsweredEntry): Promise<Resource[]> {
    if (status === 404 || status === 410) return [];
    if (!(status >= 200 && status < 300)) throw errorOf(status, outcome);
    assertComplete(outcome);
    if (resource === null || isOutcome(resource)) throw new EhrUnavailableError('BATCH_ENTRY_IS_NO_FHIR');
    if ('where' in query) return allOf(query, asBundle(resource));
    if (resource.resourceType !== query.type || resource.id !== query.id) {
      throw new EhrRejectedError('ANSWER_IS_NOT_WHAT_WAS_ASKED_FOR');
    }
    return [resource];
  }

  const client: FhirClient = {
    base,
    read: async ({ type, id }) => (isId(id) ? resourceOf({ method: 'GET', path: `${type}/${id}` }) : null),
    search: async (search) => allOf(search, await bundleOf({ method: 'GET', path: pathOfSearch(search) })),
    async page(search, bookmark) {
      const resource = await resourceOf({ method: 'GET', path: bookmark ?? pathOfSearch(search) });
      return resource === null ? null : pageOf(search, asBundle(resource), base);
    },
    async batch(queries) {
      const entries = queries.map((query) => ({ request: { method: 'GET', url: urlOf(query) } }));
      const answered = answeredEntries(await posted('batch', entries), queries.length, 'BATCH');
      const lists = queries.map((query, index) => answerTo(query, answered[index] ?? NOT_ANSWERED));
      // As many as were asked for, which answeredEntries has shown.
      return (await Promise.all(lists)) as Answers<typeof queries>;
    },
    async transaction(entries) {
      try {
        const answered = answeredEntries(
          await posted('transaction', entries.map(entryOf)),
          entries.length,
          'TRANSACTION',
        );
        // A server that runs transactions as batches answers 200, whatever became of an entry.
        for (const { status, outcome } of answered) if (status >= 300) throw errorOf(status, outcome);
        return answered;
      } catch (error) {
        throw await orMoved(
          error,
          entries.flatMap((entry) => ('change' in entry ? [entry.change.read] : [])),
        );
      }
    },
    async found(search, answered) {
      if (answered?.resource?.resourceType !== 'Bundle') throw new EhrUnavailableError('TRANSACTION_ANSWER_INCOMPLETE');
      return allOf(search, answered.resource);
    },
    async replace({ read, changed }) {
      const { resourceType, id } = changed;
      try {
        await written({ method: 'PUT', path: `${resourceType}/${id}`, body: changed, ifMatch: etagOf(read) });
      } catch (error) {
        throw await orMoved(error, [read]);
      }
    },
    create: (resource) => written({ method: 'POST', path: resource.resourceType, body: resource }),
    async createUnlessFound(resource, search) {
      let answered: AnsweredEntry | undefined;
      try {
        [answered] = await client.transaction([{ create: resource, unless: search }]);
      } catch (error) {
        // A race before us left several, by 412 or by a 400 of the whole transaction.
        if (!(error instanceof EhrConflictError || error instanceof EhrRejectedError)) throw error;
        const found = await client.search(search);
        if (found.length > 0) return found;
        const isMatched = error.code.startsWith('HTTP_412');
        throw isMatched ? new EhrRejectedError('CONDITIONAL_CREATE_MATCHED_ANOTHER') : error;
      }
      if (answered !== undefined) assertMatched(search, answered, base);
      return [];
    },
  };
  return client;

  /** EhrConflictError where a version that a refused write was bound to is not the chart's any more; else the error itself. */
  async function orMoved(error: unknown, bound: readonly AsRead[]): Promise<unknown> {
    if (!(error instanceof EhrRejectedError) || !MAY_BE_MOVED.test(error.code) || bound.length === 0) return error;
    const now = await client.batch(
      bound.map(({ resource, id }): Literal => ({ type: String(resource.resourceType), id })),
    );
    const hasMoved = bound.some(({ id, version }, index) => {
      const resource = now[index]?.[0];
      return resource === undefined || asReadOf(resource, id).version !== version;
    });
    return hasMoved ? new EhrConflictError('VERSION_MOVED') : error;
  }
}

const NOT_ANSWERED: AnsweredEntry = { status: Number.NaN, location: null, outcome: undefined, resource: null };

/** A server that ignores a parameter of the condition takes another resource for ours, and creates nothing. */
export function assertMatched(search: Search, { resource }: AnsweredEntry, base: string): void {
  if (resource !== null && !isOutcome(resource) && !isMatch(search, resource, base)) {
    throw new EhrRejectedError('CONDITIONAL_CREATE_MATCHED_ANOTHER');
  }
}

function urlOf(query: Query): string {
  return 'where' in query ? pathOfSearch(query) : `${query.type}/${query.id}`;
}

function entryOf(entry: Entry): object {
  if ('search' in entry) return { request: { method: 'GET', url: pathOfSearch(entry.search) } };
  if ('change' in entry) {
    const { read, changed } = entry.change;
    const { resourceType, id } = changed;
    const request = { method: 'PUT', url: `${resourceType}/${id}`, ifMatch: etagOf(read) };
    return { fullUrl: newUrn(), resource: changed, request };
  }
  const { create, fullUrl = newUrn(), unless } = entry;
  const condition = unless === undefined ? {} : { ifNoneExist: queryOf(unless) };
  return { fullUrl, resource: create, request: { method: 'POST', url: create.resourceType, ...condition } };
}

/** Without a version there is no If-Match, and without If-Match we could overwrite what staff just wrote. */
function etagOf({ version }: AsRead): string {
  if (version === null) throw new EhrRejectedError('RESOURCE_WITHOUT_VERSION');
  return `W/"${version}"`;
}

export function newUrn(): string {
  return `urn:uuid:${crypto.randomUUID()}`;
}
