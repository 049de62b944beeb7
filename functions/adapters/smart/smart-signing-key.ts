/**
 * The key that signs our assertions, out of a JWK Set: its first key. SMART demands RS384 or ES384.
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html#registering-a-client-communicating-public-keys
 */
import type { webcrypto } from 'node:crypto';
import * as z from 'zod/mini';
import { ConfigurationError } from '../../domain/errors.ts';

export interface SigningKey {
  kid: string;
  alg: 'RS384' | 'ES384';
  /** Not extractable: from here on it cannot be printed. */
  key: webcrypto.CryptoKey;
}

const jwkSet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * @param text the JWK Set as JSON
 * @throws ConfigurationError with a code that names the fault and never shows the key
 */
export async function signingKeyOf(text: string): Promise<SigningKey> {
  const jwk = firstKey(text);
  const { kid, alg } = jwk;
  const algorithm = algorithmOf(jwk);
  if (algorithm === null || (alg !== undefined && alg !== algorithm.alg)) {
    throw new ConfigurationError('EHR_KEY_IS_NEITHER_RS384_NOR_ES384');
  }
  if (typeof kid !== 'string' || kid === '') throw new ConfigurationError('EHR_KEY_WITHOUT_KID');
  if (jwk.d === undefined) throw new ConfigurationError('EHR_KEY_IS_PUBLIC');
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm.parameters, false, ['sign']).catch(() => null);
  if (key === null) throw new ConfigurationError('EHR_KEY_UNUSABLE');
  // RFC 7518 §3.3. Only RSA has a modulus.
  const { modulusLength = 2048 } = key.algorithm as Partial<webcrypto.RsaHashedKeyAlgorithm>;
  if (modulusLength < 2048) throw new ConfigurationError('EHR_KEY_UNUSABLE');
  return { kid, alg: algorithm.alg, key };
}

function firstKey(text: string): webcrypto.JsonWebKey & { kid?: unknown } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('EHR_KEY_SECRET_IS_NO_JSON');
  }
  const [first] = z.safeParse(jwkSet, json).data?.keys ?? [];
  if (first === undefined) throw new ConfigurationError('EHR_KEY_SECRET_WITHOUT_KEY');
  return first;
}

function algorithmOf({ kty, crv }: webcrypto.JsonWebKey) {
  if (kty === 'RSA') return { alg: 'RS384', parameters: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' } } as const;
  if (kty === 'EC' && crv === 'P-384') return { alg: 'ES384', parameters: { name: 'ECDSA', namedCurve: crv } } as const;
  return null;
}
