import type { Account } from '../../domain/case/account.ts';

/** The patients' cases. Reads are strongly consistent. AwsUnavailableError and RecordConflictError are retried. */
export interface CaseRecords {
  /** null where there is none. */
  read(patientId: string): Promise<Account | null>;
  /**
   * Saves `next` in place of `previous`, which is the case as last read or saved (only what differs is written), and
   * returns what is stored. RecordConflictError if the case is no longer `previous`; a save after a lost answer is
   * recognized as one's own.
   */
  save(previous: Account | null, next: Account): Promise<Account>;
}
