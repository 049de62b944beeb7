import { request } from 'node:http';
import { connect } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGateway, type Gateway, PortInUseError } from '../../../../local/http/gateway.ts';
import { readBody, send, sendJson } from '../../../../local/http/http-messages.ts';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await createGateway({ port: 0 });
  gateway.mount('/echo', async (req, res) => {
    sendJson(res, 200, { method: req.method, url: req.url, body: String(await readBody(req)) });
  });
});
afterEach(() => gateway.close());

/** A GET with exactly these headers, which fetch would not let through. */
function get(path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    request(`${gateway.url}${path}`, { method, headers }, async (res) => {
      resolve({ status: res.statusCode ?? 0, body: String(await readBody(res)) });
    })
      .on('error', reject)
      .end();
  });
}

const port = () => new URL(gateway.url).port;

/** What the gateway answers to raw bytes, until it closes or 100 ms have passed. */
function raw(bytes: string) {
  return new Promise<string>((resolve) => {
    let answer = '';
    const socket = connect(Number(port()), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    setTimeout(() => socket.destroy(), 100);
  });
}

describe('mounting', () => {
  it.each([
    ['/echo', '/'],
    ['/echo/', '/'],
    ['/echo?a=1&a=%2F', '/?a=1&a=%2F'],
    ['/echo/Patient/7/_history?_count=2', '/Patient/7/_history?_count=2'],
    ['/echo//x', '//x'],
  ])('%s reaches its service as %s', async (path, url) => {
    expect(await (await fetch(gateway.url + path)).json()).toMatchObject({ url });
  });

  it('passes method and body', async () => {
    const answer = await fetch(`${gateway.url}/echo`, { method: 'PUT', body: 'ü' });
    expect(await answer.json()).toEqual({ method: 'PUT', url: '/', body: 'ü' });
  });

  it.each(['/', '/echoes', '/ECHO', '/%65cho'])('knows nothing at %s and says what there is', async (path) => {
    const answer = await fetch(gateway.url + path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.text()).toContain('/echo');
  });

  it('refuses a prefix that is taken or that is more than one segment', () => {
    expect(() => gateway.mount('/echo', () => {})).toThrow('mounted already');
    for (const prefix of ['echo', '/', '/a/b', '/a/']) expect(() => gateway.mount(prefix, () => {})).toThrow(TypeError);
  });
});

describe('the guard', () => {
  it('answers under the names of loopback', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'].flatMap((name) => [
      name,
      `${name}:${port()}`,
    ])) {
      expect((await get('/echo', { host })).status, host).toBe(200);
    }
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '127.0.0.1:1',
    '10.0.0.1',
    '127.0.0.1@evil.example',
  ])('refuses the host name %s, which a page can have made to resolve to 127.0.0.1', async (host) => {
    const { status, body } = await get('/echo', { host });
    expect(status).toBe(403);
    expect(body).toContain(host);
  });

  it('accepts a fetch by its own pages', async () => {
    for (const origin of [gateway.url, `http://localhost:${port()}`]) {
      expect((await fetch(`${gateway.url}/echo`, { method: 'POST', headers: { origin } })).status).toBe(200);
    }
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://localhost:1', 'https://localhost'])(
    'refuses a fetch by a page of %s, before the service sees it',
    async (origin) => {
      const service = vi.fn();
      gateway.mount('/table', service);
      const answer = await fetch(`${gateway.url}/table`, { method: 'POST', headers: { origin }, body: '{}' });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(await answer.text()).toContain(origin);
      expect(service).not.toHaveBeenCalled();
    },
  );

  it('accepts a form from its own pages that send no referrer, and no other form without an origin', async () => {
    const post = async (site: string, mode: string) => {
      const headers = { origin: 'null', 'sec-fetch-site': site, 'sec-fetch-mode': mode };
      return (await get('/echo', headers, 'POST')).status;
    };
    expect(await post('same-origin', 'navigate')).toBe(200);
    expect(await post('cross-site', 'navigate')).toBe(403);
    expect(await post('same-site', 'navigate')).toBe(403);
    expect(await post('none', 'navigate')).toBe(403);
    expect(await post('same-origin', 'cors')).toBe(403);
  });

  it("refuses what another site's page loads without an Origin, and lets its links through", async () => {
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const frame = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect((await get('/echo', image)).status).toBe(403);
    expect((await get('/echo', frame)).status).toBe(403);
    expect((await get('/echo', link)).status).toBe(200);
    expect((await get('/echo', own)).status).toBe(200);
  });
});

