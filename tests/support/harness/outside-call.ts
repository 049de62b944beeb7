/** One request that a step made to the world, told apart by what it asks for, and answered when the test says so. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Bundle } from 'fhir/r4';
import type { HttpHandler } from '../../../local/http/http-messages.ts';

export interface OutsideCall {
  /** The n-th call of the patient's execution, its start included; from 1. */
  index: number;
  step: string;
  /** The n-th call of this run of the step; from 1. */
  nth: number;
  service: string;
  /** What is asked, without ids: the same in every run. */
  label: string;
}

/** What a request asks for, e.g. `DynamoDB UpdateItem ACCOUNT`, `EHR transaction PUT Task ×2`. */
export function labelOf(service: string, req: IncomingMessage, body: Buffer): string {
  const operation = String(req.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
  if (service === '/ses') return 'SES SendEmail';
  if (service === '/kms') return `KMS ${operation}`;
  const json: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
  if (service === '/stepfunctions') return stepFunctionsLabel(operation, json as StepFunctionsRequest);
  if (service === '/dynamodb') {
    const { Key, Item, IndexName } = json as { Key?: SortKey; Item?: SortKey; IndexName?: string } & QueryValues;
    return `DynamoDB ${operation} ${IndexName ?? (Key ?? Item)?.sk?.S ?? partitionOf(json as QueryValues)}`;
  }
  const path = (req.url ?? '').replace(/\?.*$/, '').replace(/^\/+/, '');
  if (path !== '') return `EHR ${req.method} ${path.replace(/\/.*/, '/:id')}`;
  const { type, entry = [] } = json as Bundle;
  const asked = entry.map(({ request }) => {
    const what = (request?.url ?? '').replace(/[/?].*/, '');
    return type === 'batch' ? what : `${request?.method} ${what}`;
  });
  const counted = [...new Set(asked)].map((each) => {
    const times = asked.filter((other) => other === each).length;
    return times === 1 ? each : `${each} ×${times}`;
  });
  return `EHR ${type}: ${counted.join(', ')}`;
}

interface QueryValues {
  ExpressionAttributeValues?: Record<string, { S?: string }>;
}

/** What kind of partition is queried: PATIENT, SWEEP. */
function partitionOf({ ExpressionAttributeValues: values = {} }: QueryValues): string {
  return values[':pk']?.S?.split('#')[0] ?? '';
}

interface SortKey {
  sk?: { S: string };
}

interface StepFunctionsRequest {
  stateMachineArn?: string;
  executionArn?: string;
  includedData?: string;
}

/** Which machine, where it is not the one that regenerates; and whether a description is asked for with its data. */
function stepFunctionsLabel(operation: string, request: StepFunctionsRequest): string {
  const [, machine] =
    /:(?:stateMachine|execution):([a-z-]+)/.exec(request.stateMachineArn ?? request.executionArn ?? '') ?? [];
  const others = machine === undefined || machine === 'regenerate-pin' ? [] : [machine];
  const withData = operation === 'DescribeExecution' && request.includedData !== 'METADATA_ONLY' ? ['with data'] : [];
  return ['StepFunctions', operation, ...others, ...withData].join(' ');
}

/** Lets the service read `body`, which was read already to see what is asked. */
export function giveBack(req: IncomingMessage, body: Buffer): void {
  req[Symbol.asyncIterator] = () => Readable.from([body])[Symbol.asyncIterator]();
}

/** Lets the service do what is asked, and keeps its answer; to be sent, or never, by the caller. */
export async function performed(handler: HttpHandler, req: IncomingMessage, res: ServerResponse): Promise<() => void> {
  const { writeHead, end } = res;
  const { promise, resolve } = Promise.withResolvers<() => void>();
  let head: { status: number; headers: Record<string, string | number> } = { status: 200, headers: {} };
  // Every service here answers by these two calls.
  res.writeHead = ((status: number, headers: Record<string, string | number> = {}) => {
    head = { status, headers };
    return res;
  }) as typeof res.writeHead;
  res.end = ((body: string | Buffer = '') => {
    Object.assign(res, { writeHead, end });
    resolve(() => {
      if (!res.destroyed) res.writeHead(head.status, head.headers).end(body);
    });
    return res;
  }) as typeof res.end;
  await handler(req, res);
  return promise;
}
