/** Verifies the EHR's webhooks with the secrets of Secrets Manager, kept between invocations. */
import { createWebhookSecrets, type KeptSecrets } from '../../adapters/webhook/webhook-secrets.ts';
import { createWebhookSignatures } from '../../adapters/webhook/webhook-signatures.ts';
import type { WebhookSignatures } from '../../ports/webhook/webhooks.ts';
import type { Call } from '../call.ts';
import { secretsManager } from './clients.ts';
import { once } from './once.ts';

const keptWebhookSecrets = /* @__PURE__ */ once((): KeptSecrets => ({ secrets: null, askedAt: 0 }));

export function webhookSignatures({ config, signal }: Call<'webhookSecretArn'>): WebhookSignatures {
  const secrets = createWebhookSecrets({
    client: secretsManager(),
    secretArn: config.webhookSecretArn,
    signal,
    kept: keptWebhookSecrets(),
    elapsed: () => performance.now(),
  });
  return createWebhookSignatures(secrets);
}
