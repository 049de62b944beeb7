import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers one HTTP request of the local platform; a rejected promise becomes a 500. */
export type HttpHandler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

/** The body is longer than the handler accepts. The gateway answers it with 413. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** DynamoDB's own limit for one request; nothing that the platform serves is larger. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * The whole body of a request.
 * @throws BodyTooLargeError above `limit` bytes; Node's ECONNRESET error when the client went away.
 */
export async function readBody(req: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req) {
    length += chunk.length;
    if (length > limit) throw new BodyTooLargeError(`The body of ${req.method} ${req.url} is above ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Sends `body` and its length under `contentType`. */
export function send(res: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  res.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

/** Sends `value` as JSON. */
export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  send(res, status, 'application/json', JSON.stringify(value));
}

/** Sends a problem document (RFC 9457): `title` says what is wrong, `detail` what to do about it. */
export function sendProblem(res: ServerResponse, status: number, title: string, detail: string): void {
  send(res, status, 'application/problem+json', JSON.stringify({ status, title, detail }));
}
