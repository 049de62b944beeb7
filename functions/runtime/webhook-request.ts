/** Reads a webhook out of an HTTP request, refusing by a Problem what no sender of ours would send. */
import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { type EhrEvent, ehrEvent } from '../domain/webhook/ehr-event.ts';
import type { SignedWebhook } from '../ports/webhook/webhooks.ts';
import { type BodyLimits, bodyBytes, bodyError, bodyText, parsedBody } from './json-body.ts';
import type { Problem } from './problem.ts';
import { webhookProblem } from './webhook-problems.ts';

/** A webhook names a patient and says what happened; 64 KB is hundreds of times as much. */
const MAX_BODY_BYTES = 64 * 1024;
/** The deepest event has two levels; deeper nesting is no event. */
const MAX_DEPTH = 8;

const LIMITS: BodyLimits = { maxBytes: MAX_BODY_BYTES, problem: webhookProblem };
/** Without `.`, which separates what is signed, and short enough for a key. */
export const WEBHOOK_ID = /^[A-Za-z0-9_-]{1,100}$/;
export const TIMESTAMP = /^(?:0|[1-9][0-9]{0,10})$/;
/** `v1,<base64>`, separated by spaces. API Gateway joins a header that came twice by a comma, which is none of these. */
export const SIGNATURES = /^v[0-9a-z]{1,3},[A-Za-z0-9+/=]{0,128}(?: v[0-9a-z]{1,3},[A-Za-z0-9+/=]{0,128})*$/;
/** A dozen signatures: more than any rotation needs, fewer than would cost time. */
const MAX_SIGNATURES_LENGTH = 2048;

export interface WebhookRequest extends SignedWebhook {
  /** SHA-256 of the body as it came. */
  digest: string;
}

export function notVerified(): Problem {
  return webhookProblem('not-verified', { headers: { 'www-authenticate': 'StandardWebhooks' } });
}

/** The webhook as it came, to be verified before its body is looked at. Problems 404, 405, 415, 413, 401 where it is not signed at all, 400, in this order. */
export function readWebhook(event: APIGatewayProxyEventV2): WebhookRequest {
  const { headers = {}, rawPath = '', requestContext } = event;
  // Before it stands the stage, unless that is the default one.
  if (!rawPath.endsWith('/webhooks/ehr')) throw webhookProblem('not-found');
  if (requestContext?.http?.method !== 'POST')
    throw webhookProblem('method-not-allowed', { headers: { allow: 'POST' } });
  const bytes = bodyBytes(event, LIMITS);
  // Unsigned is unknown, whatever else is missing with it.
  if (headers['webhook-signature'] === undefined) throw notVerified();
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signature = '' } = headers;
  const isTold = WEBHOOK_ID.test(id) && TIMESTAMP.test(timestamp) && signature.length <= MAX_SIGNATURES_LENGTH;
  if (!isTold || !SIGNATURES.test(signature)) throw webhookProblem('malformed-headers');
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { id, timestamp, signature, body: bodyText(bytes, LIMITS), digest };
}

/**
 * The event in a verified body. Problems 400 for what is no JSON, 422 for what is no event.
 * @param latest milliseconds: an event that happens after it has not happened
 */
export function readEvent(body: string, latest: number): EhrEvent {
  const json = parsedBody(body, LIMITS);
  if (isDeeperThan(json, MAX_DEPTH)) throw webhookProblem('malformed-body');
  const result = z.safeParse(ehrEvent, json);
  if (!result.success) throw webhookProblem('wrong-event', { errors: result.error.issues.map(bodyError) });
  if (Date.parse(result.data.timestamp) > latest) {
    throw webhookProblem('wrong-event', { errors: [{ pointer: '/timestamp', detail: 'lies in the future' }] });
  }
  return result.data;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
