/** The body of an HTTP request as JSON in UTF-8, refused by the endpoint's own Problems. Nothing that was sent is repeated. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Problem } from './problem.ts';

/** `application/json`, at most with the charset that JSON has anyway (RFC 8259). */
const JSON_TYPE = /^application\/json(?: *; *charset="?utf-8"?)?$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export interface BodyLimits {
  maxBytes: number;
  /** Makes the endpoint's Problem of this name, to be thrown. */
  problem(name: 'unsupported-media-type' | 'content-too-large' | 'malformed-body'): Problem;
}

/** The bytes as they came. Problems 415, 413, 400, in this order; the size is measured before anything is decoded. */
export function bodyBytes(
  { headers = {}, body = '', isBase64Encoded }: APIGatewayProxyEventV2,
  limits: BodyLimits,
): Buffer {
  const { maxBytes, problem } = limits;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || encoding !== 'identity')
    throw problem('unsupported-media-type');
  // Base64 has four characters for three bytes, the last one or two of which may be padding.
  const size = isBase64Encoded ? Math.floor((body.length * 3) / 4) - 2 : Buffer.byteLength(body);
  if (size > maxBytes) throw problem('content-too-large');
  if (isBase64Encoded ? !BASE64.test(body) : !body.isWellFormed()) throw problem('malformed-body');
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) throw problem('content-too-large');
  return bytes;
}

/** A byte order mark stays, since it may have been signed along; JSON has none. Problem 400 for what is no UTF-8. */
export function bodyText(bytes: Buffer, { problem }: BodyLimits): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw problem('malformed-body');
  }
}

/** Problem 400 for what is no JSON. */
export function parsedBody(text: string, { problem }: BodyLimits): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw problem('malformed-body');
  }
}

/** Says where, by the schema's own names, and what is wanted; of what was sent nothing, not even a key. */
export function bodyError({ code, path }: z.core.$ZodIssue): { pointer: string; detail: string } {
  const pointer = path.map((key) => `/${String(key)}`).join('');
  if (code === 'unrecognized_keys') return { pointer, detail: 'has a member that is not known' };
  return { pointer, detail: 'is missing or not as the schema has it' };
}
