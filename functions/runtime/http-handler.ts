/**
 * What every endpoint behind API Gateway (payload format 2.0) has around its use case: a deadline after which the
 * caller is told to repeat, problem documents, and one log line that holds nothing of the request.
 */
import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ConfigurationError, isStepError, LeaseHeldError, RecordUnreadableError } from '../domain/errors.ts';
import { callUntil, type Providers, portsOf } from './call.ts';
import { withinDeadline } from './deadline.ts';
import { type LogFields, logStep } from './logger.ts';
import { Problem, type ProblemMore, problemAnswer } from './problem.ts';
import { failureOf } from './step-handler.ts';

/** What could not be done now may well be done a few seconds later. */
const RETRY_AFTER_SECONDS = 5;
/** An execution takes seconds, or half an hour if the EHR is down: retrying every five seconds would be too often. */
const AT_WORK_SECONDS = 60;

export interface HttpAnswer {
  status: number;
  body: unknown;
  log: LogFields;
}

export interface Endpoint<Ports extends object> {
  name: string;
  /** Of the whole answer, in milliseconds. */
  deadlineMs: number;
  /** Makes the problems that any endpoint may have. */
  problem(name: 'unavailable' | 'internal', more?: ProblemMore): Problem;
  /** Makes the ports of `run`, for each request anew. */
  ports: Providers<Ports>;
  run(ports: Ports, event: APIGatewayProxyEventV2): Promise<HttpAnswer>;
}

type Named = Pick<Endpoint<object>, 'name' | 'problem'>;
type Result = APIGatewayProxyStructuredResultV2;

/** The Lambda handler of one endpoint. Nothing that `run` throws gets out: a Problem is answered as itself. */
export function httpHandler<Ports extends object>(endpoint: Endpoint<Ports>) {
  return middy<APIGatewayProxyEventV2, Result, Error, Context>()
    .use(asProblems(endpoint))
    .handler(async (event: APIGatewayProxyEventV2) => {
      const begun = performance.now();
      const late = () => unavailable(endpoint);
      const { status, body, log } = await withinDeadline(endpoint.deadlineMs, late, ({ signal }) =>
        endpoint.run(portsOf(endpoint.ports, callUntil(signal)), event),
      );
      const milliseconds = Math.round(performance.now() - begun);
      logStep('step ended', { step: endpoint.name, ...log, code: `HTTP_${status}`, milliseconds });
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
      return { statusCode: status, headers, body: JSON.stringify(body) };
    });
}

function unavailable({ problem }: Named, seconds = RETRY_AFTER_SECONDS): Problem {
  return problem('unavailable', { headers: { 'retry-after': String(seconds) } });
}

function asProblems(endpoint: Named): MiddlewareObj<APIGatewayProxyEventV2, Result, Error, Context> {
  return {
    onError: (request) => {
      const problem = problemOf(endpoint, request.error);
      const { error, code: reason, ...place } = failureOf(request.error);
      const code = `HTTP_${problem.text[0]}`;
      const isOurs = request.error instanceof Problem;
      // A Problem's message is one of our own names; an error's is a code at most.
      logStep('step failed', {
        step: endpoint.name,
        code,
        error: isOurs ? problem.problem : error,
        ...(!isOurs && { reason, ...place }),
      });
      request.response = problemAnswer(problem);
    },
  };
}

/** What the practice must mend is an internal failure; what passes by itself is not. */
function problemOf(endpoint: Named, error: unknown): Problem {
  if (error instanceof Problem) return error;
  const passes = isStepError(error) && !(error instanceof ConfigurationError || error instanceof RecordUnreadableError);
  if (error instanceof LeaseHeldError) return unavailable(endpoint, AT_WORK_SECONDS);
  return passes ? unavailable(endpoint) : endpoint.problem('internal');
}
