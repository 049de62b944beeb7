/**
 * Access to the EHR by SMART Backend Services: a signed assertion for a token of some minutes. To be made once per process:
 * it keeps token and key, and its callers share one request.
 * https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import * as z from 'zod/mini';
import { EhrRejectedError, EhrUnavailableError } from '../../domain/errors.ts';
import { askJson, discoverTokenEndpoint, type JsonAnswer } from './smart-http.ts';
import { type SigningKey, signingKeyOf } from './smart-signing-key.ts';

/** Key, discovery and token together; it leaves some seconds of a step's 15 to the chart. */
export const TOKEN_REQUEST_MS = 8_000;
/** Half of the five minutes that SMART allows: the server's clock may be as far off, either way. */
const ASSERTION_LIFE_S = 150;
/** A token is not used in its last seconds: a request of 10 s that begins with it is to end with it. */
const EXPIRY_MARGIN_S = 30;
/** SMART's recommended life of a token, for a server that does not tell. */
const USUAL_LIFE_S = 300;

export interface SmartOptions {
  /** Base URL of the FHIR endpoint, with or without a final slash. */
  baseUrl: string;
  clientId: string;
  /** Separated by spaces. */
  scopes: string;
  /** The JWK Set with private keys, as JSON. Ends with `signal`. */
  readKey(signal: AbortSignal): Promise<string>;
  /** Real time in milliseconds since the epoch: the server's clock is no practice's. */
  now(): number;
  newId(): string;
}

/**
 * The value of an Authorization header. `refused` is the one that the EHR has just answered with 401, or null. The wait ends with
 * `signal`, what is waited for does not: others may wait for it, too.
 */
export type Authorization = (signal: AbortSignal, refused: string | null) => Promise<string>;

interface Token {
  header: string;
  /** Milliseconds since the epoch. */
  usableUntil: number;
}

/** With a digest of the secret it was read from. */
type KnownKey = SigningKey & { digest: string };

/**
 * Throws EhrUnavailableError and EhrThrottledError (both retried), EhrRejectedError, ConfigurationError, and what `readKey` throws.
 */
export function createSmartAuthorization(options: SmartOptions): Authorization {
  let token: Token | null = null;
  let key: KnownKey | null = null;
  let pending: { since: number; token: Promise<Token> } | null = null;

  function begin() {
    const begun = { since: options.now(), token: request(AbortSignal.timeout(TOKEN_REQUEST_MS)) };
    const over = () => {
      if (pending === begun) pending = null;
    };
    begun.token.then((granted) => {
      token = granted;
      over();
    }, over);
    return begun;
  }

  async function request(signal: AbortSignal): Promise<Token> {
    const cached = key;
    const [endpoint, signing] = await Promise.all([
      discoverTokenEndpoint(options.baseUrl, signal),
      cached ?? read(signal),
    ]);
    let askedAt = options.now();
    let answer = await ask(endpoint, signing, signal);
    if (isInvalidClient(answer) && cached !== null) {
      // The key may have been replaced since it was read.
      const current = await read(signal);
      askedAt = options.now();
      if (current.digest !== cached.digest) answer = await ask(endpoint, current, signal);
    }
    if (isInvalidClient(answer)) key = null;
    return tokenOf(answer, askedAt);
  }

  async function read(signal: AbortSignal): Promise<KnownKey> {
    const text = await options.readKey(signal);
    const digest = createHash('sha256').update(text).digest('base64');
    key = { ...(await signingKeyOf(text)), digest };
    return key;
  }

  async function ask(endpoint: string, { kid, alg, key: privateKey }: SigningKey, signal: AbortSignal) {
    const { clientId, scopes } = options;
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(endpoint)
      .setJti(options.newId())
      // Optional in SMART; Keycloak refuses an assertion without it.
      .setIssuedAt(Math.floor(options.now() / 1000))
      .setExpirationTime(Math.floor(options.now() / 1000) + ASSERTION_LIFE_S)
      .sign(privateKey);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: scopes,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    return askJson('TOKEN', endpoint, { method: 'POST', headers: { accept: 'application/json' }, body, signal });
  }

  return async (signal, refused) => {
    if (token !== null && (token.header === refused || options.now() >= token.usableUntil)) token = null;
    if (token !== null) return token.header;
    if (signal.aborted) throw tooLate();
    // A request older than its own limit was frozen with its Lambda and gets no answer.
    if (pending === null || options.now() - pending.since >= TOKEN_REQUEST_MS) pending = begin();
    return (await within(signal, pending.token)).header;
  };
}

function isInvalidClient({ body }: JsonAnswer): boolean {
  return body.error === 'invalid_client';
}

const grantedToken = z.object({
  // RFC 6750 §2.1. Whatever else it held would be told by the error that refuses it as a header.
  access_token: z.string().check(z.regex(/^[A-Za-z0-9._~+/-]+=*$/)),
  token_type: z.string().check(z.regex(/^bearer$/i)),
});

function tokenOf(answer: JsonAnswer, askedAt: number): Token {
  const granted = z.safeParse(grantedToken, answer.body);
  if (!answer.ok || 'error' in answer.body) throw refusalOf(answer);
  if (!granted.success) throw new EhrUnavailableError('TOKEN_ANSWER_IS_NO_TOKEN');
  // A number; some servers write it as a text.
  const told = Number(answer.body.expires_in);
  const life = told > 0 ? told : USUAL_LIFE_S;
  const usable = life - Math.min(EXPIRY_MARGIN_S, life / 2);
  return { header: `Bearer ${granted.data.access_token}`, usableUntil: askedAt + usable * 1000 };
}

/** RFC 6749 §5.2. Any other text could be anything, also what we sent. */
const REFUSALS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
];
/** RFC 6749 §4.1.2.1: said by some token endpoints, too. */
const PASSING = ['server_error', 'temporarily_unavailable'];

function refusalOf({ status, body }: JsonAnswer): Error {
  const said = [...REFUSALS, ...PASSING].find((each) => each === body.error);
  const code = `TOKEN_HTTP_${status}${said === undefined ? '' : `_${said}`}`;
  return said !== undefined && PASSING.includes(said) ? new EhrUnavailableError(code) : new EhrRejectedError(code);
}

/** Waits for `work` until `signal` aborts; the work goes on. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(tooLate());
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function tooLate(): Error {
  return new EhrUnavailableError('TOKEN_NO_ANSWER_IN_TIME');
}
