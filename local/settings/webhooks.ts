import { createHmac } from 'node:crypto';

/** Standard Webhooks' secrets have 24 to 64 bytes; this one 32. Derived, so that kept data keep it. */
export function localWebhookSecret(key: string): string {
  return `whsec_${createHmac('sha256', Buffer.from(key, 'base64')).update('ehr webhooks').digest('base64')}`;
}
