/**
 * The HTTP API in front of the webhook's handler: each request becomes the event that API Gateway makes of it, payload
 * format 2.0. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import { isUtf8 } from 'node:buffer';
import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ACCOUNT_ID, REGION } from './environment.ts';
import { type HttpHandler, readBody } from './http-messages.ts';
import { invokeLambda, type LambdaHandler } from './stepfunctions/lambda.ts';

/** API Gateway's own limits: of a request's body, and of the time an integration may take. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;

/** Standard Webhooks' secrets have 24 to 64 bytes; this one 32. Derived, so that kept data keep it. */
export function localWebhookSecret(key: string): string {
  return `whsec_${createHmac('sha256', Buffer.from(key, 'base64')).update('ehr webhooks').digest('base64')}`;
}

/**
 * Serves the handler below `prefix`, of which it sees the whole path.
 * @param now the practice's time, for the time of the request
 */
export function serveHttpApi(prefix: string, handler: LambdaHandler, now: () => number): HttpHandler {
  const account = { region: REGION, accountId: ACCOUNT_ID };
  return async (req, res) => {
    const event = eventOf(prefix, req, await readBody(req, MAX_BODY_BYTES), now());
    const { payload } = await invokeLambda(
      { account, timeoutMs: INTEGRATION_TIMEOUT_MS },
      'EhrWebhook',
      handler,
      event,
    );
    const { statusCode = 200, headers = {}, body = '' } = payload as APIGatewayProxyStructuredResultV2;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, String(value));
    res.writeHead(statusCode, { 'content-length': Buffer.byteLength(body) }).end(body);
  };
}

function eventOf(prefix: string, req: IncomingMessage, body: Buffer, now: number): APIGatewayProxyEventV2 {
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
  const headers = headersOf(req);
  const rawPath = `${prefix}${path}`;
  const method = req.method ?? 'GET';
  // What is no text goes through the event as base64.
  const isText =
    /^(?:text\/|application\/(?:json|javascript|xml))/i.test(headers['content-type'] ?? '') && isUtf8(body);
  return {
    version: '2.0',
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString: query,
    headers,
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
      routeKey: `${method} ${rawPath}`,
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Names in small letters; a header that comes more than once is joined by commas, whichever it is. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]));
}
