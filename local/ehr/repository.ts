import { randomUUID } from 'node:crypto';
import type { Operation, SearchRequest, WithId } from '@medplum/core';
import {
  applyPatch,
  badRequest,
  conflict,
  DEFAULT_SEARCH_COUNT,
  fhirpathPatchTypedValue,
  formatSearchQuery,
  gone,
  normalizeOperationOutcome,
  notFound,
  OperationOutcomeError,
  parseFhirPathPatchParameters,
  preconditionFailed,
  toTypedValue,
  validateResource,
} from '@medplum/core';
import type {
  CreateResourceOptions,
  DeleteResourceOptions,
  SearchOptions,
  UpdateResourceOptions,
} from '@medplum/fhir-router';
import { FhirRepository, getExtraEntries } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, BundleLink, Parameters, Reference, Resource } from '@medplum/fhirtypes';
import type { Change, ChartStore } from './chart-store.ts';
import { defineTypes, isResourceType } from './definitions.ts';
import { searchChart } from './search.ts';

/** What the EHR does by itself after something was written, inside the same transaction. */
export type Reaction = (changes: readonly Change[]) => void;

/**
 * The chart as Medplum's router wants it. Validates what is written; every write is a transaction of its own unless one runs
 * already. Assumes that its caller lets only one request in at a time.
 */
export class ChartRepository extends FhirRepository {
  readonly #store: ChartStore;
  readonly #react: Reaction;
  readonly #baseUrl: () => string;
  #settled = 0;

  constructor(store: ChartStore, react: Reaction, baseUrl: () => string) {
    super();
    this.#store = store;
    this.#react = react;
    this.#baseUrl = baseUrl;
  }

  setMode(): void {}

  generateId(): string {
    return randomUUID();
  }

  async withTransaction<TResult>(callback: (repository: this) => Promise<TResult>): Promise<TResult> {
    return this.atomically(() => callback(this));
  }

