import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { badRequest, contentTooLarge, OperationOutcomeError, unsupportedMediaType } from '@medplum/core';

/** One request to the EHR, parsed. Serializable. */
export interface EhrRequest {
  method: string;
  /** Path below the base and query, without leading slash: `Patient/1`, `Task?focus=…`. */
  url: string;
  /** The same with ids replaced and without query: `Patient/:id`, `Task`, `''` for a batch or transaction. */
  route: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON, or the fields of a form. */
  body: unknown;
}

/** What a request is answered. Serializable. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Larger bodies are refused: 5 MB is some thousand resources, more than one patient's transaction can need. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;
const JSON_TYPE = /^(application|text)\/([a-z.-]+\+)?json\b/i;
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The type-level route of a URL: logs and switches must not depend on ids. */
function routeOf(url: string): string {
  const [type = '', id, ...rest] = (url.split('?')[0] ?? '').split('/').filter(Boolean);
  if (id === undefined || id.startsWith('_') || id.startsWith('$')) return [type, id].filter(Boolean).join('/');
  const [operation, version] = rest;
  return [type, ':id', operation, version && ':vid'].filter(Boolean).join('/');
}

/** Request line and headers, the body still to be read by `readBody`. */
export function readHead(req: IncomingMessage): EhrRequest {
  const url = (req.url ?? '/').replace(/^\/+/, '').replace(/#.*$/, '');
  return { method: req.method ?? 'GET', url, route: routeOf(url), headers: req.headers, body: undefined };
}

/**
 * Reads and parses the body.
 * @throws OperationOutcomeError 400 not JSON, 413 over 5 MB, 415 another content type
 */
export async function readBody(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    // Read to the end even then: an answer to a client that still sends would be lost with the connection.
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (size > BODY_LIMIT_BYTES) throw new OperationOutcomeError(contentTooLarge('The body is larger than 5 MB'));
  if (size === 0) return undefined;
  const text = Buffer.concat(chunks).toString('utf8');
  const type = req.headers['content-type'] ?? '';
  if (type.startsWith(FORM_TYPE)) return formFields(text);
  if (!JSON_TYPE.test(type)) throw new OperationOutcomeError(unsupportedMediaType);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold a PIN.
    throw new OperationOutcomeError(badRequest('The body is not JSON'));
  }
}

function formFields(text: string): Record<string, string[]> {
  const parameters = new URLSearchParams(text);
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}
