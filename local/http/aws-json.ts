/** AWS's JSON protocols, 1.0 and 1.1: the operation's name in `x-amz-target`, errors by `__type`. Ignores the path. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpHandler } from './http-messages.ts';

/** An answer the service gives as HTTP 400 with its `__type`, e.g. ExecutionDoesNotExist; the SDK throws it by that name. */
export class ServiceError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.type = type;
  }
}

export interface AwsJsonService {
  /** As people call it, e.g. `Step Functions`. */
  readonly name: string;
  /** What stands before the operation's name in `x-amz-target`, e.g. `AWSStepFunctions.`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** By name. */
  readonly operations: Readonly<Record<string, (request: unknown) => object | Promise<object>>>;
}

/** A request's most: 256 KB of input to an execution, escaped once more as JSON, and its envelope. */
const MAX_BODY_BYTES = 1024 * 1024;

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

async function answer(request: IncomingMessage, service: AwsJsonService): Promise<{ status: number; body: object }> {
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    const body = await bodyOf(request);
    const name = target.startsWith(service.target) ? target.slice(service.target.length) : '';
    const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    if (request.method !== 'POST' || operation === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `Not served by the local ${service.name}: ${target || 'no x-amz-target'}`,
      );
    }
    return { status: 200, body: await operation(body) };
  } catch (error) {
    if (error instanceof ServiceError) return { status: 400, body: { __type: error.type, message: error.message } };
    // The practice's own mistake, not the caller's: as AWS's 500, and the SDK then retries.
    console.error(`${service.name} ${target}:`, error);
    return { status: 500, body: { __type: 'InternalFailure', message: 'Internal failure' } };
  }
}

/** Serves the operations of one AWS service; mount it under any prefix. */
export function serveAwsJson(service: AwsJsonService): HttpHandler {
  return async (request, response) => {
    try {
      const { status, body } = await answer(request, service);
      const text = JSON.stringify(body);
      response.writeHead(status, {
        'content-type': `application/x-amz-json-${service.version}`,
        'content-length': Buffer.byteLength(text),
        'x-amzn-requestid': randomUUID(),
      });
      response.end(text);
    } catch {
      response.destroy(); // the connection broke while the request was read: no client is left
    }
  };
}