  /** Runs `work` all or nothing, and after it what the EHR does by itself; joins a transaction that runs already. */
  async atomically<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#store.inTransaction) return work();
    this.#settled = 0;
    return this.#store.atomically(async () => {
      const result = await work();
      this.settle();
      return result;
    });
  }

  /** Lets the EHR react to what the running transaction wrote so far, before a read within it. */
  settle(): void {
    if (!this.#store.inTransaction || this.#store.mark === this.#settled) return;
    const changes = this.#store.changesSince(this.#settled);
    this.#react(changes);
    this.#settled = this.#store.mark;
  }

  /** A POST's own id is not used (FHIR R4 http.html#create), unless the transaction assigned it. */
  async createResource<T extends Resource>(resource: T, options?: CreateResourceOptions): Promise<WithId<T>> {
    const id = options?.assignedId && resource.id ? resource.id : this.generateId();
    if (this.#store.kept(resource.resourceType, id)) throw new OperationOutcomeError(conflict('Id is in use'));
    return this.#write({ ...resource, id });
  }

  async updateResource<T extends Resource>(resource: T, options?: UpdateResourceOptions): Promise<WithId<T>> {
    if (!resource.id) throw new OperationOutcomeError(badRequest('Missing id'));
    this.#requireVersion(resource.resourceType, resource.id, options?.ifMatch);
    return this.#write({ ...resource, id: resource.id });
  }

  async patchResource<T extends Resource>(
    resourceType: T['resourceType'],
    id: string,
    patch: Operation[] | Parameters,
    options?: UpdateResourceOptions,
  ): Promise<WithId<T>> {
    const draft = structuredClone(await this.readResource<T>(resourceType, id));
    try {
      if (Array.isArray(patch)) {
        const failures = applyPatch(draft, patch).filter((failure) => failure !== null);
        if (failures.length > 0) throw new OperationOutcomeError(badRequest(failures.map(String).join('; ')));
      } else {
        fhirpathPatchTypedValue(toTypedValue(draft), parseFhirPathPatchParameters(patch));
      }
    } catch (error) {
      throw new OperationOutcomeError(normalizeOperationOutcome(error));
    }
    if (draft.id !== id || draft.resourceType !== resourceType) {
      throw new OperationOutcomeError(badRequest('A patch must not change id or resourceType'));
    }
    return this.updateResource(draft, options);
  }

  async deleteResource(resourceType: string, id: string, options?: DeleteResourceOptions): Promise<void> {
    await this.readResource(resourceType, id);
    this.#requireVersion(resourceType, id, options?.ifMatch);
    await this.atomically(() => this.#store.delete(resourceType, id));
  }

  async readResource<T extends Resource>(resourceType: string, id: string): Promise<WithId<T>> {
    const kept = this.#store.kept(resourceType, id);
    if (!kept) throw new OperationOutcomeError(notFound);
    if (!kept.current) throw new OperationOutcomeError(gone);
    return kept.current as WithId<T>;
  }

  async readReference<T extends Resource>(reference: Reference<T>): Promise<WithId<T>> {
    const [resourceType, id, ...more] = reference.reference?.split('/') ?? [];
    if (!resourceType || !id || more.length > 0) throw new OperationOutcomeError(badRequest('Invalid reference'));
    return this.readResource(resourceType, id);
  }

  async readReferences<T extends Resource>(references: readonly Reference<T>[]): Promise<(T | Error)[]> {
    return Promise.all(
      references.map((reference) =>
        this.readReference<T>(reference).catch((error) => new OperationOutcomeError(normalizeOperationOutcome(error))),
      ),
    );
  }

  async readHistory<T extends Resource>(resourceType: string, id: string): Promise<Bundle<WithId<T>>> {
    const kept = this.#store.kept(resourceType, id);
    if (!kept) throw new OperationOutcomeError(notFound);
    const newestFirst = [...kept.versions].reverse() as WithId<T>[];
    return { resourceType: 'Bundle', type: 'history', entry: newestFirst.map((resource) => ({ resource })) };
  }

  async readVersion<T extends Resource>(resourceType: string, id: string, versionId: string): Promise<WithId<T>> {
    const versions = this.#store.kept(resourceType, id)?.versions ?? [];
    const version = versions.find((candidate) => candidate.meta?.versionId === versionId);
    if (!version) throw new OperationOutcomeError(notFound);
    return version as WithId<T>;
  }

  /** Searches made by the router itself (conditional create and the like) are not paged. */
  async search<T extends Resource>(request: SearchRequest<T>, options?: SearchOptions): Promise<Bundle<WithId<T>>> {
    if (!isResourceType(request.resourceType)) throw new OperationOutcomeError(notFound);
    const count = request.count ?? (options?.resourceOnly ? Number.MAX_SAFE_INTEGER : DEFAULT_SEARCH_COUNT);
    const { matches, total, next } = searchChart(this.#store, request, count);
    const fullUrl = (resourceType: string, id: string) => `${this.#baseUrl()}/${resourceType}/${id}`;
    const entry: BundleEntry[] = matches.map((resource) => ({
      fullUrl: fullUrl(resource.resourceType, resource.id),
      resource,
      search: { mode: 'match' },
    }));
    if (matches.length > 0 && (request.include || request.revInclude)) {
      await getExtraEntries<Resource>(this, request, matches, entry, { fullUrl });
    }
    const address = (page: object) =>
      `${this.#baseUrl()}/${request.resourceType}${formatSearchQuery({ ...request, ...page })}`;
    const link: BundleLink[] = [{ relation: 'self', url: address({}) }];
    if (next) link.push({ relation: 'next', url: address({ count, ...next }) });
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      ...(total !== undefined && { total }),
      link,
      ...(entry.length > 0 && { entry: entry as BundleEntry<WithId<T>>[] }),
    };
  }

  /** Only Medplum's GraphQL uses it, which is not served. */
  async searchByReference(): Promise<never> {
    throw new OperationOutcomeError(notFound);
  }

  async #write<T extends Resource>(resource: WithId<T>): Promise<WithId<T>> {
    if (!isResourceType(resource.resourceType)) throw new OperationOutcomeError(notFound);
    defineTypes(resource);
    validateResource(resource);
    return this.atomically(() => this.#store.put(resource) as WithId<T>);
  }

  #requireVersion(resourceType: string, id: string, ifMatch: string | undefined): void {
    if (ifMatch === undefined) return;
    if (this.#store.kept(resourceType, id)?.current?.meta?.versionId !== ifMatch) {
      throw new OperationOutcomeError(preconditionFailed);
    }
  }
}
