import { ServiceError } from '../http/aws-json.ts';
import { createKeyedMutex } from '../http/mutex.ts';
import { type Account, executionArn } from './arns.ts';
import { type ClosedStatus, closedOf, closingOf, type Ended, RESTARTED, STOPPED, storedOf } from './closing.ts';
import type { Machine } from './definition.ts';
import type { ClosedExecution, Execution, InterruptedExecution, KeepExecution, StoredExecution } from './execution.ts';
import { History } from './history.ts';
import { run } from './run.ts';
import type { RunSettings } from './task.ts';

/** AWS keeps a closed execution, and with it its name, for 90 days. */
const NAME_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/** setTimeout's limit, 2^31 - 1 ms = 24.8 days; a longer timeout cannot be told from none on this machine. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Running {
  readonly execution: Execution;
  readonly machine: Machine;
  readonly startedAt: number;
  readonly abort: AbortController;
  readonly timer: NodeJS.Timeout | undefined;
  /** Set when it is being closed. */
  closing: Promise<void> | undefined;
}

type Options = RunSettings & { maxConcurrent: number; keep: KeepExecution | undefined };

/** All executions of the process: starts them, at most `maxConcurrent` at once, and keeps what became of them. */
export class Executions {
  readonly #options: Options;
  readonly #byArn = new Map<string, Execution>();
  readonly #running = new Map<string, Running>();
  readonly #waiting: Running[] = [];
  readonly #listeners = new Set<(closed: ClosedExecution) => void>();
  /** Starts are kept one after the other, or the listing would have another order after a restart. */
  readonly #inTurn = createKeyedMutex();
  #settled: (() => void)[] = [];
  #active = 0;
  #seq = 0;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get account(): Account {
    return this.#options.account;
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
  start(machine: Machine, name: string, input: string): Promise<Execution> {
    return this.#inTurn('start', () => this.#start(machine, name, input));
  }

  async #start(machine: Machine, name: string, input: string): Promise<Execution> {
    if (this.#closed) throw new ServiceError('ServiceUnavailable', 'The local Step Functions is shutting down');
    const arn = executionArn(this.account, machine.name, name);
    const now = this.#options.now();
    const earlier = this.#byArn.get(arn);
    if (earlier !== undefined) {
      if (earlier.status === 'RUNNING' && earlier.input === input) return earlier;
      if (earlier.stoppedAt === null || now - earlier.stoppedAt < NAME_LIFE_MS) {
        throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      }
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
      durationMs: 0,
    };
    execution.history.add({ type: 'ExecutionStarted', at: now, text: input });
    if (this.#options.keep) await this.#options.keep(storedOf(execution));
    this.#byArn.delete(arn); // an earlier one, so that this one goes to the end of the order
    this.#byArn.set(arn, execution);
    this.#enqueue(execution, machine);
    return execution;
  }

  #enqueue(execution: Execution, machine: Machine): void {
    const timer =
      machine.timeoutMs === null || machine.timeoutMs > MAX_TIMER_MS
        ? undefined
        : setTimeout(() => void this.#end(execution.arn, 'TIMED_OUT', { error: 'States.Timeout' }), machine.timeoutMs);
    const abort = new AbortController();
    const running = { execution, machine, startedAt: performance.now(), abort, timer, closing: undefined };
    this.#running.set(execution.arn, running);
    this.#waiting.push(running);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#active < this.#options.maxConcurrent) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.abort.signal.aborted) void this.#run(next);
    }
  }

  async #run({ execution, machine, abort }: Running): Promise<void> {
    this.#active += 1;
    try {
      const { status, ...ended } = await run(execution, machine, this.#options, abort.signal);
      await this.#end(execution.arn, status, ended);
    } finally {
      this.#active -= 1;
      this.#startWaiting();
    }
  }

  /** Closes a running execution; what it was doing is ignored from now on. The first end counts. */
  #end(arn: string, status: ClosedStatus, ended: Ended): Promise<void> {
    const running = this.#running.get(arn);
    if (running === undefined) return Promise.resolve();
    running.closing ??= this.#close(running, status, ended);
    return running.closing;
  }

  async #close({ execution, timer, startedAt, abort }: Running, status: ClosedStatus, ended: Ended): Promise<void> {
    clearTimeout(timer);
    if (status === 'ABORTED' || status === 'TIMED_OUT') abort.abort();
    const { facts, packed } = closingOf(execution, status, this.#options.now(), ended);
    const closed = { ...facts, durationMs: performance.now() - startedAt };
    if (this.#options.keep) await this.#options.keep(storedOf({ ...execution, ...closed }, packed));
    Object.assign(execution, closed);
    execution.history.close(packed);
    this.#running.delete(execution.arn);
    const told = closedOf(execution);
    if (told !== undefined) for (const listener of this.#listeners) listener(told);
    if (this.#running.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  stop(arn: string, ended: Ended): Promise<void> {
    return this.#end(arn, 'ABORTED', ended);
  }

  /** How the execution ended; undefined when it runs, or was never started. */
  closed(arn: string): ClosedExecution | undefined {
    const execution = this.#byArn.get(arn);
    return execution && closedOf(execution);
  }

  /** Of one machine, oldest first: what ended because the platform did, not by itself and not on request. */
  interrupted(machineName: string): InterruptedExecution[] {
    const all = [...this.#byArn.values()].filter((each) => each.machineName === machineName);
    return all.flatMap(({ name, input, status, error }, index) => {
      const isInterrupted = status === 'ABORTED' && (error === STOPPED.error || error === RESTARTED.error);
      return isInterrupted ? [{ name, input, isLatest: index === all.length - 1 }] : [];
    });
  }

  settled(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  onClosed(listener: (closed: ClosedExecution) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes back what was kept, before anything is started; those that ran then are ABORTED now.
   * @throws Error when executions were started already: the order of the listing would lie.
   */
  restore(stored: readonly StoredExecution[]): Promise<void> {
    if (this.#byArn.size > 0) throw new Error('Executions are restored before the first start');
    const interrupted: Execution[] = [];
    for (const { history, ...rest } of stored) {
      const arn = executionArn(this.account, rest.machineName, rest.name);
      const unpacked = History.unpack(new Uint8Array(Buffer.from(history, 'base64')), rest.status === 'RUNNING');
      const execution: Execution = { ...rest, arn, history: unpacked };
      this.#seq = Math.max(this.#seq, rest.seq + 1);
      this.#byArn.delete(arn);
      this.#byArn.set(arn, execution);
      if (execution.status === 'RUNNING') interrupted.push(execution);
    }
    return this.#abort(interrupted);
  }

  async #abort(interrupted: readonly Execution[]): Promise<void> {
    for (const execution of interrupted) {
      const { facts, packed } = closingOf(execution, 'ABORTED', this.#options.now(), RESTARTED);
      Object.assign(execution, facts);
      execution.history.close(packed);
      if (this.#options.keep) await this.#options.keep(storedOf(execution));
    }
  }

  /** Stops what runs and starts nothing more. Handlers that run already cannot be stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.keys()].map((arn) => this.stop(arn, STOPPED)));
  }
}
