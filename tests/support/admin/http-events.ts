/** Requests as API Gateway hands them over behind a JWT authorizer, payload format 2.0. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { adminApi, type Guard } from '../../../functions/admin/admin-api.ts';
import { OPERATIONS, type OperationName } from '../../../functions/admin/contract.ts';
import type { AdminPorts } from '../../../functions/admin/operations/operation.ts';
import { adminProblem } from '../../../functions/admin/problems.ts';
import { httpHandler } from '../../../functions/runtime/http-handler.ts';

export const NOW = Date.parse('2026-06-15T12:00:00Z');
export const ORIGIN = 'https://d111111abcdef8.cloudfront.net';
export const GUARD: Guard = { origins: [ORIGIN], now: NOW };

/** As Cognito's access token has them, and API Gateway hands them on: everything is text. */
export const CLAIMS = {
  sub: '0f8fad5b-d9cb-469f-a165-70867728950e',
  'cognito:groups': '[operator]',
  iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1Cd2Ef3',
  client_id: '1h57kf5cpq17m0eml12EXAMPLE',
  token_use: 'access',
  scope: 'openid',
  auth_time: String(NOW / 1000 - 60),
  exp: String(NOW / 1000 + 3_540),
  username: 'ann.miller',
};

/** Null: no authorizer was there. */
export type Claims = Record<string, unknown> | null;

export interface Sent {
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
  claims?: Claims;
}

export function eventOf(sent: Sent): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/api/me', query = '', headers = {}, claims = CLAIMS } = sent;
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'browser' };
  const authorizer = claims === null ? {} : { authorizer: { jwt: { claims, scopes: null } } };
  return {
    version: '2.0',
    routeKey: 'ANY /api/{proxy+}',
    rawPath: path,
    rawQueryString: query,
    headers,
    pathParameters: { proxy: path.slice('/api/'.length) },
    // What API Gateway adds and the handler does not read.
    requestContext: { http, ...authorizer } as unknown as APIGatewayProxyEventV2['requestContext'],
    ...(sent.body !== undefined && { body: sent.body }),
    isBase64Encoded: sent.isBase64Encoded ?? false,
  };
}

const PARAMETERS: Record<string, string> = {
  patientId: 'demo-001',
  name: 'x',
  machine: 'regenerate-pin',
  day: '2026-06-15',
  execution: 'x',
};

const BODIES: Partial<Record<OperationName, object>> = {
  actOnPatient: { action: 'redrive', reason: 'r', version: 'v' },
  startSweep: { dryRun: true, reason: 'r' },
  pause: { reason: 'r' },
  resume: { reason: 'r' },
};

/** A good request of an operation. */
export function requestOf(name: OperationName, more: Sent = {}): Sent {
  const { method, path } = OPERATIONS[name];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_brace, parameter: string) => PARAMETERS[parameter] ?? '');
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-its-own', ...more.headers };
  const body = BODIES[name];
  return { ...(body !== undefined && { body: JSON.stringify(body) }), path: filled, ...more, method, headers };
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  /** Last part of a problem's type; null for an answer. */
  problem: string | null;
}

/** The function over these ports, with everything that is around it on AWS. */
export function handling(ports: AdminPorts, guard: Guard = GUARD): (sent: Sent) => Promise<Answered> {
  const handler = httpHandler({
    ...{ name: 'AdminApi', deadlineMs: 60_000, problem: adminProblem },
    ports: {},
    run: (_ports, event) => adminApi(ports, guard, event),
  });
  const invoke = handler as (event: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
  return async (sent) => {
    const { statusCode = 0, headers = {}, body: text = '' } = await invoke(eventOf(sent), {} as Context);
    const { type } = JSON.parse(text) as { type?: string };
    return { status: statusCode, headers, text, problem: statusCode < 400 ? null : (type?.split('/').at(-1) ?? '') };
  };
}

/** Ports that must not be touched: a refused request is refused before anything is read. */
export function untouchable(): AdminPorts {
  return new Proxy({} as AdminPorts, {
    get: (_target, port) => {
      throw new Error(`${String(port)} was touched`);
    },
  });
}
