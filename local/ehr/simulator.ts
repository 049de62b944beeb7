import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as breathe } from 'node:timers/promises';
import { parseSearchRequest } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { createKeyedMutex } from '../http/mutex.ts';
import type { Keep, Stored, Written } from './chart-store.ts';
import { ChartStore } from './chart-store.ts';
import { loadDefinitions } from './definitions.ts';
import type { Fault } from './faults.ts';
import { Faults } from './faults.ts';
import { FhirService } from './fhir-service.ts';
import { followHandout } from './handout.ts';
import { Listener, type RequestListener } from './listener.ts';
import { signer, signingDevice } from './pin-document.ts';
import { type PreparedBundle, resourcesOf } from './practice.ts';
import { ChartRepository } from './repository.ts';
import type { Answer, EhrRequest } from './request.ts';
import { RequestLog } from './request-log.ts';
import { createStaff, type Staff } from './staff.ts';

/** A simulated EHR: FHIR R4 in memory that behaves as the handout says (P9, P11, P12) and fails as it is told. */
export interface EhrSimulator {
  /** To be mounted under any path; the caller has stripped the path and checked Host and Origin. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /**
   * Loads the resources of Bundles as they are, so each has its id and refers to others as `Type/id`; nothing of the handout
   * happens.
   * @throws PracticeDataError; nothing is loaded then
   */
  load(bundles: readonly PreparedBundle[]): Promise<void>;
  fail(fault: Fault): void;
  clearFaults(): void;
  /** Called before and after each request is processed, and awaited; answers how to stop it. */
  onRequest(listener: RequestListener): () => void;
  readonly requests: RequestLog;
  /** A copy of a resource, undefined when it is not there. */
  read<T = Resource>(resourceType: string, id: string): Promise<T | undefined>;
  /** Copies of all versions of a resource, oldest first. */
  history<T = Resource>(resourceType: string, id: string): Promise<T[]>;
  /** Copies of all that match, e.g. `Task?status=requested`; not paged up to 1,000. */
  search<T = Resource>(query: string): Promise<T[]>;
  readonly staff: Staff;
}

export interface EhrOptions {
  /** The practice's time, ms since the epoch: every instant that the EHR writes. */
  now: () => number;
  /** Under which the server is reached from outside, for links; what the Host header says when missing. */
  baseUrl?: string;
  /** Answers a request that may not come to the chart, null for one that may; without it all may. */
  gate?: (request: EhrRequest) => Answer | null;
  /** Where the chart is kept beyond the process; in memory only without it. */
  kept?: { chart: readonly Written[]; keep: Keep };
}

/** Resources between two pauses while loading, so that the process stays responsive; about 20 ms of work. */
const LOADED_AT_ONCE = 2_000;

export async function createEhrSimulator({ now, baseUrl, gate, kept }: EhrOptions): Promise<EhrSimulator> {
  await loadDefinitions();
  const store = new ChartStore(now, kept?.keep);
  const faults = new Faults();
  const requests = new RequestLog();
  const mutex = createKeyedMutex();
  /** One request at a time, as ChartStore needs it. */
  const inTurn = <T>(work: () => Promise<T> | T) => mutex('chart', work);
  const ignoresAnswerToP12 = () => faults.strikeSigning();
  const handout = { store, now, newId: randomUUID, ignoresAnswerToP12 };
  const listener = new Listener(faults, requests, baseUrl);
  const base = () => listener.baseUrl;
  const repository = new ChartRepository(store, (changes) => followHandout(handout, changes), base);
  const service = new FhirService(repository, base, now);
  listener.process = async (request) => gate?.(request) ?? inTurn(() => service.answer(request));
  store.revive(kept?.chart ?? []);
  const loadAll = (resources: readonly Stored[]) =>
    store.atomically(() => {
      for (const resource of resources) store.load(resource);
    });
  await loadAll([signingDevice, signer].filter(({ resourceType, id }) => !store.kept(resourceType, id)));

  return {
    handle: (req, res) => void listener.handle(req, res),
    async load(bundles) {
      const resources = resourcesOf(bundles);
      for (let i = 0; i < resources.length; i += LOADED_AT_ONCE) {
        await inTurn(() => loadAll(resources.slice(i, i + LOADED_AT_ONCE)));
        await breathe();
      }
    },
    fail: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    onRequest: (hook) => listener.onRequest(hook),
    requests,
    read: <T>(resourceType: string, id: string) =>
      inTurn(() => copyOf(store.kept(resourceType, id)?.current) as T | undefined),
    history: <T>(resourceType: string, id: string) =>
      inTurn(() => (store.kept(resourceType, id)?.versions ?? []).map(copyOf) as T[]),
    search: <T>(query: string) =>
      inTurn(async () => (await repository.searchResources(parseSearchRequest(query))).map(copyOf) as T[]),
    staff: createStaff({ store, repository, now, newId: randomUUID, inTurn }),
  };
}

function copyOf(resource: Stored | undefined): Stored | undefined {
  return resource && structuredClone(resource);
}
