/** A FHIR server outside this machine's platform, as `npm start -- --ehr` uses it. */

/** The server cannot be used as it is; the message says why and the way out, and quotes nothing the server sent. */
export class ExternalEhrError extends Error {
  override readonly name = 'ExternalEhrError';
}

/**
 * The value of an Authorization header, or null for none. `refused` is the value that the server just answered with 401.
 */
export type Authorize = (signal: AbortSignal, refused: string | null) => Promise<string | null>;

export interface ExternalRequest {
  method: string;
  /** Below the base, with the query: `Patient/1`, `?_getpages=…`, or empty for a batch or transaction. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface ExternalEhr {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Sends one authorized request. A token that the server refuses with 401 is renewed once. Follows no redirect. */
  send(request: ExternalRequest): Promise<Response>;
}

/** Real milliseconds; a large transaction takes a server some seconds. */
const REQUEST_MS = 60_000;

export function createExternalEhr(baseUrl: string, authorize: Authorize): ExternalEhr {
  const base = baseUrl.replace(/\/+$/, '');

  async function send({ method, path, headers = {}, body }: ExternalRequest): Promise<Response> {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const url = path === '' || path.startsWith('?') ? `${base}${path}` : `${base}/${path}`;
    const once = (authorization: string | null) =>
      fetch(url, {
        method,
        redirect: 'manual',
        signal,
        headers: { accept: 'application/fhir+json', ...headers, ...(authorization !== null && { authorization }) },
        ...(body !== undefined && { body }),
      });
    const authorization = await authorize(signal, null);
    const response = await once(authorization);
    if (response.status !== 401 || authorization === null) return response;
    const renewed = await authorize(signal, authorization);
    return renewed === authorization ? response : once(renewed);
  }

  return { baseUrl: base, send };
}
