/**
 * What a page for people has around its use case: a deadline, a page also for what fails, one log line that holds
 * nothing of the request, and answers that leave on a beat, so that their time tells nothing.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ConfigurationError, isStepError } from '../domain/errors.ts';
import { callUntil, type Providers, portsOf } from './call.ts';
import { waitUntil } from './clock.ts';
import { withinDeadline } from './deadline.ts';
import { type LogFields, logStep } from './logger.ts';
import { failureOf } from './step-handler.ts';

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  log: LogFields;
}

export interface PageEndpoint<Ports extends object> {
  name: string;
  /** Of the work, in milliseconds. */
  deadlineMs: number;
  /** What is sent by POST is answered at a multiple of so many milliseconds. */
  beatMs: number;
  /** Makes the ports of `run`, for each request anew. */
  ports: Providers<Ports>;
  run(ports: Ports, event: APIGatewayProxyEventV2): Promise<PageAnswer>;
  /** 503: it passes by itself. 500: the practice must mend it. */
  failed(event: APIGatewayProxyEventV2, status: 500 | 503): PageAnswer;
}

export function pageHandler<Ports extends object>(endpoint: PageEndpoint<Ports>) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const begun = performance.now();
    const { status, headers, body } = await answered(endpoint, event, begun);
    // Nothing is left to do after the wait: what would be done then could be timed.
    const result = { statusCode: status, headers, body };
    if (event.requestContext?.http?.method === 'POST') {
      await waitUntil(begun + nextBeat(performance.now() - begun, endpoint.beatMs));
    }
    return result;
  };
}

async function answered<Ports extends object>(
  { name, deadlineMs, ports, run, failed }: PageEndpoint<Ports>,
  event: APIGatewayProxyEventV2,
  begun: number,
): Promise<PageAnswer> {
  const milliseconds = () => Math.round(performance.now() - begun);
  try {
    const late = () => new DeadlineError('DEADLINE');
    const answer = await withinDeadline(deadlineMs, late, ({ signal }) =>
      run(portsOf(ports, callUntil(signal)), event),
    );
    const log = { step: name, ...answer.log, code: `HTTP_${answer.status}`, milliseconds: milliseconds() };
    logStep('step ended', log);
    return answer;
  } catch (error) {
    const passes = isStepError(error) && !(error instanceof ConfigurationError);
    const answer = failed(event, passes || error instanceof DeadlineError ? 503 : 500);
    logPageFailure(name, error, `HTTP_${answer.status}`, milliseconds());
    return answer;
  }
}

/** Names and codes alone: no library's message gets into a log. */
export function logPageFailure(step: string, error: unknown, code: string, milliseconds: number): void {
  const { code: reason, ...failure } = failureOf(error);
  logStep('step failed', { step, ...failure, reason, code, milliseconds });
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The first beat that is not before `elapsed`, in milliseconds since the request came. */
export function nextBeat(elapsed: number, beatMs: number): number {
  return Math.max(1, Math.ceil(elapsed / beatMs)) * beatMs;
}
