import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyTooLargeError, type HttpHandler, sendProblem } from './http-messages.ts';

/** One HTTP server on 127.0.0.1 behind which every local service lives, each under its path prefix. */
export interface Gateway {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** As which its own pages may call it: by each name of this machine. */
  readonly origins: readonly string[];
  /** Serves `prefix` (one segment, such as `/fhir`) by `handler`, which sees the path without it and the query as sent. */
  mount(prefix: string, handler: HttpHandler): void;
  /** Stops listening and ends every connection, kept-alive ones too. */
  close(): Promise<void>;
}

/** Another process listens on the port already. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} of 127.0.0.1 is in use. Stop what listens there, or let the system choose a port: --port 0`);
    this.port = port;
  }
}

const HOST_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Opens the gateway on `port` of 127.0.0.1 (0 = any free one). It alone listens, so it alone keeps web pages of the
 * user's browser away from the chart and the table: see `refusal`.
 * @param home prefix to which the bare address redirects
 * @throws PortInUseError
 */
export async function createGateway({ port, home }: { port: number; home?: string }): Promise<Gateway> {
  const handlers = new Map<string, HttpHandler>();
  const server = createServer((req, res) => {
    const own = (server.address() as AddressInfo | null)?.port;
    const refused = own === undefined ? 'The gateway is closing.' : refusal(req, own);
    if (refused !== null) {
      // An unread body must not block the next request on this connection.
      res.setHeader('connection', 'close');
      return sendProblem(res, 403, 'Forbidden', refused);
    }
    if (req.url === '/' && home !== undefined) return void res.writeHead(302, { location: `${home}/` }).end();
    void dispatch(handlers, req, res);
  });
  // Never closed for being idle: a client that reuses a connection at that very moment would see a reset, and for a
  // mail that means an unknown fate.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    origins: originsOf(own),
    mount: (prefix, handler) => {
      if (!/^\/[a-z0-9-]+$/.test(prefix))
        throw new TypeError(`A prefix is one path segment such as /fhir, not ${prefix}`);
      if (handlers.has(prefix)) throw new TypeError(`${prefix} is mounted already`);
      handlers.set(prefix, handler);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function originsOf(port: number): string[] {
  return HOST_NAMES.map((name) => `http://${name}:${port}`);
}

/**
 * Why a request may not pass, or null. A page of another site can make the browser send requests here: under its own
 * name that resolves to 127.0.0.1 (DNS rebinding: the Host header is foreign), or straight to the address (CSRF: the
 * Origin is foreign; where a browser sends none, as for an image, `Sec-Fetch-Site` says it). Programs send neither
 * Origin nor Sec-Fetch-Site. Following a link to the gateway in a tab of its own is allowed.
 */
function refusal(req: IncomingMessage, port: number): string | null {
  const hosts = HOST_NAMES.flatMap((name) => [name, `${name}:${port}`]);
  const { host, origin } = req.headers;
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return `This is the local platform on 127.0.0.1:${port}; it does not answer under the host name ${host ?? '(none)'}.`;
  }
  const site = req.headers['sec-fetch-site'];
  // A page that sends no referrer sends its forms without an origin, too; then the browser still names the site.
  const isOwnForm = origin === 'null' && site === 'same-origin' && req.headers['sec-fetch-mode'] === 'navigate';
  if (origin !== undefined && !isOwnForm && !originsOf(port).includes(origin)) {
    return `Requests made by a page of ${origin} are refused; only the platform's own pages may call it.`;
  }
  const followsLink = req.method === 'GET' && req.headers['sec-fetch-dest'] === 'document';
  if ((site === 'cross-site' || site === 'same-site') && !followsLink) {
    return "Requests made by another site's page are refused; only the platform's own pages may call it.";
  }
  return null;
}

async function dispatch(handlers: Map<string, HttpHandler>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [, prefix = '', rest = ''] = /^(\/[^/?]*)(.*)$/s.exec(req.url ?? '') ?? [];
  const handler = handlers.get(prefix);
  if (handler === undefined) {
    const mounted = [...handlers.keys()].join(', ');
    return sendProblem(res, 404, 'Not Found', `Nothing is mounted here. Mounted: ${mounted}`);
  }
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
  try {
    await handler(req, res);
  } catch (error) {
    if (res.headersSent || res.destroyed) return void res.destroy();
    res.setHeader('connection', 'close');
    if (error instanceof BodyTooLargeError) return sendProblem(res, 413, 'Content Too Large', error.message);
    console.error(`${prefix}:`, error);
    sendProblem(res, 500, 'Internal Server Error', `${prefix} failed; the terminal of the local platform says how.`);
  }
}
