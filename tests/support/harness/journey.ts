/** What happens to one patient in a test: the calls of the execution, and what goes wrong at which of them. */
import type { HttpHandler } from '../../../local/http/http-messages.ts';
import type { Failure } from './failures.ts';
import type { OutsideCall } from './outside-call.ts';

export class Journey {
  readonly patientId: string;
  /** What was called today, in order. */
  calls: OutsideCall[] = [];
  /** What was called on the recorded day; of a patient without a failure it is the list of all there is. */
  recorded: OutsideCall[] = [];
  /** Stands in for a service, such as an SES that refuses; or null for the service itself. */
  serve: ((call: OutsideCall) => HttpHandler | null) | null = null;
  /** Changes what is asked, such as an EHR that mishears. */
  tamper: ((call: OutsideCall, body: string) => string) | null = null;
  /** Runs before a step does; what it throws is how the step fails. */
  beforeStep: ((step: string, execution: string) => Promise<void>) | null = null;
  #plan: { at: (call: OutsideCall) => boolean; failure: Failure } | null = null;
  /** The calls at which the failure happened, in order. */
  hits: OutsideCall[] = [];

  constructor(patientId: string) {
    this.patientId = patientId;
  }

  fail(at: (call: OutsideCall) => boolean, failure: Failure): void {
    this.#plan = { at, failure };
    this.hits = [];
  }

  /** The call at which the failure happened first, or null. */
  get struck(): OutsideCall | null {
    return this.hits[0] ?? null;
  }

  /** The calls of today are the ones to tell of. */
  record(): void {
    this.recorded = this.calls;
  }

  /** A new day: everything works again, calls are counted from 1. */
  heal(): void {
    this.#plan = null;
    this.serve = null;
    this.tamper = null;
    this.beforeStep = null;
    this.calls = [];
  }

  /** The failure that strikes this call, or null. */
  failureOf(call: OutsideCall): Failure | null {
    const plan = this.#plan;
    if (plan === null) return null;
    const [first] = this.hits;
    const strikes = first === undefined ? plan.at(call) : (plan.failure.lasts?.(first, call) ?? false);
    if (!strikes) return null;
    this.hits.push(call);
    return plan.failure;
  }
}
