/**
 * One run of a step (or of a trigger's `start`), seen from outside: its HTTP requests carry its id, its time limits are
 * moved by the test instead of waited for, and it can die, as a Lambda does: nothing of it has an effect afterwards.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { TOKEN_REQUEST_MS } from '../../../functions/adapters/smart/smart-authorization.ts';

export const INVOCATION_HEADER = 'x-test-invocation';

const current = new AsyncLocalStorage<Invocation>();
const running = new Set<Promise<void>>();
const known = new Map<string, Invocation>();

export class Invocation {
  readonly id = `invocation-${known.size + 1}`;
  /** The Task's name, or `start`. */
  readonly step: string;
  readonly patientId: string;
  /** Name of the execution; null for `start`. */
  readonly execution: string | null;
  calls = 0;
  dead = false;
  readonly #limits: { ms: number; controller: AbortController }[] = [];
  readonly #death = Promise.withResolvers<never>();

  constructor(step: string, patientId: string, execution: string | null) {
    this.step = step;
    this.patientId = patientId;
    this.execution = execution;
    known.set(this.id, this);
    // Most invocations do not die; a death after the end is ignored.
    this.#death.promise.catch(() => undefined);
  }

  /** Runs `work` as this invocation; rejects with the error it dies of. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const working = current.run(this, work);
    const over = working.then(
      () => undefined,
      () => undefined,
    );
    running.add(over);
    void over.then(() => running.delete(over));
    return Promise.race([working, this.#death.promise]);
  }

  /** Resolves when no code of any invocation runs any more. */
  static async allOver(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  /** A time limit that ends when the test says so. */
  limit(ms: number): AbortSignal {
    const controller = new AbortController();
    this.#limits.push({ ms, controller });
    return controller.signal;
  }

  /** Lets the newest limit of `ms` pass: the request under way has waited too long. */
  elapse(ms: number): void {
    this.#limits.findLast((limit) => limit.ms === ms)?.controller.abort(timeoutError());
  }

  /** Lets every limit pass: the time that all calls of a step share is over. */
  elapseAll(): void {
    for (const { controller } of this.#limits) controller.abort(timeoutError());
  }

  /** The Lambda is killed. Its code runs on in this process, but no call of it gets through any more. */
  die(errorName: string): void {
    this.dead = true;
    this.#death.reject(Object.assign(new Error('killed by the test'), { name: errorName, stack: '' }));
    this.elapseAll();
  }
}

function timeoutError(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}

/** The invocation that sent a request; undefined for the test's own and for people's. */
export function invocationOf(headers: NodeJS.Dict<string | string[]>): Invocation | undefined {
  return known.get(String(headers[INVOCATION_HEADER]));
}

/** Tags every request of this process with its invocation, and takes the time limits of invocations into the test's hand. */
export function followInvocations(): void {
  // The SDK sends by node:http, the FHIR adapter by fetch; both announce a request before it leaves.
  subscribe('http.client.request.created', (message) => {
    const invocation = current.getStore();
    if (invocation) (message as { request: ClientRequest }).request.setHeader(INVOCATION_HEADER, invocation.id);
  });
  subscribe('undici:request:create', (message) => {
    const invocation = current.getStore();
    const { request } = message as { request: { addHeader(name: string, value: string): void } };
    if (invocation) request.addHeader(INVOCATION_HEADER, invocation.id);
  });
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  // Others may wait for a token, too: the end of one invocation is not the end of that request.
  AbortSignal.timeout = (ms) => (ms === TOKEN_REQUEST_MS ? undefined : current.getStore()?.limit(ms)) ?? timeout(ms);
}
