/** The practice's policy and what belongs to the process: randomness, metrics, the key for fingerprints, time. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createKmsFingerprint } from '../../adapters/aws/kms-fingerprint.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Random } from '../../ports/random.ts';
import type { Call } from '../call.ts';
import { policyFile } from '../config.ts';
import { createMetrics } from '../metrics.ts';
import { type Policy, readPolicy } from '../policy.ts';
import { kms } from './clients.ts';
import { once } from './once.ts';

const readPolicyOnce = /* @__PURE__ */ once(() => readPolicy(policyFile()));

/** Read at its first use, so that a page can be shown in the patient's language even if another setting is wrong. */
export function policy(): Policy {
  return readPolicyOnce();
}

export function random(): Random {
  return { randomInt: (max) => randomInt(max), newId: () => randomUUID(), bytes: (count) => randomBytes(count) };
}

export function fingerprint({ config, signal }: Call<'fingerprintKeyArn'>): Fingerprint {
  return createKmsFingerprint({ client: kms(), keyArn: config.fingerprintKeyArn, signal });
}

export function metrics(): Metrics {
  return createMetrics(() => policy().locations.map(({ organization }) => organization.slice('Organization/'.length)));
}

/** Milliseconds since the call began, monotonic. */
export function elapsed(): () => number {
  const begun = performance.now();
  return () => performance.now() - begun;
}
