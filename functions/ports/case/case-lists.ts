import type { Todo, WorkEntry } from '../../domain/case/work.ts';
import type { Day } from '../../domain/time/calendar.ts';
import type { Instant } from '../../domain/time/instant.ts';
import type { StaffRequest } from './staff-requests.ts';

/** Which cases of the work list are asked for; null: whichever. */
export interface WorkFilter {
  outcome: WorkEntry['outcome'] | null;
  reason: string | null;
  todo: Todo | null;
  /** Id of an Organization. */
  location: string | null;
  /** Waiting since this instant or later. */
  from: Instant | null;
  /** Waiting since before this instant. */
  before: Instant | null;
}

/** How many cases there are of one kind. */
export interface WorkCount {
  todo: Todo;
  count: number;
  /** Since when the oldest of them waits. */
  oldestSince: Instant;
}

/**
 * Lists of cases, from the table's two indexes, and of what was decided about one: never a scan. An index follows its items within a second or so,
 * so a page that shows a case reads its record. AwsUnavailableError is retried.
 */
export interface CaseLists {
  /**
   * Patients with a case that needs staff, oldest first, at most `limit` after the place `after`. A page ends early
   * where a filter fits few: null alone says that nothing follows.
   */
  listWork(filter: WorkFilter, after: string | null, limit: number): Promise<CasePage>;
  /** What waits for a person, by what is to be done. At most `limit` cases of an outcome are counted. */
  countWork(limit: number): Promise<{ counts: WorkCount[]; isComplete: boolean }>;
  /** Patients by the day of their next look, from `from` to `to`, at most `limit` after `after`. */
  listLooks(from: Day, to: Day, after: string | null, limit: number): Promise<CasePage>;
  /** How many patients are due up to and with `day`; counting stops at `limit` or soon after. */
  countDue(day: Day, limit: number): Promise<{ count: number; isComplete: boolean }>;
  /** What people decided about the patient, newest first; at most `limit`. Read from the patient's own items. */
  listRequests(patientId: string, limit: number): Promise<StaffRequest[]>;
}

export interface CasePage {
  patientIds: string[];
  /** Opaque: where the next page begins; null: this is the last. WrongCursorError where it is none of this list. */
  next: string | null;
}
