/** Errors over HTTP as problem documents (RFC 9457): what is wrong and the way out, never what was sent. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Every kind of problem; its name is the last part of its `type`. */
export const PROBLEMS = {
  'not-found': [404, 'Nothing is here', 'Send webhooks to POST /webhooks/ehr.'],
  'method-not-allowed': [405, 'Not this method', 'Send webhooks by POST.'],
  'content-too-large': [
    413,
    'Too large',
    'A webhook has at most 65536 bytes. It names a patient; the rest is read from the chart.',
  ],
  'unsupported-media-type': [
    415,
    'No JSON in UTF-8',
    'Send content-type application/json, in UTF-8, without a content-encoding.',
  ],
  'malformed-headers': [
    400,
    'Headers of Standard Webhooks are missing or malformed',
    'Send each once: webhook-id (1 to 100 letters, digits, - or _; the same when a webhook is repeated), webhook-timestamp (seconds since 1970) and webhook-signature (v1,<base64>; several are separated by spaces).',
  ],
  'malformed-body': [400, 'The body is no JSON', 'Send one JSON object in UTF-8, nested as the schema has it.'],
  'not-verified': [
    401,
    'Not signed by a known secret, or not now',
    'Sign <webhook-id>.<webhook-timestamp>.<body> as it is sent by HMAC-SHA-256 with the current secret, not more than five minutes from the Date of this answer.',
  ],
  'wrong-event': [
    422,
    'No event that is known',
    'Correct what `errors` names, after docs/openapi/ehr-webhooks.json, and send it under a new webhook-id.',
  ],
  'other-body': [
    422,
    'This webhook-id had another body',
    'Repeat a webhook with the very same bytes, and give a new one an id of its own.',
  ],
  'too-many': [
    429,
    'Too many webhooks this minute',
    'Repeat it after Retry-After. The limit is the practice’s setting webhooksPerMinute.',
  ],
  unavailable: [
    503,
    'Not decided in time',
    'Repeat it with the same webhook-id after Retry-After: nothing is done twice.',
  ],
  internal: [500, 'Failed', 'Repeat it with the same webhook-id later. The log says what is to be mended here.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>;

export type ProblemName = keyof typeof PROBLEMS;

export interface ProblemMore {
  headers?: Record<string, string>;
  /** Where in the body, as a JSON Pointer, and what must stand there. */
  errors?: { pointer: string; detail: string }[];
}

/** Ends a request with a problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly problem: ProblemName;
  readonly more: ProblemMore;
  constructor(problem: ProblemName, more: ProblemMore = {}) {
    super(problem);
    this.problem = problem;
    this.more = more;
  }
}

/** The `type` of a problem: a name, and no page that could be visited. */
export function problemType(name: string): string {
  return `https://portal-pin.example/problems/${name}`;
}

export function problemAnswer({ problem, more }: Problem): APIGatewayProxyStructuredResultV2 {
  const [status, title, detail] = PROBLEMS[problem];
  const document = { type: problemType(problem), title, status, detail, ...(more.errors && { errors: more.errors }) };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...more.headers },
    body: JSON.stringify(document),
  };
}
