/** Reads a request by its operation's schemas, refusing by a Problem what does not fit. Nothing that was sent is repeated. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { type BodyLimits, bodyBytes, bodyError, bodyText, parsedBody } from '../runtime/json-body.ts';
import { IDEMPOTENCY_KEY, type Operation } from './contract.ts';
import { adminProblem } from './problems.ts';

/** A reason has 500 characters; the rest of an action is ids. */
const MAX_BODY_BYTES = 16 * 1024;
const LIMITS: BodyLimits = { maxBytes: MAX_BODY_BYTES, problem: adminProblem };

/** What was asked, as the operation's schemas have it. */
export interface ReadRequest {
  parameters: Record<string, string>;
  query: Record<string, unknown>;
  body: Record<string, unknown>;
  /** Idempotency-Key; null where nothing is done. */
  key: string | null;
}

/** Problems 404 for a parameter that is none, 415, 413, 400, 422, in this order. */
export function readAsked(
  operation: Operation,
  event: APIGatewayProxyEventV2,
  parameters: Record<string, string>,
): ReadRequest {
  for (const [name, schema] of Object.entries(operation.parameters ?? {})) {
    if (!z.safeParse(schema, parameters[name]).success) throw adminProblem('not-found');
  }
  const { body: schema } = operation;
  const query = readQuery(operation.query ?? z.strictObject({}), event.rawQueryString ?? '');
  if (schema === undefined) return { parameters, query, body: {}, key: null };
  const json = parsedBody(bodyText(bodyBytes(event, LIMITS), LIMITS), LIMITS);
  const key = event.headers?.['idempotency-key'] ?? '';
  if (!IDEMPOTENCY_KEY.test(key)) throw adminProblem('malformed-key');
  const read = z.safeParse(schema, json);
  if (!read.success) throw adminProblem('wrong-body', { errors: read.error.issues.map(bodyError) });
  return { parameters, query, body: read.data, key };
}

function readQuery(schema: z.ZodMiniObject, text: string): Record<string, unknown> {
  const given = new URLSearchParams(text);
  const names = [...given.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const read = z.safeParse(schema, Object.fromEntries(given));
  if (read.success && twice === undefined) return read.data;
  const wrong = read.success ? [{ detail: 'a parameter comes twice' }] : read.error.issues.map(queryError);
  throw adminProblem('wrong-query', { errors: wrong });
}

/** Says where, by the schema's own names. */
function queryError({ code, path }: z.core.$ZodIssue): { parameter?: string; detail: string } {
  if (code === 'unrecognized_keys') return { detail: 'has a parameter that is not known' };
  return { parameter: String(path[0] ?? ''), detail: 'is not as the schema has it' };
}
