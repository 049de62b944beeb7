import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Answer, EhrRequest } from './request.ts';

export type FaultKind =
  | { kind: 'status'; status: number /** seconds */; retryAfter?: number; outcome?: OperationOutcome }
  /** The connection breaks without an answer. */
  | { kind: 'drop' }
  /** Never answers; the connection stays open until one side closes it. */
  | { kind: 'hang' }
  | { kind: 'latency'; ms: number }
  /** 200 with something that is no JSON. */
  | { kind: 'garbage' }
  /** 200 with a web page, as a proxy or a login would send. */
  | { kind: 'html' }
  /** Half of the answer, then the connection breaks. */
  | { kind: 'halfBody' }
  | { kind: 'redirect'; location: string }
  /** The next signing moves the responsible provider, whatever was answered at the prompt (P12). Route and method don't matter. */
  | { kind: 'noAnswerToP12' }
  | { kind: 'custom'; run: (request: EhrRequest, res: ServerResponse) => Promise<void> | void };

/** A failure switch: which requests go wrong, how often, and how. */
export interface Fault {
  method?: string;
  /** Type-level: `Patient/:id`, `DocumentReference`, `''` for a batch or transaction. */
  route?: string | RegExp;
  /** Narrows further, by what the request holds. */
  matching?: (request: EhrRequest) => boolean;
  /** How many matching requests fail; 1 when not said. */
  times?: number;
  /** How many matching requests pass before the first one fails. */
  skip?: number;
  /** `after`: the request took effect, only its answer goes wrong. `before` when not said. */
  when?: 'before' | 'after';
  fault: FaultKind;
}

interface Armed extends Fault {
  timesLeft: number;
  skipLeft: number;
}

/** The failure switches that are on. */
export class Faults {
  #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ ...fault, timesLeft: fault.times ?? 1, skipLeft: fault.skip ?? 0 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The faults that strike this request, each counted. */
  strike(request: EhrRequest, when: 'before' | 'after'): FaultKind[] {
    const struck = this.#armed.filter(
      (fault) => fault.fault.kind !== 'noAnswerToP12' && (fault.when ?? 'before') === when && matches(fault, request),
    );
    return struck.filter((fault) => this.#count(fault)).map(({ fault }) => fault);
  }

  /** Whether the signing under way must disregard the answer of P12. */
  strikeSigning(): boolean {
    const armed = this.#armed.find(({ fault }) => fault.kind === 'noAnswerToP12');
    return armed !== undefined && this.#count(armed);
  }

  #count(fault: Armed): boolean {
    if (fault.skipLeft > 0) {
      fault.skipLeft--;
      return false;
    }
    fault.timesLeft--;
    if (fault.timesLeft <= 0) this.#armed = this.#armed.filter((other) => other !== fault);
    return true;
  }
}

function matches(fault: Fault, request: EhrRequest): boolean {
  if (fault.method !== undefined && fault.method !== request.method) return false;
  const isRoute = fault.route instanceof RegExp ? fault.route.test(request.route) : fault.route === request.route;
  if (fault.route !== undefined && !isRoute) return false;
  return fault.matching?.(request) ?? true;
}

/**
 * Lets a fault happen to a request. `answer` is what the request would have got, when it took effect already.
 * @returns the status that the caller sees, 0 for none; undefined when the request goes on
 */
export async function suffer(
  fault: FaultKind,
  request: EhrRequest,
  res: ServerResponse<IncomingMessage>,
  answer: Answer | undefined,
): Promise<number | undefined> {
  switch (fault.kind) {
    case 'status':
      return end(res, fault.status, JSON.stringify(fault.outcome ?? outcomeFor(fault.status)), {
        'content-type': 'application/fhir+json',
        ...(fault.retryAfter !== undefined && { 'retry-after': String(fault.retryAfter) }),
      });
    case 'drop':
      res.destroy();
      return 0;
    case 'hang':
      return 0;
    case 'latency':
      await wait(fault.ms);
      return undefined;
    case 'garbage':
      return end(res, 200, '{"resourceType":"Bun\u0000\ufffd', { 'content-type': 'application/fhir+json' });
    case 'html':
      return end(res, 200, '<!doctype html><title>Sign in</title><h1>Sign in</h1>', { 'content-type': 'text/html' });
    case 'halfBody': {
      const body = answer?.body || JSON.stringify(outcomeFor(500));
      res.writeHead(answer?.status ?? 200, { ...answer?.headers, 'content-length': Buffer.byteLength(body) });
      await new Promise<void>((sent) => res.write(body.slice(0, body.length / 2), () => sent()));
      res.destroy();
      return 0;
    }
    case 'redirect':
      return end(res, 302, '', { location: fault.location });
    case 'custom':
      await fault.run(request, res);
      return res.writableEnded || res.destroyed ? res.statusCode : undefined;
    case 'noAnswerToP12':
      return undefined;
  }
}

function end(res: ServerResponse, status: number, body: string, headers: Record<string, string>): number {
  res.writeHead(status, headers).end(body);
  return status;
}

function outcomeFor(status: number): OperationOutcome {
  const code = status === 429 ? 'throttled' : status >= 500 ? 'transient' : 'processing';
  return {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, details: { text: `The simulator was told to answer ${status}` } }],
  };
}
