/** Requests as API Gateway hands them over, payload format 2.0. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface RequestMore {
  method?: string;
  path?: string;
  headers?: Record<string, string | undefined>;
  isBase64Encoded?: boolean;
}

export function requestOf(
  body: string | undefined,
  headers: Record<string, string>,
  more: RequestMore = {},
): APIGatewayProxyEventV2 {
  const { method = 'POST', path = '/webhooks/ehr' } = more;
  const given = Object.entries({ ...headers, ...more.headers }).filter(([, value]) => value !== undefined);
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'ehr' };
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: Object.fromEntries(given) as Record<string, string>,
    // What API Gateway adds and the handlers do not read.
    requestContext: { http } as APIGatewayProxyEventV2['requestContext'],
    ...(body !== undefined && { body }),
    isBase64Encoded: more.isBase64Encoded ?? false,
  };
}
