/** The ways in which one outside call can go wrong. Each happens at one call of one patient's execution. */
import type { Invocation } from './invocation.ts';
import type { OutsideCall } from './outside-call.ts';

/** A call in the test's hands: it has not happened yet. */
export interface StruckCall {
  call: OutsideCall;
  invocation: Invocation;
  /** Lets it take effect; what it returns sends the answer. */
  perform(): Promise<() => void>;
  /** Breaks the connection. */
  drop(): void;
  /** Answers instead of the service. */
  answer(status: number, headers: Record<string, string>, body: string): void;
  /** Promises the whole of `body`, sends half of it and breaks the connection. */
  answerHalf(body: string): void;
  /** Stops the execution, as a person or its timeout does; a step that runs is not told. */
  stopExecution(): Promise<void>;
  /** A person starts the next execution, which runs to its end. */
  redrive(): Promise<void>;
}

export interface Failure {
  name: string;
  strike(struck: StruckCall): Promise<void>;
  /** Which later calls of that day go the same way. */
  lasts?(first: OutsideCall, later: OutsideCall): boolean;
  /** Whether a person starts another execution meanwhile. */
  redrives?: true;
  /** Where it makes sense; everywhere unless said. */
  appliesTo?(call: OutsideCall): boolean;
}

/** functions/adapters/fhir/client/http.ts: what one request to the EHR may take. */
const EHR_REQUEST_MS = 10_000;
/** Stands for the 5 s after which the SDK gives up a request: long enough that the answer would have come. */
const MOMENT_MS = 20;

const inExecution = (call: OutsideCall) => call.step !== 'start';

async function killed({ invocation, perform, drop }: StruckCall, errorName: string): Promise<void> {
  await perform();
  invocation.die(errorName);
  drop();
}

export const FAILURES: readonly Failure[] = [
  { name: 'fails before it took effect', strike: async ({ drop }) => drop() },
  {
    name: 'takes effect, the answer is lost',
    strike: async ({ perform, drop }) => {
      await perform();
      drop();
    },
  },
  {
    name: 'takes effect, no answer within the limit of a request',
    strike: async ({ call, invocation, perform, drop }) => {
      await perform();
      if (call.service === '/fhir') invocation.elapse(EHR_REQUEST_MS);
      else setTimeout(drop, MOMENT_MS);
    },
  },
  {
    name: "takes effect, no answer within the step's 15 s",
    strike: async ({ invocation, perform }) => {
      await perform();
      invocation.elapseAll();
    },
  },
  { name: 'takes effect, the Lambda dies', strike: (struck) => killed(struck, 'Runtime.ExitError') },
  {
    name: 'takes effect, the Lambda dies, and so at each retry',
    strike: (struck) => killed(struck, 'Sandbox.Timedout'),
    lasts: (first, later) => later.step === first.step && later.nth === first.nth,
  },
  {
    name: 'the service is down from here until the next day',
    strike: async ({ drop }) => drop(),
    lasts: (first, later) => later.service === first.service,
  },
  {
    name: 'takes effect, the execution is stopped, its step runs on',
    strike: async ({ perform, stopExecution }) => {
      const answer = await perform();
      await stopExecution();
      answer();
    },
    appliesTo: inExecution,
  },
  {
    name: 'takes effect, the execution is stopped, a person redrives, then its step runs on',
    strike: async ({ perform, stopExecution, redrive }) => {
      const answer = await perform();
      await stopExecution();
      await redrive();
      answer();
    },
    redrives: true,
    appliesTo: inExecution,
  },
];

export interface Held {
  failure: Failure;
  /** Resolves when a call is held. */
  reached: Promise<void>;
  /** Waits for the release. */
  hold(): Promise<void>;
  release(): void;
}

/** A call that is held before it takes effect, until it is released; then all goes well. */
export function holdAt(): Held {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const hold = () => {
    reached.resolve();
    return released.promise;
  };
  const strike: Failure['strike'] = async ({ perform }) => {
    await hold();
    (await perform())();
  };
  return { failure: { name: 'is held', strike }, reached: reached.promise, hold, release: released.resolve };
}
