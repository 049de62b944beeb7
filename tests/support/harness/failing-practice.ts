/** The whole platform with a hand on every outside call: journeys of many patients run beside each other. */

import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { FhirResource } from 'fhir/r4';
import { SHARDS } from '../../../functions/adapters/dynamodb/table.ts';
import { ERROR_NAMES } from '../../../functions/domain/errors.ts';
import { STEP_ERRORS } from '../../../functions/domain/step-errors.ts';
import { dayOf } from '../../../functions/domain/time/calendar.ts';
import { type StartAnswer, type StartRequest, start } from '../../../functions/usecases/case/start.ts';
import { demoDirectory } from '../../../local/demo/directory.ts';
import { type HttpHandler, readBody } from '../../../local/http/http-messages.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { type Platform, startPlatform } from '../../../local/platform/platform.ts';
import type { ClosedExecution, LambdaHandler } from '../../../local/stepfunctions/step-functions.ts';
import type { StruckCall } from './failures.ts';
import { followInvocations, Invocation, invocationOf } from './invocation.ts';
import { Journey } from './journey.ts';
import { giveBack, labelOf, type OutsideCall, performed } from './outside-call.ts';

const OUTSIDE = ['/fhir', '/dynamodb', '/kms', '/ses', '/stepfunctions'];
const DISCOVERY = '/.well-known/smart-configuration';
/** A webhook is delivered again and a stream's batch retried; the sweep comes again tomorrow. */
const TRIGGER_TRIES = 3;
/** What `start` may take, as a step does. */
const START_MS = 15_000;

export class FailingPractice {
  readonly platform: Platform;
  /** For the test itself; nothing of it fails. */
  readonly ports = outsidePorts();
  /** Stands in for the EHR's token endpoint; null for the endpoint itself. */
  tokenEndpoint: HttpHandler | null = null;
  readonly #journeys: Map<string, Journey>;
  readonly #closed = new Map<string, ClosedExecution>();
  readonly #waiting = new Map<string, (closed: ClosedExecution) => void>();
  readonly #sfn = new SFNClient({});

  private constructor(platform: Platform, journeys: Map<string, Journey>) {
    this.platform = platform;
    this.#journeys = journeys;
    platform.stepFunctions.onClosed((closed) => {
      this.#closed.set(closed.name, closed);
      this.#waiting.get(closed.name)?.(closed);
    });
  }

  /** One per process: handlers keep their clients. */
  static async open(): Promise<FailingPractice> {
    followInvocations();
    const journeys = new Map<string, Journey>();
    const opened: { practice: FailingPractice | null } = { practice: null };
    const around = {
      step: (name: string, handler: LambdaHandler) => stepOf(name, handler, journeys),
      service: (service: string, handler: HttpHandler): HttpHandler => {
        if (service === '/oauth') return (req, res) => (opened.practice?.tokenEndpoint ?? handler)(req, res);
        if (!OUTSIDE.includes(service)) return handler;
        return (req, res) => opened.practice?.serve(service, handler, req, res) ?? handler(req, res);
      },
    };
    const policyFile = 'local/demo/policy.json';
    const platform = await startPlatform({ port: 0, policyFile, retryIntervalMs: 1, triggers: false, around });
    const practice = new FailingPractice(platform, journeys);
    opened.practice = practice;
    await practice.admit([demoDirectory()]);
    return practice;
  }

  /** Loads a chart for each patient. */
  async admit(charts: readonly FhirResource[][]): Promise<void> {
    await this.platform.ehr.load(
      charts.map((chart) => ({
        resourceType: 'Bundle',
        type: 'collection',
        entry: chart.map((resource) => ({ resource })),
      })),
    );
  }

  journey(patientId: string): Journey {
    const journey = this.#journeys.get(patientId) ?? new Journey(patientId);
    this.#journeys.set(patientId, journey);
    return journey;
  }

  /** Starts as a trigger does, again when it fails; null when every try failed. */
  async trigger(
    patientId: string,
    trigger: StartRequest['trigger'] = 'machine',
    force: string | null = null,
  ): Promise<StartAnswer | null> {
    for (let tries = 0; tries < TRIGGER_TRIES; tries++) {
      const invocation = new Invocation('start', patientId, null);
      const ports = outsidePorts(invocation.limit(START_MS));
      const request = { patientId, trigger, force, awaitedFactChanged: false };
      try {
        return await invocation.run(() => start(ports, request));
      } catch {
        // The trigger sees an error and nothing else.
      }
    }
    return null;
  }

