/**
 * AdminApi: `/api/…`, what the practice's staff see and do (docs/openapi/admin-api.json). Behind a JWT authorizer on
 * AWS; roles are checked here. An Idempotency-Key makes each action happen once.
 */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { actionRequestId, requestDigest } from '../domain/identity.ts';
import { clock, realPause, realTime } from '../runtime/clock.ts';
import { type HttpAnswer, httpHandler } from '../runtime/http-handler.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { executionReader, executions, sweepExecutions } from '../runtime/providers/executions.ts';
import { policy, random } from '../runtime/providers/practice.ts';
import {
  caseLists,
  caseRecords,
  onceRecords,
  pauseSwitch,
  practiceDecisions,
  staffRequests,
  sweepRecords,
} from '../runtime/providers/records.ts';
import { doOnce, type OnceRequest } from '../usecases/staff/once.ts';
import { assertMay, assertOrigin, callerOf } from './caller.ts';
import { OPERATIONS, type Operation } from './contract.ts';
import type { AdminPorts, RequestOf } from './operations/operation.ts';
import { perform } from './operations/perform.ts';
import { adminProblem } from './problems.ts';
import { readAsked } from './request.ts';
import { routed } from './routing.ts';

/** A page of a hundred cases takes a second; API Gateway waits ten (infra/constructs/http-api.ts), people do not. */
const DEADLINE_MS = 8_000;

export interface Guard {
  /** Allowed origins. */
  origins: readonly string[];
  /** The machine's time, in milliseconds: tokens are agreed with another machine. */
  now: number;
}

/** Throws a Problem for what is refused, and what EHR, records, executions throw. */
export async function adminApi(ports: AdminPorts, guard: Guard, event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  assertOrigin(event, guard.origins);
  const caller = callerOf(event, guard.now);
  const { name, parameters } = routed(event);
  const operation: Operation = OPERATIONS[name];
  assertMay(caller, operation.group);
  const { key, ...asked } = readAsked(operation, event, parameters);
  const id = key === null ? '' : actionRequestId(caller.name, key);
  const work = () => perform(name, ports, { ...asked, id, caller } as RequestOf<typeof name>);
  const body = key === null ? await work() : await once(ports, { id, digest: requestDigest(name, asked) }, work);
  return { status: operation.status, body, log: { operation: name, patientId: asked.parameters.patientId ?? null } };
}

async function once(ports: AdminPorts, request: OnceRequest, work: () => Promise<object>): Promise<object> {
  const done = await doOnce(ports, request, work);
  if (done.kind === 'ANSWER') return done.answer;
  throw done.kind === 'OTHER'
    ? adminProblem('other-body')
    : adminProblem('in-flight', { headers: { 'retry-after': '1' } });
}

export const handler = httpHandler({
  name: 'AdminApi',
  deadlineMs: DEADLINE_MS,
  problem: adminProblem,
  ports: {
    lists: caseLists,
    cases: caseRecords,
    staffRequests,
    sweeps: sweepRecords,
    decisions: practiceDecisions,
    once: onceRecords,
    pauseSwitch,
    executions,
    sweepExecutions,
    reader: executionReader,
    ehr: frontDesk,
    random,
    clock,
    wait: () => realPause,
    practice: policy,
    guard: ({ config }): Guard => ({ origins: config.consoleOrigins.split(' '), now: realTime() }),
  },
  run: ({ guard, ...ports }: AdminPorts & { guard: Guard }, event) => adminApi(ports, guard, event),
});
