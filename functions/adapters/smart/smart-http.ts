/**
 * Where to ask for an access token, and JSON over HTTP as an authorization server speaks it. A signed assertion goes to the place that
 * is found here, so the place is checked. No error holds anything that was read.
 * https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known
 */
import { ConfigurationError, EhrRejectedError, EhrThrottledError, EhrUnavailableError } from '../../domain/errors.ts';

/** The server asked, as named in an error's code. */
type SmartEndpoint = 'DISCOVERY' | 'TOKEN';

export interface JsonAnswer {
  status: number;
  /** 2xx. */
  ok: boolean;
  body: Readonly<Record<string, unknown>>;
}

/** One request, answered by a JSON object with 2xx or 4xx; the named error for everything else. No redirect is followed. */
export async function askJson(
  asked: SmartEndpoint,
  url: string,
  init: RequestInit & { signal: AbortSignal },
): Promise<JsonAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const { status, ok } = response;
    const body = jsonObject(await response.text());
    if (status >= 300 && status < 400) throw new EhrRejectedError(`${asked}_HTTP_${status}_REDIRECT`);
    if (status === 429) throw new EhrThrottledError(`${asked}_HTTP_429`);
    if (status >= 500 || status === 408 || status === 425) throw new EhrUnavailableError(`${asked}_HTTP_${status}`);
    if (body !== null) return { status, ok, body };
    if (ok) throw new EhrUnavailableError(`${asked}_ANSWER_IS_NO_JSON`);
    // A gateway that lost its way says 404, too.
    const isLost = status === 404 || status === 410;
    throw isLost ? new EhrUnavailableError(`${asked}_HTTP_${status}`) : new EhrRejectedError(`${asked}_HTTP_${status}`);
  } catch (error) {
    if (isNamed(error)) throw error;
    throw new EhrUnavailableError(`${asked}_${init.signal.aborted ? 'NO_ANSWER_IN_TIME' : 'CONNECTION_FAILED'}`);
  }
}

function isNamed(error: unknown): boolean {
  return [EhrRejectedError, EhrThrottledError, EhrUnavailableError].some((kind) => error instanceof kind);
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** HTTP without TLS only within one machine. */
function isGuarded(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

/**
 * The token endpoint that the EHR names, as it names it: an assertion's audience is compared by its letters. It may be of another
 * host, as it is at many vendors: an assertion is made out to that very address, so a malicious server cannot use it elsewhere.
 * @throws ConfigurationError for a base that is neither https nor of this machine
 * @throws EhrRejectedError TOKEN_ENDPOINT_REFUSED for an address to which nothing signed may go
 */
export async function discoverTokenEndpoint(baseUrl: string, signal: AbortSignal): Promise<string> {
  const base = new URL(baseUrl);
  if (!isGuarded(base)) throw new ConfigurationError('EHR_BASE_URL_WITHOUT_TLS');
  const url = `${baseUrl.replace(/\/+$/, '')}/.well-known/smart-configuration`;
  const { ok, status, body } = await askJson('DISCOVERY', url, { headers: { accept: 'application/json' }, signal });
  if (!ok) throw new EhrRejectedError(`DISCOVERY_HTTP_${status}`);
  const endpoint = body.token_endpoint;
  if (typeof endpoint !== 'string') throw new EhrUnavailableError('DISCOVERY_WITHOUT_TOKEN_ENDPOINT');
  if (!URL.canParse(endpoint) || !isAllowed(new URL(endpoint), base))
    throw new EhrRejectedError('TOKEN_ENDPOINT_REFUSED');
  return endpoint;
}

/** An EHR out there must not send us to what runs on this machine; and RFC 6749 §3.2 wants no fragment. */
function isAllowed(endpoint: URL, base: URL): boolean {
  const isHere = LOOPBACK.has(endpoint.hostname);
  const isPlain = endpoint.username === '' && endpoint.password === '' && !endpoint.href.includes('#');
  return isGuarded(endpoint) && isPlain && (!isHere || LOOPBACK.has(base.hostname));
}
