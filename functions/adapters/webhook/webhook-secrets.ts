/** WebhookSecrets in Secrets Manager: `{ "secrets": ["whsec_…", …] }`, where any may have signed. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { ConfigurationError } from '../../domain/errors.ts';
import type { WebhookSecrets } from '../../ports/webhook/webhooks.ts';
import { readSecret } from '../aws/secrets-manager.ts';

/** A secret that was taken back stops to verify this soon, at the latest. */
const FRESH_MS = 5 * 60 * 1000;
/** A new one verifies this soon, while bad requests cost one call a minute and not one each. */
const AGAIN_MS = 60 * 1000;

/** Standard Webhooks asks for 24 to 64 bytes. */
const secret = z.string().check(
  z.regex(/^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  z.refine((text) => isLongEnough(Buffer.from(text.slice('whsec_'.length), 'base64').length)),
);
const isLongEnough = (bytes: number) => bytes >= 24 && bytes <= 64;
/** Two while they are rotated; ten, because each costs an HMAC over every bad request. */
const secretValue = z.strictObject({ secrets: z.array(secret).check(z.minLength(1), z.maxLength(10)) });

/** What is kept between invocations. */
export interface KeptSecrets {
  secrets: readonly string[] | null;
  /** When they were asked for, by `elapsed`. */
  askedAt: number;
}

export interface WebhookSecretsOptions {
  client: SecretsManagerClient;
  secretArn: string;
  signal: AbortSignal;
  kept: KeptSecrets;
  /** Milliseconds of real time, from whenever. */
  elapsed(): number;
}

export function createWebhookSecrets(options: WebhookSecretsOptions): WebhookSecrets {
  const { client, secretArn, signal, kept, elapsed } = options;

  async function ask(): Promise<readonly string[]> {
    kept.askedAt = elapsed();
    kept.secrets = secretsIn(await readSecret({ client, arn: secretArn, signal }));
    return kept.secrets;
  }

  return {
    read: async () => (kept.secrets !== null && elapsed() - kept.askedAt < FRESH_MS ? kept.secrets : ask()),
    readAgain: async () => (elapsed() - kept.askedAt < AGAIN_MS ? null : ask()),
  };
}

function secretsIn(text: string): readonly string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('WEBHOOK_SECRET_IS_NO_JSON');
  }
  const value = z.safeParse(secretValue, json);
  if (!value.success) throw new ConfigurationError('MALFORMED_WEBHOOK_SECRET');
  return value.data.secrets;
}
