import type { WithId } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { defineType } from './definitions.ts';
import { indexKeysOf } from './index-keys.ts';

/** A resource as the chart keeps it: with id, `meta.versionId` and `meta.lastUpdated`. Never mutated, only replaced. */
export type Stored<T extends Resource = Resource> = WithId<T>;
export type ResourceType = Resource['resourceType'];

/** What a transaction did to one resource: `before` is missing when it is new, `after` when it was deleted. */
export interface Change {
  before?: Stored;
  after?: Stored;
}

export interface Kept {
  /** Order of creation in the chart; pages of a search follow it. */
  order: number;
  /** Oldest first; kept after a deletion. */
  versions: readonly Stored[];
  current: Stored | undefined;
}

/** What a transaction leaves of one resource, for keeping the chart elsewhere too. */
export interface Written {
  order: number;
  /** The new versions, oldest first; of a deletion the last version that there was. */
  versions: readonly Stored[];
  isDeleted: boolean;
}
export type Keep = (written: readonly Written[]) => Promise<void>;

interface Undo {
  resourceType: string;
  id: string;
  was: Kept | undefined;
}

/**
 * The resources of the practice in memory: versioned, indexed, with a journal of the running transaction, so that a rollback costs
 * what the transaction changed, not what the chart holds. Synchronous; callers must serialize transactions.
 */
export class ChartStore {
  readonly #now: () => number;
  readonly #keep: Keep | undefined;
  readonly #kept = new Map<string, Map<string, Kept>>();
  readonly #index = new Map<string, Map<string, Set<string>>>();
  #journal: Undo[] | undefined;
  /** When the running transaction began: everything that it writes bears one instant, as it takes effect at once. */
  #at = 0;
  #order = 0;

  /** `keep` is awaited within each transaction that wrote something. */
  constructor(now: () => number, keep?: Keep) {
    this.#now = now;
    this.#keep = keep;
  }

  get<T extends ResourceType>(resourceType: T, id: string): Stored<Extract<Resource, { resourceType: T }>> | undefined {
    return this.#kept.get(resourceType)?.get(id)?.current as Stored<Extract<Resource, { resourceType: T }>> | undefined;
  }

  kept(resourceType: string, id: string): Kept | undefined {
    return this.#kept.get(resourceType)?.get(id);
  }

  /** All resources of a type, in order of creation. */
  all(resourceType: string): Iterable<Kept> {
    return this.#kept.get(resourceType)?.values() ?? [];
  }

  /** The ids of a type found under a key of index-keys.ts, in no order. */
  idsUnder(resourceType: string, key: string): ReadonlySet<string> {
    return this.#index.get(resourceType)?.get(key) ?? NOTHING;
  }

  /** The current resources of a type found under a key, in order of creation. */
  under<T extends ResourceType>(resourceType: T, key: string): Stored<Extract<Resource, { resourceType: T }>>[] {
    const found = [...this.idsUnder(resourceType, key)].flatMap((id) => this.kept(resourceType, id) ?? []);
    found.sort((a, b) => a.order - b.order);
    return found.flatMap((kept) => (kept.current as Stored<Extract<Resource, { resourceType: T }>>) ?? []);
  }

  /** Writes a new version. Client-given `versionId` and `lastUpdated` are replaced. */
  put(resource: Stored): Stored {
    const was = this.kept(resource.resourceType, resource.id);
    return this.#write(resource, (Number(was?.versions.at(-1)?.meta?.versionId) || 0) + 1, was);
  }

  /** Takes over a resource from outside: version 1, also when the same resource was loaded before. */
  load(resource: Stored): Stored {
    const was = this.kept(resource.resourceType, resource.id);
    const unchanged = was === undefined || was.current?.meta?.versionId === '1';
    return unchanged ? this.#write(resource, 1, was && { ...was, versions: [] }) : this.put(resource);
  }

  delete(resourceType: string, id: string): void {
    const was = this.kept(resourceType, id);
    if (was?.current) this.#replace(resourceType, id, { ...was, current: undefined });
  }

  get inTransaction(): boolean {
    return this.#journal !== undefined;
  }

