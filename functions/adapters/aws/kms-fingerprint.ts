/**
 * Fingerprints by HMAC-SHA-256 under a key that never leaves KMS. A PIN has only 2³⁴ values, so the key alone keeps a
 * leaked table silent, and access to the table alone does not allow computing fingerprints.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 */
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { AwsUnavailableError } from '../../domain/errors.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import { namedError } from './aws-errors.ts';

/** HMAC-SHA-256's 256 bits. */
const MAC_BYTES = 32;

export interface KmsOptions {
  client: KMSClient;
  /** Of a key of type HMAC_256. */
  keyArn: string;
  /** Ends with the step's deadline. */
  signal: AbortSignal;
}

/** To be made for one call of a step: within it the same value is asked for once, since each GenerateMac is paid for. */
export function createKmsFingerprint({ client, keyArn, signal }: KmsOptions): Fingerprint {
  const known = new Map<string, string>();

  async function generate(value: string): Promise<string> {
    const Message = Buffer.from(value);
    const command = new GenerateMacCommand({ KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256', Message });
    let mac: Uint8Array | undefined;
    try {
      mac = (await client.send(command, { abortSignal: signal })).Mac;
    } catch (error) {
      throw namedError(error);
    }
    if (mac?.length !== MAC_BYTES) throw new AwsUnavailableError('ANSWER_WITHOUT_MAC');
    return Buffer.from(mac).toString('base64url');
  }

  return {
    async of(value) {
      const fingerprint = known.get(value) ?? (await generate(value));
      known.set(value, fingerprint);
      return fingerprint;
    },
  };
}
