/** A deadline for the work behind an endpoint. */

/**
 * Runs `work` with a signal that aborts after `deadlineMs` (real milliseconds). Rejects with `late()` at the deadline,
 * even if an aborted call never settles.
 */
export function withinDeadline<T>(
  deadlineMs: number,
  late: () => Error,
  work: (call: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(deadlineMs);
  const expired = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(late()), { once: true });
  });
  return Promise.race([work({ signal }), expired]);
}