  /** Where the journal of the running transaction stands, for `changesSince`. */
  get mark(): number {
    return this.#journal?.length ?? 0;
  }

  /** What the running transaction changed since `mark`, one change per resource. */
  changesSince(mark: number): Change[] {
    return this.#firstUndos(mark).map(({ resourceType, id, was }) => {
      const after = this.kept(resourceType, id)?.current;
      return { ...(was?.current && { before: was.current }), ...(after && { after }) };
    });
  }

  /** Runs `work`, all or nothing: when it throws, everything written meanwhile is taken back. */
  async atomically<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#journal) throw new Error('A transaction is running already; serialise the callers.');
    this.#journal = [];
    this.#at = this.#now();
    try {
      const result = await work();
      if (this.#keep && this.#journal.length > 0) await this.#keep(this.#written());
      return result;
    } catch (error) {
      const journal = this.#journal;
      this.#journal = undefined;
      for (const { resourceType, id, was } of journal.reverse()) this.#replace(resourceType, id, was);
      throw error;
    } finally {
      this.#journal = undefined;
    }
  }

  /** Takes back what `keep` was given, before anything else is in the chart. */
  revive(kept: Iterable<Written>): void {
    for (const { order, versions, isDeleted } of kept) {
      const last = versions.at(-1);
      if (last === undefined) continue;
      this.#replace(last.resourceType, last.id, { order, versions, current: isDeleted ? undefined : last });
      this.#order = Math.max(this.#order, order + 1);
    }
  }

  /** What the running transaction wrote, one entry per resource. */
  #written(): Written[] {
    return this.#firstUndos(0).flatMap(({ resourceType, id, was }) => {
      const kept = this.kept(resourceType, id);
      if (kept === undefined) return [];
      const isDeleted = kept.current === undefined;
      const fresh = kept.versions.filter((version) => !was?.versions.includes(version));
      return [{ order: kept.order, versions: fresh.length > 0 ? fresh : kept.versions.slice(-1), isDeleted }];
    });
  }

  /** How each resource that was written since `mark` was before. */
  #firstUndos(mark: number): Undo[] {
    const first = new Map<string, Undo>();
    for (const undo of this.#journal?.slice(mark) ?? []) {
      const key = `${undo.resourceType}/${undo.id}`;
      if (!first.has(key)) first.set(key, undo);
    }
    return [...first.values()];
  }

  #write(resource: Stored, version: number, was: Kept | undefined): Stored {
    const at = this.inTransaction ? this.#at : this.#now();
    const meta = { ...resource.meta, versionId: String(version), lastUpdated: new Date(at).toISOString() };
    const stored: Stored = { ...resource, meta };
    const versions = [...(was?.versions ?? []), stored];
    this.#replace(stored.resourceType, stored.id, { order: was?.order ?? this.#order++, versions, current: stored });
    return stored;
  }

  #replace(resourceType: string, id: string, next: Kept | undefined): void {
    let byId = this.#kept.get(resourceType);
    if (!byId) {
      defineType(resourceType);
      byId = new Map();
      this.#kept.set(resourceType, byId);
    }
    const was = byId.get(id);
    this.#journal?.push({ resourceType, id, was });
    this.#reindex(resourceType, id, was?.current, next?.current);
    if (next) byId.set(id, next);
    else byId.delete(id);
  }

  #reindex(resourceType: string, id: string, before: Stored | undefined, after: Stored | undefined): void {
    let index = this.#index.get(resourceType);
    if (!index) {
      index = new Map();
      this.#index.set(resourceType, index);
    }
    const old: ReadonlySet<string> = before ? indexKeysOf(before) : NOTHING;
    const fresh: ReadonlySet<string> = after ? indexKeysOf(after) : NOTHING;
    for (const key of old) {
      if (fresh.has(key)) continue;
      const ids = index.get(key);
      ids?.delete(id);
      if (ids?.size === 0) index.delete(key);
    }
    for (const key of fresh) {
      if (old.has(key)) continue;
      const ids = index.get(key);
      if (ids) ids.add(id);
      else index.set(key, new Set([id]));
    }
  }
}

const NOTHING: ReadonlySet<string> = new Set();
