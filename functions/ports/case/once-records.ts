/**
 * BEGUN: it is the caller's to do. IN_FLIGHT: another is at it. DONE: what was answered. OTHER: the id was another
 * request's.
 */
export type BegunRequest = { kind: 'BEGUN' | 'IN_FLIGHT' | 'OTHER' } | { kind: 'DONE'; answer: unknown };

/** Requests that are done once, however often they are sent, for a day. AwsUnavailableError is retried. */
export interface OnceRecords {
  /** Begins the request unless it was begun; one that was begun half a minute ago and never done is the caller's. */
  begin(id: string, digest: string, now: number): Promise<BegunRequest>;
  /** Notes the answer, JSON, that every repetition gets. */
  finish(id: string, digest: string, answer: unknown, now: number): Promise<void>;
  /** It failed: a repeated request starts over. */
  forget(id: string): Promise<void>;
}
