import { badRequest, getStatus, isOk, normalizeOperationOutcome, notFound, OperationOutcomeError } from '@medplum/core';
import type { FhirRequest, HttpMethod } from '@medplum/fhir-router';
import { FhirRouter } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { capabilityStatement } from './capability.ts';
import { isResourceType } from './definitions.ts';
import type { ChartRepository } from './repository.ts';
import type { Answer, EhrRequest } from './request.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const READS = new Set(['read', 'vread', 'search-type', 'history-instance']);
const MODIFIERS = new Set(['missing', 'not', 'contains', 'exact', 'iterate']);

/** Medplum's router on our repository; `answer` takes one request at a time, its caller sees to that. */
export class FhirService {
  readonly #router = new FhirRouter();
  readonly #repository: ChartRepository;
  readonly #baseUrl: () => string;
  readonly #now: () => number;

  constructor(repository: ChartRepository, baseUrl: () => string, now: () => number) {
    this.#repository = repository;
    this.#baseUrl = baseUrl;
    this.#now = now;
    this.#prepareRoutes();
  }

  async answer(request: EhrRequest): Promise<Answer> {
    try {
      const [outcome, resource] = await this.#dispatch(request);
      return this.#toAnswer(request, outcome, resource);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  /** GraphQL and the search over all types are not served; reads inside a transaction see what the EHR did by itself. */
  #prepareRoutes(): void {
    const { routes } = this.#router.router;
    const served = routes.filter(
      ({ data }) => data?.interaction !== 'operation' && data?.interaction !== 'search-system',
    );
    routes.splice(0, routes.length, ...served);
    for (const route of routes) {
      const { handler, data } = route;
      if (!data || !READS.has(data.interaction)) continue;
      route.handler = (request, repository, router, options) => {
        this.#repository.settle();
        checkModifiers(request.query);
        return handler(request, repository, router, options);
      };
    }
  }

  async #dispatch(request: EhrRequest): Promise<[OperationOutcome, Resource | undefined]> {
    const type = request.route.split('/')[0] ?? '';
    if (!METHODS.has(request.method)) throw new OperationOutcomeError(notFound);
    if (type === 'metadata' && request.method === 'GET') {
      return [
        { resourceType: 'OperationOutcome', id: 'ok', issue: [] },
        capabilityStatement(this.#baseUrl(), this.#now()),
      ];
    }
    if (type !== '' && !isResourceType(type)) throw new OperationOutcomeError(notFound);
    checkIfMatch(request.headers['if-match']);
    checkBody(request);
    const [outcome, resource] = await this.#router.handleRequest(toRouter(request), this.#repository);
    return [outcome, resource];
  }

  #toAnswer(request: EhrRequest, outcome: OperationOutcome, resource: Resource | undefined): Answer {
    if (!isOk(outcome)) return outcomeAnswer(outcome);
    const headers: Record<string, string> = { 'content-type': 'application/fhir+json' };
    let status = getStatus(outcome);
    if (resource?.resourceType === 'Bundle' && request.route === '') completeEntries(request.body as Bundle, resource);
    else if (resource?.meta?.versionId && request.route !== 'metadata') {
      const { versionId, lastUpdated } = resource.meta;
      headers.etag = `W/"${versionId}"`;
      if (lastUpdated) headers['last-modified'] = new Date(lastUpdated).toUTCString();
      if (request.method === 'PUT' && versionId === '1') status = 201;
      if (status === 201) {
        headers.location = `${this.#baseUrl()}/${resource.resourceType}/${resource.id}/_history/${versionId}`;
      }
    }
    return { status, headers, body: JSON.stringify(resource ?? outcome) };
  }
}

/** The answer to whatever was thrown. */
export function errorAnswer(error: unknown): Answer {
  return outcomeAnswer(normalizeOperationOutcome(error));
}

function outcomeAnswer(outcome: OperationOutcome): Answer {
  const headers = { 'content-type': 'application/fhir+json' };
  return { status: getStatus(outcome), headers, body: JSON.stringify(outcome) };
}

function toRouter({ method, url, headers, body }: EhrRequest): FhirRequest {
  return {
    method: method as HttpMethod,
    url,
    pathname: '',
    params: {},
    query: {},
    headers,
    body,
    config: { transactions: true },
  };
}

/** Medplum ignores an If-Match it cannot parse, which would lose another user's write. */
function checkIfMatch(ifMatch: string | undefined): void {
  if (ifMatch !== undefined && !/^(W\/)?"[^"]+"$/.test(ifMatch)) {
    throw new OperationOutcomeError(badRequest('If-Match must be an ETag such as W/"1"'));
  }
}

/** Refuses what Medplum's router would trip over. */
function checkBody({ method, route, body }: EhrRequest): void {
  if (method === 'GET' || method === 'DELETE') return;
  if (typeof body !== 'object' || body === null) throw new OperationOutcomeError(badRequest('A resource is expected'));
  if (route !== '') return;
  const { entry } = body as { entry?: unknown };
  if (!Array.isArray(entry)) throw new OperationOutcomeError(badRequest('A Bundle with entries is expected'));
  for (const item of entry) {
    if (typeof item?.request?.url !== 'string') {
      throw new OperationOutcomeError(badRequest('Every entry needs request.method and request.url'));
    }
    checkIfMatch(item.request.ifMatch);
  }
}

/** Medplum drops modifiers it does not know, and would then answer another question than was asked. */
function checkModifiers(query: FhirRequest['query']): void {
  for (const name of Object.keys(query)) {
    const modifier = name.split(':')[1];
    if (modifier !== undefined && !MODIFIERS.has(modifier)) {
      throw new OperationOutcomeError(badRequest(`Search modifier not supported: ${name}`));
    }
  }
}

/** Adds what FHIR wants of a response entry and Medplum leaves out: ETag, version, 201 for a PUT that created. */
function completeEntries(asked: Bundle, answered: Bundle): void {
  for (const [i, entry] of (answered.entry ?? []).entries()) {
    const { resource, response }: BundleEntry = entry;
    if (!response?.status.startsWith('2')) continue;
    delete response.outcome;
    const versionId = resource?.meta?.versionId;
    if (!resource || !versionId) continue;
    response.etag = `W/"${versionId}"`;
    response.location = `${resource.resourceType}/${resource.id}/_history/${versionId}`;
    if (resource.meta?.lastUpdated) response.lastModified = resource.meta.lastUpdated;
    if (versionId === '1' && asked.entry?.[i]?.request?.method === 'PUT') response.status = '201';
  }
}
