/** What a person sends is done once: a second click, or a repetition after a lost answer, gets the answer of the first. */

import type { OnceRecords } from '../../ports/case/once-records.ts';
import type { Clock, Pause } from '../../ports/clock.ts';

export interface OncePorts {
  once: OnceRecords;
  clock: Clock;
  /** Of the machine's own time: it is another request that is waited for. */
  wait: Pause;
}

export interface OnceRequest {
  /** Derived from the user and their Idempotency-Key. */
  id: string;
  /** Of what is asked. */
  digest: string;
}

/** OTHER: the id was another request's. IN_FLIGHT: the first is still at it, and may be asked about again. */
export type OnceAnswer<T> = { kind: 'ANSWER'; answer: T } | { kind: 'OTHER' | 'IN_FLIGHT' };

/** A second click is a moment behind the first, which takes a second at most: three seconds, looked at ten times. */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 300;

/**
 * Does `work` unless it was done. What it throws is thrown, and nothing is kept of it: a repeated request tries
 * again. So `work` must refuse, or go on, where an earlier try got through half of it.
 */
export async function doOnce<T>(
  { once, clock, wait }: OncePorts,
  { id, digest }: OnceRequest,
  work: () => Promise<T>,
): Promise<OnceAnswer<T>> {
  for (let look = 0; look < LOOKS; look++) {
    const begun = await once.begin(id, digest, clock.now());
    if (begun.kind === 'OTHER') return { kind: 'OTHER' };
    if (begun.kind === 'DONE') return { kind: 'ANSWER', answer: begun.answer as T }; // noted by `finish` below
    if (begun.kind === 'BEGUN') {
      const answer = await work().catch(async (error: unknown) => {
        await once.forget(id);
        throw error;
      });
      await once.finish(id, digest, answer, clock.now());
      return { kind: 'ANSWER', answer };
    }
    await wait(BETWEEN_LOOKS_MS);
  }
  return { kind: 'IN_FLIGHT' };
}
