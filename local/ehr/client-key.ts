/** Portal PIN's client key for the EHR, as a practice creates it when it registers the service. */

import type { JSONWebKeySet } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';

export interface ClientKey {
  /** The JWK Set with the private key, as JSON: for the secret. */
  privateJwks: string;
  /** For the EHR. */
  publicJwks: JSONWebKeySet;
}

/** A fresh ES384 key; RSA would take up to a second. */
export async function createClientKey(): Promise<ClientKey> {
  const alg = 'ES384';
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const named = { kid: await calculateJwkThumbprint(publicJwk), alg, use: 'sig' };
  return {
    privateJwks: JSON.stringify({ keys: [{ ...(await exportJWK(privateKey)), ...named }] }),
    publicJwks: { keys: [{ ...publicJwk, ...named }] },
  };
}
