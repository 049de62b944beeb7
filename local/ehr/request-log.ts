/** One request that the simulator answered. */
export interface LoggedRequest {
  method: string;
  /** Type-level, ids stripped; `''` for a batch or transaction, which counts as one. */
  route: string;
  /** 0 when the caller got no answer. */
  status: number;
}

export type RequestFilter = Partial<LoggedRequest>;

/** Enough to see what happened lately; the counts stay exact beyond it. */
const LISTED = 10_000;

/** The requests since the last `clear`. */
export class RequestLog {
  #counts = new Map<string, LoggedRequest & { times: number }>();
  #latest: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    const key = `${request.method} ${request.status} ${request.route}`;
    const counted = this.#counts.get(key);
    if (counted) counted.times++;
    else this.#counts.set(key, { ...request, times: 1 });
    this.#latest.push(request);
    if (this.#latest.length > 2 * LISTED) this.#latest = this.#latest.slice(-LISTED);
  }

  /** How many requests were answered, of those that equal `filter` where it says something. */
  count(filter: RequestFilter = {}): number {
    let count = 0;
    for (const { times, ...request } of this.#counts.values()) if (equals(request, filter)) count += times;
    return count;
  }

  /** The latest requests (at least 10,000 of them), oldest first. */
  list(filter: RequestFilter = {}): LoggedRequest[] {
    return this.#latest.filter((request) => equals(request, filter));
  }

  clear(): void {
    this.#counts.clear();
    this.#latest = [];
  }
}

function equals(request: LoggedRequest, { method, route, status }: RequestFilter): boolean {
  return (
    (method === undefined || method === request.method) &&
    (route === undefined || route === request.route) &&
    (status === undefined || status === request.status)
  );
}
