import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { DynaliteOptions } from 'dynalite';

/** What DynamoDB's HTTP endpoint answers. */
interface WireAnswer {
  status: number;
  headers: Record<string, string | number>;
  body: string;
}

/** dynalite without its port: DynamoDB's JSON protocol as a function. */
export interface InProcessDynalite {
  request(method: string, headers: IncomingHttpHeaders, body: string): Promise<WireAnswer>;
  /** Lets the requests that run finish, then closes the store. */
  close(): Promise<void>;
}

/** The folder of the database cannot be opened; mostly because another process uses it. */
export class DatabaseNotOpenError extends Error {
  override readonly name = 'DatabaseNotOpenError';
}

const load = createRequire(import.meta.url);
/** From dynalite's own dependencies. */
const loadOwn = createRequire(load.resolve('dynalite'));
storeText(loadOwn('memory-level'));
// Required, not imported: after these changes.
const dynalite: (options: DynaliteOptions) => Server = withWholeKeys(() => load('dynalite'));

interface MemoryLevelModule {
  MemoryLevel: new (options: object) => object;
}

/**
 * dynalite's store in memory keeps keys and values as Buffers: slices of Node's pool of 64 KB each, of which the last slice
 * that is left keeps the whole. A practice of 2,000 patients came to 1.4 GB so, of which 30 MB were data. As text, which
 * the store keeps as well, they are what they are.
 */
function storeText(memory: MemoryLevelModule): void {
  memory.MemoryLevel = class extends memory.MemoryLevel {
    constructor(options: object) {
      super({ ...options, storeEncoding: 'utf8' });
    }
  };
}

/**
 * dynalite files an entry of an index under the index's key and 24 bits of a digest of the item's: of two items that share
 * both the first is gone from the index, which in a hundred thousand due patients befell three. With the item's whole key
 * in their place no two entries are one.
 */
function withWholeKeys<T>(loading: () => T): T {
  const source = pathToFileURL(loadOwn.resolve('./db')).href;
  const [short, whole] = ['hashPrefix.apply(this, tableKeyPieces)', 'createKey(item, table)'];
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== source) return loaded;
      const text = String(loaded.source);
      if (!text.includes(short)) throw new Error('dynalite makes the keys of its indexes otherwise by now');
      return { ...loaded, source: text.replace(short, whole) };
    },
  });
  try {
    return loading();
  } finally {
    hooks.deregister();
  }
}

/**
 * dynalite's request listener, driven directly: it opens no port (its own would answer any Origin), and it never sees
 * the socket, since it throws, outside of anybody's reach, when a client goes away in the middle of a body.
 * @throws DatabaseNotOpenError
 */
export async function createInProcessDynalite(path: string | undefined): Promise<InProcessDynalite> {
  if (path !== undefined) await proveOpenable(path);
  // Tables are usable at once: nothing here waits for AWS to provision.
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  const [listener] = server.listeners('request');
  if (listener === undefined) throw new Error('dynalite has no request listener');
  const running = new Set<Promise<unknown>>();
  let closed = false;

  const exchange = (method: string, headers: IncomingHttpHeaders, body: string) =>
    new Promise<WireAnswer>((resolve) => {
      const answer: WireAnswer = { status: 200, headers: {}, body: '' };
      const request = Object.assign(new EventEmitter(), { method, headers, url: '/' });
      const response = {
        set statusCode(status: number) {
          answer.status = status;
        },
        setHeader: (name: string, value: string | number) => {
          answer.headers[name.toLowerCase()] = value;
        },
        end: (text = '') => resolve({ ...answer, body: text }),
      };
      listener(request, response);
      if (body !== '') request.emit('data', Buffer.from(body));
      request.emit('end'); // a throw in here rejects this promise
    });

  return {
    request: async (method, headers, body) => {
      if (closed) return failure('The database is closed.');
      const exchanged = exchange(method, headers, body).catch((error) => failure(String(error)));
      running.add(exchanged);
      return exchanged.finally(() => running.delete(exchanged));
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
      // dynalite closes its store only when a listening server stops: so listen without clients, and stop.
      server.removeAllListeners('request');
      await new Promise<void>((resolve, reject) =>
        server.listen(0, '127.0.0.1', () => server.close((error) => (error ? reject(error) : resolve()))),
      );
    },
  };
}

/** The store below dynalite on disk. */
const { Level } = loadOwn('level') as {
  Level: new (path: string) => { open(): Promise<void>; close(): Promise<void> };
};

/** Opens and closes the store once: dynalite itself would end the process at the first request if it is locked. */
async function proveOpenable(path: string): Promise<void> {
  const level = new Level(path);
  try {
    await level.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new DatabaseNotOpenError(`The database in ${path} cannot be opened; does another process use it? (${cause})`);
  }
  await level.close();
}

/** DynamoDB's own answer to a fault of the service; the SDK retries it. */
function failure(message: string): WireAnswer {
  return {
    status: 500,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message }),
  };
}
