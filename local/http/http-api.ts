/**
 * The HTTP API in front of a handler: each request becomes the event that API Gateway makes of it, payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ACCOUNT_ID, REGION } from '../settings/environment.ts';
import { invokeLambda, type LambdaHandler } from '../stepfunctions/lambda.ts';
import { type HttpHandler, readBody, sendJson } from './http-messages.ts';

/** Of a request's body API Gateway's own limit, of the time an integration may take the deployed one (infra/constructs/http-api.ts). */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 10_000;

export interface HttpRoutes {
  /** Of the function, as it is called on AWS. */
  name: string;
  handler: LambdaHandler;
  /** Where it is mounted; it sees the whole path. */
  prefix: string;
  /**
   * The path below the prefix as the API's routes have it, `/{token}`: its parameters reach the handler by their names
   * and stand in no log. A request that fits no route is one the API has no handler for. Absent: any path is one.
   */
  path?: string;
  /** The caller's claims from the JWT authorizer. Absent: no authorizer. */
  claims?: () => Record<string, string>;
}

/** @param now the practice's time, for the time of the request */
export function serveHttpApi(routes: HttpRoutes, now: () => number): HttpHandler {
  const account = { region: REGION, accountId: ACCOUNT_ID };
  return async (req, res) => {
    const route = routeOf(routes, req);
    if (route === null) return sendJson(res, 404, { message: 'Not Found' });
    const plain = eventOf(routes.prefix, route, req, await readBody(req, MAX_BODY_BYTES), now());
    const event = routes.claims === undefined ? plain : authorized(plain, routes.claims());
    const { payload } = await invokeLambda(
      { account, timeoutMs: INTEGRATION_TIMEOUT_MS },
      routes.name,
      routes.handler,
      event,
    );
    const { statusCode = 200, headers = {}, body = '' } = payload as APIGatewayProxyStructuredResultV2;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, String(value));
    res.writeHead(statusCode, { 'content-length': Buffer.byteLength(body) }).end(body);
  };
}

interface Route {
  /** `GET /pickup/{token}` */
  key: string;
  parameters: Record<string, string> | null;
}

function routeOf({ prefix, path }: HttpRoutes, { method = 'GET', url = '/' }: IncomingMessage): Route | null {
  const asked = url.split('?', 1)[0] ?? '/';
  if (path === undefined) return { key: `${method} ${prefix}${asked}`, parameters: null };
  const [names, values] = [path, asked].map((each) => each.split('/')) as [string[], string[]];
  if (names.length !== values.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? '';
    const parameter = /^\{(.+)\}$/.exec(name)?.[1];
    if (parameter === undefined ? value !== name : value === '') return null;
    if (parameter !== undefined) parameters[parameter] = decoded(value);
  }
  return { key: `${method} ${prefix}${path}`, parameters };
}

/** What is no escape stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function eventOf(
  prefix: string,
  route: Route,
  req: IncomingMessage,
  body: Buffer,
  now: number,
): APIGatewayProxyEventV2 {
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
  const headers = headersOf(req);
  const rawPath = `${prefix}${path}`;
  const method = req.method ?? 'GET';
  // What is no text goes through the event as base64.
  const isText =
    /^(?:text\/|application\/(?:json|javascript|xml))/i.test(headers['content-type'] ?? '') && isUtf8(body);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString: query,
    headers,
    ...(route.parameters && { pathParameters: route.parameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      domainName: headers.host ?? '',
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${req.httpVersion}`,
        sourceIp: req.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** As a JWT authorizer hands it on. */
function authorized(event: APIGatewayProxyEventV2, claims: Record<string, string>): object {
  return { ...event, requestContext: { ...event.requestContext, authorizer: { jwt: { claims, scopes: null } } } };
}

/** Names in small letters; a header that comes more than once is joined by commas, whichever it is. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]));
}
