/**
 * The local KMS: one HMAC_256 key that leaves it as little as on AWS, and GenerateMac.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 */
import { createHmac } from 'node:crypto';
import { ServiceError, serveAwsJson } from '../http/aws-json.ts';
import type { HttpHandler } from '../http/http-messages.ts';

export interface Kms {
  /** Speaks AWS's protocol; mount it under any prefix. */
  handle: HttpHandler;
  /** How many requests there were since the start: AWS takes money for each, also for one that is refused. */
  readonly calls: number;
}

export interface KmsOptions {
  keyArn: string;
  /** 32 bytes in base64. */
  keyMaterial: string;
}

/** AWS's own limit. */
const MAX_MESSAGE_BYTES = 4096;

/** A KMS with one key. */
export function createKms({ keyArn, keyMaterial }: KmsOptions): Kms {
  const material = Buffer.from(keyMaterial, 'base64');
  let calls = 0;

  function generateMac(request: unknown): object {
    calls += 1;
    const { KeyId, MacAlgorithm, Message } = (request ?? {}) as Record<string, unknown>;
    const message = Buffer.from(typeof Message === 'string' ? Message : '', 'base64');
    if (message.length === 0 || message.length > MAX_MESSAGE_BYTES) {
      throw new ServiceError(
        'ValidationException',
        `Message has ${message.length} bytes, not 1 to ${MAX_MESSAGE_BYTES}`,
      );
    }
    // By its ARN, or by the key id at its end.
    if (KeyId !== keyArn && KeyId !== keyArn.slice(keyArn.indexOf('/') + 1)) {
      throw new ServiceError('NotFoundException', `Key '${KeyId}' does not exist`);
    }
    if (MacAlgorithm !== 'HMAC_SHA_256') {
      throw new ServiceError(
        'InvalidKeyUsageException',
        `Algorithm ${MacAlgorithm} is incompatible with key spec HMAC_256.`,
      );
    }
    return { KeyId: keyArn, Mac: createHmac('sha256', material).update(message).digest('base64'), MacAlgorithm };
  }

  return {
    handle: serveAwsJson({
      name: 'KMS',
      target: 'TrentService.',
      version: '1.1',
      operations: { GenerateMac: generateMac },
    }),
    get calls() {
      return calls;
    },
  };
}
