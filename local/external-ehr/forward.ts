/**
 * The external chart under the platform's own FHIR address. The handlers run as deployed and authenticate here; the
 * credentials of the external server stay in this process and out of the handlers' environment.
 */
import { isStepError } from '../../functions/domain/errors.ts';
import type { AuthorizationServer } from '../ehr/authorization-server.ts';
import { readHead } from '../ehr/request.ts';
import { type HttpHandler, readBody, send } from '../http/http-messages.ts';
import type { ExternalEhr } from './external-ehr.ts';

export interface ForwardOptions {
  ehr: ExternalEhr;
  /** The base URL by which the server knows itself. */
  ownBase: string;
  /** Where this handler is mounted: the base URL that the handlers use. */
  localBase: string;
  gate: AuthorizationServer['gate'];
  /** Refuses everything that would write. */
  isReadOnly: boolean;
}

const SENT_ON = ['accept', 'cache-control', 'content-type', 'if-match', 'if-none-exist', 'if-none-match', 'prefer'];
const SENT_BACK = ['content-type', 'etag', 'last-modified', 'location', 'retry-after'];
const FHIR_JSON = 'application/fhir+json';

/**
 * Forwards each request with the external server's Authorization. Absolute addresses are rewritten both ways, so that a
 * page link or a fullUrl stays below the base that its reader knows.
 */
export function forwardTo({ ehr, ownBase, localBase, gate, isReadOnly }: ForwardOptions): HttpHandler {
  const inbound = rebased([ownBase, ehr.baseUrl], localBase);
  const outbound = rebased([localBase], ownBase);

  return async (req, res) => {
    const text = (await readBody(req)).toString();
    const head = { ...readHead(req), body: parsed(text) };
    const refusal = gate(head);
    if (refusal !== null) return void res.writeHead(refusal.status, refusal.headers).end(refusal.body);
    if (isReadOnly && !isReading(head.method, head.url, head.body)) {
      return send(res, 403, FHIR_JSON, outcome('forbidden', 'A dry run writes nothing.'));
    }
    const headers = SENT_ON.flatMap((name) => {
      const value = req.headers[name];
      return typeof value === 'string' ? [[name, outbound(value)]] : [];
    });
    try {
      const response = await ehr.send({
        method: head.method,
        path: outbound(head.url),
        headers: Object.fromEntries(headers),
        ...(text !== '' && { body: outbound(text) }),
      });
      const body = inbound(await response.text());
      for (const name of SENT_BACK) {
        const value = response.headers.get(name);
        if (value !== null) res.setHeader(name, inbound(value));
      }
      // A refused token is the external server's matter: the handlers' own token is good.
      res.writeHead(response.status === 401 ? 403 : response.status, { 'content-length': Buffer.byteLength(body) });
      res.end(body);
    } catch (error) {
      const [status, code] = isStepError(error) ? [503, error.code] : [502, 'NO_ANSWER'];
      send(res, status, FHIR_JSON, outcome('transient', `The external FHIR server gave no answer (${code}).`));
    }
  };
}

function rebased(from: readonly string[], to: string): (text: string) => string {
  return (text) => {
    let result = text;
    for (const base of from) for (const end of ['/', '?', '"']) result = result.replaceAll(base + end, to + end);
    return result;
  };
}

/** A read, a search, or a batch of nothing else. */
function isReading(method: string, url: string, body: unknown): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (method !== 'POST') return false;
  const [path = ''] = url.split('?');
  if (path.endsWith('_search')) return true;
  const { entry } = Object(body) as { entry?: unknown };
  if (path !== '' || !Array.isArray(entry)) return false;
  return entry.every((each) => each?.request?.method === 'GET');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcome(code: string, text: string): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, details: { text } }],
  });
}