describe('what must not end the process', () => {
  it.each([
    ['no request at all', '\r\n\r\nhello\r\n\r\n'],
    ['no Host', 'GET /echo HTTP/1.0\r\n\r\n'],
    ['another server named in the request line', 'GET http://evil.example/echo HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an upgrade', 'GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['two lengths', 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a body cut short', 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nab'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a header too large', `GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    const answer = await raw(bytes);
    if (answer !== '' && !bytes.includes('upgrade')) expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect((await fetch(`${gateway.url}/echo`)).status).toBe(200);
  });

  it('a service that fails: 500, and the reason on the terminal alone', async () => {
    const terminal = vi.spyOn(console, 'error').mockImplementation(() => {});
    gateway.mount('/sync', () => {
      throw new Error('secret');
    });
    gateway.mount('/async', () => Promise.reject(new Error('secret')));
    for (const path of ['/sync', '/async']) {
      const answer = await fetch(gateway.url + path);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain('secret');
    }
    expect(terminal).toHaveBeenCalledTimes(2);
    terminal.mockRestore();
  });

  it('a body above the limit: 413', async () => {
    gateway.mount('/small', async (req, res) => send(res, 200, 'text/plain', await readBody(req, 3)));
    expect((await fetch(`${gateway.url}/small`, { method: 'POST', body: 'abc' })).status).toBe(200);
    expect((await fetch(`${gateway.url}/small`, { method: 'POST', body: 'abcd' })).status).toBe(413);
  });
});

describe('the port', () => {
  it('that is in use is named, with the way out', async () => {
    const opened = createGateway({ port: Number(port()) });
    await expect(opened).rejects.toThrow(PortInUseError);
    await expect(opened).rejects.toThrow(new RegExp(`${port()}.*--port 0`));
  });

  it('is given back by close, kept-alive and unanswered connections included', async () => {
    gateway.mount('/never', () => {});
    await (await fetch(`${gateway.url}/echo`)).text();
    const unanswered = fetch(`${gateway.url}/never`).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const number = Number(port());
    await gateway.close();
    expect(await unanswered).toBeInstanceOf(Error);
    gateway = await createGateway({ port: number });
    expect(gateway.url).toBe(`http://127.0.0.1:${number}`);
  });
});

it('AWS SDK clients keep a path prefix in their endpoint', async () => {
  const seen: string[] = [];
  const answers: [string, string, string][] = [
    ['/dynamodb', 'application/x-amz-json-1.0', '{"TableNames":["t"]}'],
    ['/stepfunctions', 'application/x-amz-json-1.0', '{"stateMachines":[]}'],
    [
      '/ses',
      'text/xml',
      '<SendEmailResponse><SendEmailResult><MessageId>m1</MessageId></SendEmailResult></SendEmailResponse>',
    ],
  ];
  for (const [prefix, type, body] of answers) {
    gateway.mount(prefix, async (req, res) => {
      seen.push(`${prefix} ${req.method} ${req.url}`);
      await readBody(req);
      send(res, 200, type, body);
    });
  }
  const at = (prefix: string) => ({
    endpoint: gateway.url + prefix,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  expect((await new DynamoDBClient(at('/dynamodb')).send(new ListTablesCommand())).TableNames).toEqual(['t']);
  expect((await new SFNClient(at('/stepfunctions')).send(new ListStateMachinesCommand())).stateMachines).toEqual([]);
  const mail = new SendEmailCommand({
    Source: 'a@example.com',
    Destination: { ToAddresses: ['b@example.com'] },
    Message: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } },
  });
  expect((await new SESClient(at('/ses')).send(mail)).MessageId).toBe('m1');
  expect(seen).toEqual(['/dynamodb POST /', '/stepfunctions POST /', '/ses POST /']);
});

it('redirects a browser from its bare address to the start page, and no other client', async () => {
  const gateway = await createGateway({ port: 0, home: '/console' });
  try {
    const at = async (path: string) => {
      const { status, headers } = await fetch(`${gateway.url}${path}`, { redirect: 'manual' });
      return [status, headers.get('location')];
    };
    expect(await at('')).toEqual([302, '/console/']);
    expect(await at('/?x=1')).toEqual([404, null]);
  } finally {
    await gateway.close();
  }
});
