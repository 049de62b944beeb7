/** One discovery run: a reading of the whole chart for PINs it already holds, with its progress and findings. */
import { bookmarkDigest } from '../identity.ts';
import { type Instant, toInstant } from '../time/instant.ts';

/**
 * Why a run stopped before the last page; null: it did not. PAGES_REPEAT, PAGES_NEVER_END: the EHR's page links form a
 * loop or never end. PAGES_LOST: the EHR drops pages faster than they are read.
 */
export const DISCOVERY_STOPS = ['PAGES_REPEAT', 'PAGES_NEVER_END', 'PAGES_LOST'] as const;
export type DiscoveryStop = (typeof DISCOVERY_STOPS)[number];

/**
 * Result for one patient. KNOWN: a record existed before, or an earlier page made one. UNCLEAR: no PIN in the chart has a
 * usable date; the next sweep gives the case to staff. WITHDRAWN: the chart no longer holds a signed PIN. FAILED: the EHR
 * failed for this patient alone; the next run tries again.
 */
export const DISCOVERY_LOOKS = ['TRACKED', 'KNOWN', 'UNCLEAR', 'WITHDRAWN', 'FAILED'] as const;
export type DiscoveryLook = (typeof DISCOVERY_LOOKS)[number];
export type DiscoveryCounts = Record<DiscoveryLook, number>;

/** A patient with a failed check, and the name of the error. */
export interface FailedLook {
  patientId: string;
  error: string;
}

/** Detects a loop of page links by remembering one page at a time (Brent 1980). */
export interface Circle {
  /** Digest of the remembered page link; null before the first. */
  mark: string | null;
  /** Pages read since then. */
  steps: number;
  /** After this many pages a new one is remembered, for twice as long. */
  limit: number;
}

export interface Discovery {
  /** Identifies the run; sorts by start time. */
  id: string;
  /** Changes with every save; null before the first. */
  version: string | null;
  /** Name of the execution; the latest one, if an earlier one did not finish. */
  execution: string;
  startedAt: Instant;
  /** When it was last saved. */
  savedAt: Instant;
  /** null while it runs or waits for the next execution. */
  endedAt: Instant | null;
  stoppedBy: DiscoveryStop | null;
  pages: number;
  /** Signed PIN documents on these pages. */
  documents: number;
  /** How many of these name no patient. */
  withoutPatient: number;
  counts: DiscoveryCounts;
  /** The first of those that FAILED. */
  failed: FailedLook[];
  /** How often it started over because the EHR had dropped the next page. */
  restarts: number;
  /** The EHR's link to the next page; null: the first. It may hold patient data, so it is sent to the EHR alone. */
  bookmark: string | null;
  circle: Circle;
}

/** What was found on one page. */
export interface PageFound {
  documents: number;
  withoutPatient: number;
  counts: DiscoveryCounts;
  failed: FailedLook[];
  next: string | null;
}

/** A million documents in pages of ten, the smallest that an EHR was seen to give. */
const MOST_PAGES = 100_000;
/** After five lost pages the sixth will be lost too: the EHR keeps none long enough. */
const MOST_RESTARTS = 5;
/** Enough to see a pattern, and few enough to keep the item small. */
const FAILED_KEPT = 20;

const NO_CIRCLE: Circle = { mark: null, steps: 0, limit: 1 };

export function noLooks(): DiscoveryCounts {
  return { TRACKED: 0, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 };
}

/** @param now milliseconds since the epoch; part of the id, so that runs started within one second still sort */
export function beginDiscovery(execution: string, now: number): Discovery {
  const startedAt = toInstant(now);
  return {
    id: `${new Date(now).toISOString()} ${execution}`,
    version: null,
    execution,
    startedAt,
    savedAt: startedAt,
    endedAt: null,
    stoppedBy: null,
    pages: 0,
    documents: 0,
    withoutPatient: 0,
    counts: noLooks(),
    failed: [],
    restarts: 0,
    bookmark: null,
    circle: NO_CIRCLE,
  };
}

/** The run after one more page: it continues with the next page or has ended. */
export function withPage(discovery: Discovery, found: PageFound, now: Instant): Discovery {
  const sums = DISCOVERY_LOOKS.map((look) => [look, discovery.counts[look] + found.counts[look]]);
  const read: Discovery = {
    ...discovery,
    savedAt: now,
    pages: discovery.pages + 1,
    documents: discovery.documents + found.documents,
    withoutPatient: discovery.withoutPatient + found.withoutPatient,
    counts: Object.fromEntries(sums) as DiscoveryCounts,
    failed: [...discovery.failed, ...found.failed].slice(0, FAILED_KEPT),
    bookmark: found.next,
  };
  if (found.next === null) return ended(read, now, null);
  const page = bookmarkDigest(found.next);
  if (page === discovery.circle.mark) return ended(read, now, 'PAGES_REPEAT');
  if (read.pages >= MOST_PAGES) return ended(read, now, 'PAGES_NEVER_END');
  return { ...read, circle: walked(discovery.circle, page) };
}

/** The run restarted at the first page because the EHR dropped the next one. Patients with a record are skipped. */
export function withRestart(discovery: Discovery, now: Instant): Discovery {
  const again = { ...discovery, savedAt: now, restarts: discovery.restarts + 1, bookmark: null, circle: NO_CIRCLE };
  return again.restarts > MOST_RESTARTS ? ended(again, now, 'PAGES_LOST') : again;
}

function ended(discovery: Discovery, endedAt: Instant, stoppedBy: DiscoveryStop | null): Discovery {
  return { ...discovery, endedAt, stoppedBy, bookmark: null, circle: NO_CIRCLE };
}

function walked({ mark, steps, limit }: Circle, page: string): Circle {
  return steps + 1 >= limit ? { mark: page, steps: 0, limit: limit * 2 } : { mark, steps: steps + 1, limit };
}
