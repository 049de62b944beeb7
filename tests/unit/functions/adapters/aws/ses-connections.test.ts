/** Mails to servers on loopback that break connections, by the mailer as it is wired for Lambda. */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const MAIL = { to: 'pat@example.com', from: 'portal@practice.example', subject: 'S', text: 't\n', html: '<p>t</p>' };
const SENT = `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">
  <SendEmailResult><MessageId>m1</MessageId></SendEmailResult>
</SendEmailResponse>`;

let server: Server;
beforeEach(() => vi.resetModules());
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

async function listens(made: Server): Promise<number> {
  server = made;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return port;
}

/** Sends a mail by the wiring of runtime/providers/email.ts; the id or the error's name and code. */
async function sending(endpoint: string): Promise<() => Promise<string>> {
  vi.stubEnv('AWS_ENDPOINT_URL_SES', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const { mailer } = await import('../../../../../functions/runtime/providers/email.ts');
  const { signal } = new AbortController();
  return () =>
    mailer({ signal, config: { sesConfigurationSet: 'portal-pin' } })
      .send(MAIL)
      .catch((error) => `${error.name} ${error.message}`);
}

it('does not reuse a socket that SES may have closed', async () => {
  const used = new WeakSet<Socket>();
  const port = await listens(
    createHttpServer((request, response) => {
      if (used.has(request.socket)) return request.socket.resetAndDestroy();
      used.add(request.socket);
      return response.setHeader('content-type', 'text/xml').end(SENT);
    }),
  );
  const send = await sending(`http://127.0.0.1:${port}`);
  expect([await send(), await send(), await send()]).toEqual(['m1', 'm1', 'm1']);
});

it('a reset before the TLS handshake is over: not sent', async () => {
  const port = await listens(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const send = await sending(`https://127.0.0.1:${port}`);
  expect(await send()).toBe('EmailThrottledError ECONNRESET');
});

it('an end before the TLS handshake is over: not sent', async () => {
  const port = await listens(createServer((socket) => socket.once('data', () => socket.end())));
  const send = await sending(`https://127.0.0.1:${port}`);
  expect(await send()).toBe('EmailThrottledError ECONNRESET');
});

it('no handshake in two seconds: not sent', async () => {
  const port = await listens(createServer((socket) => socket.on('error', () => undefined)));
  const send = await sending(`https://127.0.0.1:${port}`);
  const begun = performance.now();
  expect(await send()).toBe('EmailThrottledError ETIMEDOUT');
  expect(performance.now() - begun).toBeLessThan(3_000);
});

it('a refused connection: not sent', async () => {
  const port = await listens(createServer());
  server.close();
  const send = await sending(`https://127.0.0.1:${port}`);
  expect(await send()).toBe('EmailThrottledError ECONNREFUSED');
});

it('a reset after the request was read: delivery is unknown', async () => {
  const port = await listens(
    createHttpServer((request) => request.on('end', () => request.socket.resetAndDestroy()).resume()),
  );
  const send = await sending(`http://127.0.0.1:${port}`);
  expect(await send()).toBe('NotificationFateUnknownError ECONNRESET');
});