  /** Triggers and waits for the execution's end; null where nothing was started. */
  async run(patientId: string, trigger: StartRequest['trigger'] = 'machine', force: string | null = null) {
    const answer = await this.trigger(patientId, trigger, force);
    return answer === null || !('arn' in answer) ? null : this.ended(answer.execution);
  }

  ended(execution: string): Promise<ClosedExecution> {
    const closed = this.#closed.get(execution);
    if (closed !== undefined) return Promise.resolve(closed);
    return new Promise((resolve) => this.#waiting.set(execution, resolve));
  }

  async stop(execution: string): Promise<void> {
    const described = await this.ports.executions.describe(execution);
    if (described?.status === 'RUNNING') {
      await this.#sfn.send(new StopExecutionCommand({ executionArn: described.arn, error: 'StoppedByHand' }));
    }
  }

  /** Waits until no execution and no step runs, including steps left over from a stopped execution or a dead Lambda. */
  async quiet(): Promise<void> {
    await this.platform.stepFunctions.settled();
    await Invocation.allOver();
  }

  async nextDay(): Promise<void> {
    await this.quiet();
    for (const journey of this.#journeys.values()) journey.heal();
    await this.platform.clock.advance('P1D');
  }

  /** Patients that today's sweep finds in the index. */
  async due(): Promise<Set<string>> {
    const { dueCases, clock, practice } = this.ports;
    const today = dayOf(clock.now(), practice.timeZone);
    const found = new Set<string>();
    for (let shard = 0; shard < SHARDS; shard++) {
      let page = await dueCases.list(shard, today, null, 100);
      for (const patientId of page.patientIds) found.add(patientId);
      while (page.next !== null) {
        page = await dueCases.list(shard, today, page.next, 100);
        for (const patientId of page.patientIds) found.add(patientId);
      }
    }
    return found;
  }

  async serve(service: string, handler: HttpHandler, ...[req, res]: Parameters<HttpHandler>): Promise<void> {
    const invocation = invocationOf(req.headers);
    // The first call without a token fetches one for the whole process: it belongs to no patient.
    if (invocation === undefined || req.url === DISCOVERY) return handler(req, res);
    if (invocation.dead) return void res.destroy();
    const journey = this.journey(invocation.patientId);
    const body = await readBody(req);
    const label = labelOf(service, req, body);
    const call: OutsideCall = {
      index: journey.calls.length + 1,
      step: invocation.step,
      nth: ++invocation.calls,
      service,
      label,
    };
    journey.calls.push(call);
    giveBack(req, journey.tamper === null ? body : Buffer.from(journey.tamper(call, body.toString())));
    const served = journey.serve?.(call) ?? handler;
    const failure = journey.failureOf(call);
    if (failure === null) return served(req, res);
    const struck: StruckCall = {
      call,
      invocation,
      perform: () => performed(served, req, res),
      drop: () => void res.destroy(),
      answer: (status, headers, text) => void res.writeHead(status, headers).end(text),
      answerHalf: (text) => {
        res.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(text) });
        res.write(text.slice(0, text.length / 2), () => res.destroy());
      },
      stopExecution: () => this.stop(invocation.execution ?? ''),
      redrive: async () => void (await this.run(invocation.patientId, 'person')),
    };
    await failure.strike(struck);
  }
}

/** A step throws only the named errors that the state machine's lint knows of. */
function assertDeclared(state: string, error: unknown): void {
  const name = error instanceof Error ? error.name : '';
  const isNamed = (ERROR_NAMES as readonly string[]).includes(name);
  if (isNamed && !(STEP_ERRORS[state] as readonly string[] | undefined)?.includes(name)) {
    undeclared.add(`${state} throws ${name}, which functions/domain/step-errors.ts does not declare`);
  }
}

/** What `assertDeclared` found in this process; every journey's invariants demand that it is empty. */
export const undeclared = new Set<string>();

/** The step as an invocation of its own. */
function stepOf(name: string, handler: LambdaHandler, journeys: Map<string, Journey>): LambdaHandler {
  return async (event, context) => {
    const { patientId, execution } = event as { patientId: string; execution: string };
    await journeys.get(patientId)?.beforeStep?.(name, execution);
    try {
      return await new Invocation(name, patientId, execution).run(() => handler(event, context));
    } catch (error) {
      assertDeclared(name, error);
      throw error;
    }
  };
}
