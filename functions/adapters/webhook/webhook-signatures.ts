/**
 * Signatures by the Standard Webhooks library: HMAC-SHA-256 over id, timestamp and body, compared in constant time,
 * five minutes either way by the machine's clock.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-signatures
 */
import { Webhook } from 'standardwebhooks';
import type { SignedWebhook, WebhookSecrets, WebhookSignatures } from '../../ports/webhook/webhooks.ts';

export function createWebhookSignatures(secrets: WebhookSecrets): WebhookSignatures {
  return {
    async verify(webhook) {
      if (isSignedByOneOf(await secrets.read(), webhook)) return true;
      const again = await secrets.readAgain();
      return again !== null && isSignedByOneOf(again, webhook);
    },
  };
}

/** Whatever the library throws, the webhook is not verified. */
function isSignedByOneOf(secrets: readonly string[], { id, timestamp, signature, body }: SignedWebhook): boolean {
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}
