import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Faults, suffer } from './faults.ts';
import { errorAnswer } from './fhir-service.ts';
import type { Answer, EhrRequest } from './request.ts';
import { readBody, readHead } from './request.ts';
import type { RequestLog } from './request-log.ts';

export interface RequestMoment {
  phase: 'before' | 'after';
  request: EhrRequest;
  /** Only after: what the EHR would answer. */
  answer?: Answer;
}
export type RequestListener = (moment: RequestMoment) => Promise<void> | void;

/** Between HTTP and the EHR: hooks, failure switches and the log. */
export class Listener {
  process: (request: EhrRequest) => Promise<Answer>;
  readonly #faults: Faults;
  readonly #log: RequestLog;
  readonly #baseUrl: string | undefined;
  readonly #hooks = new Set<RequestListener>();
  #lastHost = '127.0.0.1';

  constructor(faults: Faults, log: RequestLog, baseUrl: string | undefined) {
    this.#faults = faults;
    this.#log = log;
    this.#baseUrl = baseUrl;
    this.process = () => Promise.reject(new Error('The simulator is not ready'));
  }

  /** Without a slash at the end. */
  get baseUrl(): string {
    return (this.#baseUrl ?? `http://${this.#lastHost}`).replace(/\/$/, '');
  }

  onRequest(hook: RequestListener): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = readHead(req);
    this.#lastHost = req.headers.host ?? this.#lastHost;
    try {
      const status = await this.#answer(request, req, res);
      this.#log.add({ method: request.method, route: request.route, status });
    } catch (error) {
      // The caller went away while it sent, or a hook of a test failed.
      this.#log.add({ method: request.method, route: request.route, status: 0 });
      if (!res.headersSent && !res.destroyed) send(res, errorAnswer(error));
    }
  }

  /** Answers the request; what it returns is the status the caller sees, 0 for none. */
  async #answer(request: EhrRequest, req: IncomingMessage, res: ServerResponse): Promise<number> {
    let answer: Answer | undefined;
    try {
      request.body = request.method === 'GET' ? undefined : await readBody(req);
    } catch (error) {
      if (req.errored) throw error;
      answer = errorAnswer(error);
    }
    await this.#tell({ phase: 'before', request });
    const failed = await this.#strike(request, res, undefined);
    if (failed !== undefined) return failed;
    answer ??= await this.process(request);
    await this.#tell({ phase: 'after', request, answer });
    return (await this.#strike(request, res, answer)) ?? send(res, answer);
  }

  async #tell(moment: RequestMoment): Promise<void> {
    for (const hook of this.#hooks) await hook(moment);
  }

  async #strike(request: EhrRequest, res: ServerResponse, answer: Answer | undefined): Promise<number | undefined> {
    for (const fault of this.#faults.strike(request, answer ? 'after' : 'before')) {
      const status = await suffer(fault, request, res, answer);
      if (status !== undefined) return status;
    }
    return undefined;
  }
}

function send(res: ServerResponse, { status, headers, body }: Answer): number {
  res
    .writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
    .end(body);
  return status;
}
