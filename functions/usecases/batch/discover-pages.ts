/** One turn of the discovery: reads page after page of signed PIN documents and tracks their patients. */
import {
  beginDiscovery,
  type Discovery,
  type DiscoveryLook,
  noLooks,
  type PageFound,
  withPage,
  withRestart,
} from '../../domain/batch/discovery.ts';
import {
  AwsUnavailableError,
  ConfigurationError,
  EhrRejectedError,
  EhrThrottledError,
  EhrUnavailableError,
  RecordConflictError,
} from '../../domain/errors.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { Discoveries } from '../../ports/batch/discoveries.ts';
import type { Pause } from '../../ports/clock.ts';
import type { Ehr, SignedPinsPage } from '../../ports/ehr/ehr.ts';
import type { AdoptPorts } from '../regeneration/adopt-pin.ts';
import { trackPin } from '../regeneration/track-pin.ts';

export interface DiscoverPorts extends AdoptPorts {
  ehr: Pick<Ehr, 'listSignedPins'> & AdoptPorts['ehr'];
  discoveries: Discoveries;
  pause: Pause;
  /** Milliseconds since this turn began. */
  elapsed(): number;
}

export interface DiscoveryTurn {
  /** Name of the execution that reads. */
  execution: string;
  /** Id of the reading, as the turn before answered it; null: the execution's first turn. */
  cursor: string | null;
}

/** Patients asked about at once: fewer requests than one browser makes of a server, so that the practice can work. */
const AT_ONCE = 4;
/** No page is begun after 8 minutes: its 50 patients take 6 minutes even of an EHR that needs 10 s for each request. */
const LAST_PAGE_MS = 480_000;
/** Attempts per patient without an answer from the EHR, the first included; after these the chart is at fault, not the EHR. */
const LOOKS = 3;
/** Before it is asked again, in milliseconds; of one that asks for fewer requests. */
const PAUSE_MS = 5_000;
const THROTTLED_PAUSE_MS = 30_000;

/**
 * Answers the cursor of the next turn, or null when the reading is over, or another execution has taken it over. Safe to
 * repeat and to stop anywhere: progress is saved with each page; patients with a record are skipped; an execution that
 * finds an unfinished discovery continues it. One patient's error is counted and stops no other patient.
 * Retried: EhrUnavailableError, EhrThrottledError when the EHR is down or asks for patience, AwsUnavailableError,
 * RecordConflictError. Not retried: ConfigurationError; EhrRejectedError, with the reading's `stoppedBy` as its code where that ended it.
 */
export async function discoverPages(ports: DiscoverPorts, turn: DiscoveryTurn): Promise<string | null> {
  let reading = await takeUp(ports, turn);
  while (reading !== null && reading.endedAt === null && ports.elapsed() <= LAST_PAGE_MS) {
    const page = await ports.ehr.listSignedPins(reading.bookmark);
    const found = page === null ? null : await lookAtAll(ports, page, reading.bookmark);
    const now = toInstant(ports.clock.now());
    const next = found === null ? withRestart(reading, now) : withPage(reading, found, now);
    reading = await saved(ports.discoveries, reading, next);
  }
  if (reading === null) return null;
  if (reading.stoppedBy !== null) throw new EhrRejectedError(reading.stoppedBy);
  return reading.endedAt === null ? reading.id : null;
}

/** The reading that this execution goes on with; null where it is another's by now. */
async function takeUp({ discoveries, clock }: DiscoverPorts, turn: DiscoveryTurn): Promise<Discovery | null> {
  const { execution, cursor } = turn;
  if (cursor !== null) {
    const reading = await discoveries.read(cursor);
    return reading?.execution === execution ? reading : null;
  }
  const latest = await discoveries.latest();
  if (latest?.execution === execution) return latest;
  const begun = beginDiscovery(execution, clock.now());
  if (latest === null || latest.endedAt !== null) return discoveries.save(null, begun);
  return discoveries.save(latest, { ...latest, execution });
}

/** null where another execution took the reading over, and goes on with it. */
async function saved(discoveries: Discoveries, reading: Discovery, next: Discovery): Promise<Discovery | null> {
  try {
    return await discoveries.save(reading, next);
  } catch (error) {
    if (!(error instanceof RecordConflictError)) throw error;
    const stored = await discoveries.read(reading.id);
    if (stored?.execution === reading.execution) throw error; // an earlier try of this very turn is still at work
    return null;
  }
}

/** Errors of an EHR that is down or throttles; they say nothing about the patient. */
type NoAnswer = EhrUnavailableError | EhrThrottledError;

/**
 * Tracks every patient of a page. A patient without an answer from the EHR is tried again; if it still lists the page then, it
 * is up, and they FAILED.
 */
async function lookAtAll(ports: DiscoverPorts, page: SignedPinsPage, bookmark: string | null): Promise<PageFound> {
  const { documents, withoutPatient, next } = page;
  const found: PageFound = { documents, withoutPatient, counts: noLooks(), failed: [], next };
  let left = page.patientIds;
  for (let look = 1; left.length > 0; look++) {
    const unanswered = await lookAtEach(ports, left, found);
    const noAnswer = unanswered.noAnswer;
    if (noAnswer === null) break;
    if (unanswered.patientIds.length < left.length) look = 1;
    left = unanswered.patientIds;
    const isThrottled = noAnswer instanceof EhrThrottledError;
    if (look >= LOOKS) {
      if (isThrottled) throw noAnswer;
      for (const patientId of left) fail(found, patientId, noAnswer);
      break;
    }
    if (ports.elapsed() > LAST_PAGE_MS) throw noAnswer;
    await ports.pause(isThrottled ? THROTTLED_PAUSE_MS : PAUSE_MS);
    await ports.ehr.listSignedPins(bookmark);
  }
  return found;
}

interface Unanswered {
  patientIds: string[];
  /** The last error; null if every patient was answered. */
  noAnswer: NoAnswer | null;
}

/** One look at each patient, a few at once. What is wrong for all of them is thrown, when those under way have ended. */
async function lookAtEach(ports: DiscoverPorts, patientIds: readonly string[], found: PageFound): Promise<Unanswered> {
  const unanswered: Unanswered = { patientIds: [], noAnswer: null };
  let broken: Error | null = null;
  const waiting = patientIds.values();
  const lane = async () => {
    // The lanes share one iterator: each takes the next waiting patient.
    for (const patientId of waiting) {
      if (broken !== null) return;
      if (unanswered.noAnswer instanceof EhrThrottledError) {
        unanswered.patientIds.push(patientId);
        continue;
      }
      try {
        found.counts[await lookAt(ports, patientId)] += 1;
      } catch (error) {
        if (error instanceof AwsUnavailableError || error instanceof ConfigurationError) broken = error;
        else if (error instanceof EhrUnavailableError || error instanceof EhrThrottledError) {
          unanswered.patientIds.push(patientId);
          if (!(unanswered.noAnswer instanceof EhrThrottledError)) unanswered.noAnswer = error;
        } else fail(found, patientId, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (broken !== null) throw broken;
  return unanswered;
}

async function lookAt(ports: DiscoverPorts, patientId: string): Promise<DiscoveryLook> {
  try {
    return await trackPin(ports, patientId);
  } catch (error) {
    // A webhook came first.
    if (error instanceof RecordConflictError) return 'KNOWN';
    throw error;
  }
}

function fail(found: PageFound, patientId: string, error: unknown): void {
  found.counts.FAILED += 1;
  found.failed.push({ patientId, error: error instanceof Error ? error.name : 'Error' });
}
