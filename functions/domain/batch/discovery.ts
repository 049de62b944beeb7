/** One reading of the whole chart for PINs that it holds already: how far it is and what it found. */
import { bookmarkDigest } from '../identity.ts';
import { type Instant, toInstant } from '../time/instant.ts';

/**
 * Why a reading ended before the last page; null: it has not. PAGES_REPEAT, PAGES_NEVER_END: the EHR's pages lead in a
 * circle, or nowhere. PAGES_LOST: it forgets them faster than they are read.
 */
export const DISCOVERY_STOPS = ['PAGES_REPEAT', 'PAGES_NEVER_END', 'PAGES_LOST'] as const;
export type DiscoveryStop = (typeof DISCOVERY_STOPS)[number];

/**
 * What one look at a patient came to. KNOWN: there was a record, made before or by an earlier page. UNCLEAR: the chart
 * says of no PIN how old it is; the next sweep lets a person look. WITHDRAWN: the chart holds no signed PIN any more.
 * FAILED: the EHR answered for others and not for this one; the next reading looks again.
 */
export const DISCOVERY_LOOKS = ['TRACKED', 'KNOWN', 'UNCLEAR', 'WITHDRAWN', 'FAILED'] as const;
export type DiscoveryLook = (typeof DISCOVERY_LOOKS)[number];
export type DiscoveryCounts = Record<DiscoveryLook, number>;

/** A patient who was looked at in vain, and the name of the error. */
export interface FailedLook {
  patientId: string;
  error: string;
}

/** Sees that pages go round in a circle, by remembering one of them (Brent 1980). */
export interface Circle {
  /** Digest of a page's bookmark, or null before the first. */
  mark: string | null;
  /** Pages since it. */
  steps: number;
  /** After so many pages a new one is remembered, for twice as long. */
  limit: number;
}

export interface Discovery {
  /** Names the reading; sorts by when it began. */
  id: string;
  /** Changes with every save; null before the first. */
  version: string | null;
  /** Name of the execution that reads; the latest one, if an earlier one did not come to the end. */
  execution: string;
  startedAt: Instant;
  /** When it was last saved. */
  savedAt: Instant;
  /** null while it is under way, or waits for the next execution. */
  endedAt: Instant | null;
  stoppedBy: DiscoveryStop | null;
  pages: number;
  /** Signed PIN documents on these pages. */
  documents: number;
  /** Of them, those that name no patient. */
  withoutPatient: number;
  counts: DiscoveryCounts;
  /** The first of those that FAILED. */
  failed: FailedLook[];
  /** How often it began anew, since the EHR had forgotten the page that was next. */
  restarts: number;
  /** The EHR's word for the page that is next; null: the first. It may hold anything, and is for the EHR alone. */
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
/** An EHR that forgets a page for the sixth time forgets each. */
const MOST_RESTARTS = 5;
/** Enough to see what they have in common; the item stays small. */
const FAILED_KEPT = 20;

const NO_CIRCLE: Circle = { mark: null, steps: 0, limit: 1 };

export function noLooks(): DiscoveryCounts {
  return { TRACKED: 0, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 };
}

/** @param now in milliseconds, which the id keeps: of two readings of a second one began later */
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

/** The reading with one more page: it goes on at the next one, or has ended. */
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

/** The reading from the first page on, since the EHR knows its next page no more. Whoever has a record is passed over. */
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
