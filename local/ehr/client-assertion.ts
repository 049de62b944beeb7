/**
 * Whether an assertion is the registered client's, made out to this server, fresh, and shown for the first time.
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html#server-considerations
 */
import type { JSONWebKeySet } from 'jose';
import { jwtVerify } from 'jose/jwt/verify';

export interface RegisteredClient {
  id: string;
  /** Public keys. */
  jwks: JSONWebKeySet;
  scopes: readonly string[];
}

/** The assertion is none that counts; the message says why and holds nothing of it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** SMART: "no more than five minutes in the future". */
const FURTHEST_EXPIRY_S = 300;
/** As strict as Keycloak: `iat` is required, at most 10 s ahead and at most 60 s old. */
const FURTHEST_ISSUE_S = 10;
const OLDEST_ISSUE_S = 60;

export type AssertionCheck = (assertion: string) => Promise<void>;

/**
 * @param audience the token endpoint's address
 * @param now real time in milliseconds
 * @returns a check that rejects with AssertionError and remembers each `jti` until its assertion has expired
 */
export function createAssertionCheck(client: RegisteredClient, audience: string, now: () => number): AssertionCheck {
  /** `jti` → `exp` */
  const shown = new Map<string, number>();
  return async (assertion) => {
    const { exp, iat, jti } = await claimsOf(assertion, client, audience, now());
    const seconds = now() / 1000;
    if (exp - seconds > FURTHEST_EXPIRY_S) throw new AssertionError('"exp" is more than five minutes ahead');
    if (iat - seconds > FURTHEST_ISSUE_S) throw new AssertionError('"iat" is more than ten seconds ahead');
    if (seconds - iat > OLDEST_ISSUE_S) throw new AssertionError('"iat" is more than a minute ago');
    for (const [other, end] of shown) if (end < seconds) shown.delete(other);
    if (shown.has(jti)) throw new AssertionError('"jti" was used before');
    shown.set(jti, exp);
  };
}

async function claimsOf(assertion: string, { id, jwks }: RegisteredClient, audience: string, now: number) {
  const keyOf = (header: { kid?: string }) => {
    const jwk = jwks.keys.find(({ kid }) => kid !== undefined && kid === header.kid);
    if (jwk === undefined) throw new AssertionError('"kid" names no registered key');
    return jwk;
  };
  try {
    const { payload } = await jwtVerify(assertion, keyOf, {
      algorithms: ['RS384', 'ES384'],
      typ: 'JWT',
      issuer: id,
      subject: id,
      audience,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    return { exp: Number(payload.exp), iat: Number(payload.iat), jti: String(payload.jti) };
  } catch (error) {
    // The library's messages name a header or a claim, never its value.
    throw error instanceof AssertionError
      ? error
      : new AssertionError(error instanceof Error ? error.message : 'unreadable');
  }
}
