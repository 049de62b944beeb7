import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from './service-error.ts';

/** A request's most: 256 KB of input, escaped once more as JSON, and its envelope. */
const MAX_BODY_BYTES = 1024 * 1024;

const TARGET_PREFIX = 'AWSStepFunctions.';

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new ServiceError('ValidationException', `Request larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not JSON');
  }
}

async function answer(
  request: IncomingMessage,
  operations: Readonly<Record<string, (request: unknown) => object | Promise<object>>>,
): Promise<{ status: number; body: object }> {
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    const body = await bodyOf(request);
    const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (request.method !== 'POST' || operation === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `Not served by the local Step Functions: ${target || 'no x-amz-target'}`,
      );
    }
    return { status: 200, body: await operation(body) };
  } catch (error) {
    if (error instanceof ServiceError) return { status: 400, body: { __type: error.type, message: error.message } };
    // The practice's own mistake, not the caller's: as AWS's 500, and the SDK then retries.
    console.error(`Step Functions ${target}:`, error);
    return { status: 500, body: { __type: 'InternalFailure', message: 'Internal failure' } };
  }
}

/** Speaks AWS's JSON 1.0 protocol: the operation's name in `x-amz-target`, errors by `__type`. Ignores the path. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Readonly<Record<string, (request: unknown) => object | Promise<object>>>,
): Promise<void> {
  try {
    const { status, body } = await answer(request, operations);
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(text),
      'x-amzn-requestid': randomUUID(),
    });
    response.end(text);
  } catch {
    response.destroy(); // the connection broke while the request was read: there is nobody to answer
  }
}
