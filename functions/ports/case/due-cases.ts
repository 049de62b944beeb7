import type { Day } from '../../domain/time/calendar.ts';

/** The index of due cases. AwsUnavailableError is retried. */
export interface DueCases {
  /** One page of at most `limit` patients of a shard (0–15) due up to and including `day`, read from the index alone. */
  list(
    shard: number,
    day: Day,
    after: string | null,
    limit: number,
  ): Promise<{ patientIds: string[]; next: string | null }>;
}
