import type { PickupToken } from '../../domain/pickup/pickup.ts';

/** The answers to a document's links, counted together. */
export interface AnswersOf {
  patientId: string;
  document: string;
}

/** An answer that was taken from those a document has. */
export interface TakenAnswer {
  id: string;
  /** None is left after it. */
  isLast: boolean;
}

/** What the pick-up page remembers. AwsUnavailableError is retried. */
export interface PickupRecords {
  putToken(token: PickupToken): Promise<void>;
  /** Strongly consistent; null where there is none of this digest. */
  readToken(hash: string): Promise<PickupToken | null>;
  /**
   * Takes one of the document's answers before it is looked at, so that of many at once no more are looked at than
   * there are; null where none is left or it is locked.
   * @param ttl epoch seconds, when all of it may be forgotten
   */
  takeAnswer(of: AnswersOf, now: number, ttl: number): Promise<TakenAnswer | null>;
  /** Gives an answer back that was not looked at, or was right. */
  returnAnswer(of: AnswersOf, taken: TakenAnswer): Promise<void>;
  /**
   * Locks the document, and says whether it is the caller's turn to tell the front desk: it was not told yet, and no other call has
   * begun to within a minute.
   * @param isCertain false if the caller only found no answer left: the call with the last one has a minute to find it right
   */
  lock(of: AnswersOf, now: number, isCertain: boolean): Promise<boolean>;
  /** Notes that the front desk was told; whether that is news. */
  noteTold(of: AnswersOf, now: number): Promise<boolean>;
  /** Counts one more try of this source in the hour of `now`; how many it makes. */
  countTry(source: string, now: number): Promise<number>;
}
