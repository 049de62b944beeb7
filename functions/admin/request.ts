/** Reads a request by its operation's schemas, refusing by a Problem what does not fit. Nothing that was sent is repeated. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { IDEMPOTENCY_KEY, type Operation } from './contract.ts';
import { adminProblem } from './problems.ts';

/** A reason has 500 characters; the rest of an action is ids. */
const MAX_BODY_BYTES = 16 * 1024;
/** `application/json`, at most with the charset that JSON has anyway (RFC 8259). */
const JSON_TYPE = /^application\/json(?: *; *charset="?utf-8"?)?$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What was asked, as the operation's schemas have it. */
export interface Asked {
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
): Asked {
  for (const [name, schema] of Object.entries(operation.parameters ?? {})) {
    if (!z.safeParse(schema, parameters[name]).success) throw adminProblem('not-found');
  }
  const { body: schema } = operation;
  const query = readQuery(operation.query ?? z.strictObject({}), event.rawQueryString ?? '');
  if (schema === undefined) return { parameters, query, body: {}, key: null };
  const json = readJson(event);
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

function bodyError({ code, path }: z.core.$ZodIssue): { pointer: string; detail: string } {
  const pointer = path.map((key) => `/${String(key)}`).join('');
  if (code === 'unrecognized_keys') return { pointer, detail: 'has a member that is not known' };
  return { pointer, detail: 'is missing or not as the schema has it' };
}

function readJson({ headers = {}, body = '', isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || encoding !== 'identity') {
    throw adminProblem('unsupported-media-type');
  }
  // Base64 has four characters for three bytes; measured before it is decoded.
  if (body.length > 2 * MAX_BODY_BYTES) throw adminProblem('content-too-large');
  if (isBase64Encoded ? !BASE64.test(body) : !body.isWellFormed()) throw adminProblem('malformed-body');
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) throw adminProblem('content-too-large');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw adminProblem('malformed-body');
  }
}
