/** What a webhook is refused for, and the way out. */
import { type ProblemTexts, problemsOf } from './problem.ts';

/** Every kind of problem; its name is the last part of its `type`. */
export const WEBHOOK_PROBLEMS = {
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
} as const satisfies ProblemTexts;

export type WebhookProblem = keyof typeof WEBHOOK_PROBLEMS;

/** Makes one, to be thrown. */
export const webhookProblem = problemsOf(WEBHOOK_PROBLEMS);
