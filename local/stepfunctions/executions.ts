import { type Account, executionArn } from './arns.ts';
import type { Machine } from './definition.ts';
import type { ClosedExecution, Execution, StoredExecution } from './execution.ts';
import { History } from './history.ts';
import { type Platform, run } from './run.ts';
import { ServiceError } from './service-error.ts';

/** AWS keeps a closed execution, and with it its name, for 90 days. */
const NAME_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/** setTimeout's limit, 2^31 - 1 ms = 24.8 days; a longer timeout cannot be told from none on this machine. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type ClosedStatus = ClosedExecution['status'];

interface Running {
  readonly execution: Execution;
  readonly machine: Machine;
  readonly startedAt: number;
  readonly abort: AbortController;
  readonly timer: NodeJS.Timeout | undefined;
}

export interface Ended {
  readonly output?: string | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

const CLOSING_EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
} as const;

function close(execution: Execution, status: ClosedStatus, at: number, { output, error, cause }: Ended): void {
  Object.assign(execution, {
    status,
    stoppedAt: at,
    output: output ?? null,
    error: error ?? null,
    cause: cause ?? null,
  });
  const text = output == null ? {} : { text: output };
  execution.history.add({ type: CLOSING_EVENT[status], at, ...text, error: error ?? null, cause: cause ?? null });
  execution.history.close();
}

/** All executions of the process: starts them, at most `maxConcurrent` at once, and keeps what became of them. */
export class Executions {
  readonly #platform: Platform & { maxConcurrent: number };
  readonly #byArn = new Map<string, Execution>();
  readonly #running = new Map<string, Running>();
  readonly #waiting: Running[] = [];
  readonly #listeners = new Set<(closed: ClosedExecution) => void>();
  #settled: (() => void)[] = [];
  #active = 0;
  #seq = 0;
  #closed = false;

  constructor(platform: Platform & { maxConcurrent: number }) {
    this.#platform = platform;
  }

  get account(): Account {
    return this.#platform.account;
  }

  get(arn: string): Execution | undefined {
    return this.#byArn.get(arn);
  }

  /** Newest first. */
  list(): Execution[] {
    return [...this.#byArn.values()].reverse();
  }

  /**
   * Starts an execution, or finds the running one of the same name and input.
   * @throws ServiceError ExecutionAlreadyExists when the name was used within 90 days otherwise.
   */
  start(machine: Machine, name: string, input: string): Execution {
    if (this.#closed) throw new ServiceError('ServiceUnavailable', 'The local Step Functions is shutting down');
    const arn = executionArn(this.account, machine.name, name);
    const now = this.#platform.now();
    const earlier = this.#byArn.get(arn);
    if (earlier !== undefined) {
      if (earlier.status === 'RUNNING' && earlier.input === input) return earlier;
      if (earlier.stoppedAt === null || now - earlier.stoppedAt < NAME_LIFE_MS) {
        throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      }
      this.#byArn.delete(arn); // so that the new one goes to the end of the order
    }
    const execution: Execution = {
      seq: this.#seq++,
      arn,
      name,
      machineName: machine.name,
      input,
      startedAt: now,
      history: new History(),
      status: 'RUNNING',
      stoppedAt: null,
      output: null,
      error: null,
      cause: null,
    };
    execution.history.add({ type: 'ExecutionStarted', at: now, text: input });
    this.#byArn.set(arn, execution);
    this.#enqueue(execution, machine);
    return execution;
  }

  #enqueue(execution: Execution, machine: Machine): void {
    const timer =
      machine.timeoutMs === null || machine.timeoutMs > MAX_TIMER_MS
        ? undefined
        : setTimeout(() => this.#end(execution.arn, 'TIMED_OUT', { error: 'States.Timeout' }), machine.timeoutMs);
    const running = { execution, machine, startedAt: performance.now(), abort: new AbortController(), timer };
    this.#running.set(execution.arn, running);
    this.#waiting.push(running);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#active < this.#platform.maxConcurrent) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.abort.signal.aborted) void this.#run(next);
    }
  }

  async #run({ execution, machine, abort }: Running): Promise<void> {
    this.#active += 1;
    try {
      const { status, ...ended } = await run(execution, machine, this.#platform, abort.signal);
      this.#end(execution.arn, status, ended);
    } finally {
      this.#active -= 1;
      this.#startWaiting();
    }
  }

  /** Closes a running execution; what it was doing is ignored from now on. */
  #end(arn: string, status: ClosedStatus, ended: Ended): void {
    const running = this.#running.get(arn);
    if (running === undefined) return;
    const { execution, timer, startedAt, abort } = running;
    clearTimeout(timer);
    this.#running.delete(arn);
    close(execution, status, this.#platform.now(), ended);
    if (status === 'ABORTED' || status === 'TIMED_OUT') abort.abort();
    const { name, machineName, error, cause } = execution;
    const output: unknown = execution.output === null ? null : JSON.parse(execution.output);
    const durationMs = performance.now() - startedAt;
    for (const listener of this.#listeners)
      listener({ arn, name, machineName, status, output, error, cause, durationMs });
    if (this.#running.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  stop(arn: string, ended: Ended): void {
    this.#end(arn, 'ABORTED', ended);
  }

  settled(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  onClosed(listener: (closed: ClosedExecution) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stored(): StoredExecution[] {
    return [...this.#byArn.values()].map(({ seq: _seq, arn: _arn, history, ...rest }) => ({
      ...rest,
      history: Buffer.from(history.packed()).toString('base64'),
    }));
  }

  /**
   * Takes back what `stored` gave, before anything is started; those that ran then are ABORTED now.
   * @throws Error when executions were started already: the order of the listing would lie.
   */
  restore(stored: readonly StoredExecution[]): void {
    if (this.#byArn.size > 0) throw new Error('Executions are restored before the first start');
    for (const { history, ...rest } of stored) {
      const arn = executionArn(this.account, rest.machineName, rest.name);
      const unpacked = History.unpack(new Uint8Array(Buffer.from(history, 'base64')), rest.status === 'RUNNING');
      const execution: Execution = { ...rest, seq: this.#seq++, arn, history: unpacked };
      this.#byArn.set(arn, execution);
      if (execution.status === 'RUNNING') {
        const cause = 'The local platform was restarted';
        close(execution, 'ABORTED', this.#platform.now(), { error: 'Local.Restarted', cause });
      }
    }
  }

  /** Stops what runs and starts nothing more. Handlers that run already cannot be stopped. */
  close(): void {
    this.#closed = true;
    const ended = { error: 'Local.Stopped', cause: 'The local platform was stopped' };
    for (const arn of [...this.#running.keys()]) this.stop(arn, ended);
  }
}
