import { connect } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';
import { serveHttpApi } from '../../../../local/http/http-api.ts';
import { localWebhookSecret } from '../../../../local/settings/webhooks.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
let gateway: Gateway;
let seen: APIGatewayProxyEventV2[] = [];
beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  const handler = async (event: unknown) => {
    seen.push(event as APIGatewayProxyEventV2);
    return { statusCode: 202, headers: { 'content-type': 'application/json', 'x-told': 'yes' }, body: '{"ü":1}' };
  };
  const now = () => NOW;
  const broken = () => Promise.reject(new Error('Jane Doe'));
  gateway.mount('/webhooks', serveHttpApi({ name: 'Webhook', handler, prefix: '/webhooks' }, now));
  gateway.mount('/page', serveHttpApi({ name: 'Page', handler, prefix: '/page', path: '/{token}' }, now));
  gateway.mount('/broken', serveHttpApi({ name: 'Broken', handler: broken, prefix: '/broken' }, now));
});
afterAll(() => gateway.close());

async function eventOf(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  seen = [];
  const response = await fetch(`${gateway.url}${path}`, init);
  expect(response.status).toBe(202);
  expect(seen).toHaveLength(1);
  return seen[0] as APIGatewayProxyEventV2;
}

/** As bytes on the wire: fetch would join or drop headers by itself. */
async function rawEvent(request: string): Promise<APIGatewayProxyEventV2> {
  seen = [];
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.end(request.replaceAll('\n', '\r\n'));
  await new Promise((resolve, reject) => socket.resume().on('close', resolve).on('error', reject));
  return seen[0] as APIGatewayProxyEventV2;
}

describe('the event that API Gateway makes of a request', () => {
  it('has version, path, query, method, headers and body', async () => {
    const body = '{"name":"Zoë"}';
    const headers = { 'content-type': 'application/json', 'Webhook-Id': 'msg_1' };
    const event = await eventOf('/webhooks/ehr?a=1&b=2', { method: 'POST', headers, body });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /webhooks/ehr',
      rawPath: '/webhooks/ehr',
      rawQueryString: 'a=1&b=2',
      body,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
      requestContext: { stage: '$default', timeEpoch: NOW, http: { method: 'POST', path: '/webhooks/ehr' } },
    });
  });

  it.each<[string, Record<string, string>, Buffer]>([
    ['no type', {}, Buffer.from('abc')],
    ['a binary type', { 'content-type': 'application/octet-stream' }, Buffer.from([0, 1, 255])],
    ['JSON that is no UTF-8', { 'content-type': 'application/json' }, Buffer.from([0x22, 0xff, 0x22])],
  ])('a body of %s is base64', async (_what, headers, bytes) => {
    const event = await eventOf('/webhooks/ehr', { method: 'POST', headers, body: new Uint8Array(bytes) });
    expect([event.isBase64Encoded, Buffer.from(event.body ?? '', 'base64')]).toEqual([true, bytes]);
  });

  it('no body is none', async () => {
    const event = await eventOf('/webhooks/ehr');
    expect(event).not.toHaveProperty('body');
    expect(event.isBase64Encoded).toBe(false);
  });

  it('a header that comes twice is joined by a comma, also those that Node would drop', async () => {
    const event = await rawEvent(
      'POST /webhooks/ehr HTTP/1.1\nHost: localhost\nContent-Length: 0\nContent-Type: a\nContent-Type: b\nwebhook-id: 1\nWEBHOOK-ID: 2\nConnection: close\n\n',
    );
    expect(event.headers).toMatchObject({ 'content-type': 'a,b', 'webhook-id': '1,2' });
  });
});

describe('a route with a parameter', () => {
  it('hands the parameter over, and bears its name alone where it is logged', async () => {
    const event = await eventOf('/page/AbC-_1?lang=es', { method: 'POST' });
    const routeKey = 'POST /page/{token}';
    expect(event).toMatchObject({ routeKey, pathParameters: { token: 'AbC-_1' }, rawQueryString: 'lang=es' });
    expect(event.requestContext.routeKey).toBe(routeKey);
  });

  it.each([
    ['/page/a%2Fb', 'a/b'],
    ['/page/%E0%A4%A', '%E0%A4%A'],
    ['/page/%C3%BC', 'ü'],
  ])('decodes %s', async (path, token) => expect((await eventOf(path)).pathParameters).toEqual({ token }));

  it.each(['/page', '/page/', '/page/a/b', '/page//'])('has no handler for %s', async (path) => {
    seen = [];
    const response = await fetch(`${gateway.url}${path}`);
    expect([response.status, await response.json(), seen]).toEqual([404, { message: 'Not Found' }, []]);
  });

  it('without one has none', async () => {
    expect(await eventOf('/webhooks/ehr')).not.toHaveProperty('pathParameters');
  });
});

describe('the answer', () => {
  it('is what the handler said', async () => {
    const response = await fetch(`${gateway.url}/webhooks/ehr`, { method: 'POST' });
    expect([response.status, response.headers.get('x-told'), await response.text()]).toEqual([202, 'yes', '{"ü":1}']);
  });

  it('of a handler that throws is a 500 that says nothing of it', async () => {
    const said: unknown[] = [];
    const { error } = console;
    console.error = (...args) => void said.push(args);
    const response = await fetch(`${gateway.url}/broken/x`);
    console.error = error;
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('Jane');
    expect(said).toHaveLength(1);
  });

  it('to more than API Gateway takes is 413', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024 + 1);
    expect((await fetch(`${gateway.url}/webhooks/ehr`, { method: 'POST', body })).status).toBe(413);
  });
});

it('the secret is one of Standard Webhooks, its own for each key, and the same again', () => {
  const key = Buffer.alloc(32, 1).toString('base64');
  const secret = localWebhookSecret(key);
  expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
  expect(localWebhookSecret(key)).toBe(secret);
  expect(localWebhookSecret(Buffer.alloc(32, 2).toString('base64'))).not.toBe(secret);
});
