import type { Discovery } from '../../domain/batch/discovery.ts';

/** The readings of the whole chart. AwsUnavailableError is retried. */
export interface Discoveries {
  /** Strongly consistent; null where there is none of this id. */
  read(id: string): Promise<Discovery | null>;
  /** The one that began last, or null. */
  latest(): Promise<Discovery | null>;
  /** The latest ones, newest first. */
  list(limit: number): Promise<Discovery[]>;
  /**
   * Saves `next` in place of `previous`, which is the reading as last read or saved, and answers with what is stored.
   * RecordConflictError if it was saved meanwhile; a save after a lost answer is recognized as one's own.
   */
  save(previous: Discovery | null, next: Discovery): Promise<Discovery>;
}
