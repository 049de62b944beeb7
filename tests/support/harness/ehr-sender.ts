/** The EHR as it sends webhooks: signed, and again with the same id where it is told to come later. */
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Webhook } from 'standardwebhooks';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import { WEBHOOK_SECRET_ARN } from '../../../local/settings/environment.ts';

export interface Told {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Delivery {
  /** `webhook-id`; a new one unless told. */
  id?: string;
  /** Raw bytes instead of the event's JSON. */
  body?: string;
  secret?: string;
  headers?: Record<string, string>;
}

export const freshId = () => `msg_${randomUUID().replaceAll('-', '')}`;

/** The headers of Standard Webhooks; signed now, by the machine's clock. */
export function signed(secret: string, id: string, body: string): Record<string, string> {
  const now = new Date(Date.now());
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

/** The secret of a running platform, as an integrator gets at it. */
export async function secretOf(platformUrl: string): Promise<string> {
  const client = new SecretsManagerClient({ endpoint: `${platformUrl}/secretsmanager` });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRET_ARN }));
  client.destroy();
  return JSON.parse(SecretString ?? '').secrets[0];
}

export interface EhrSender {
  /** Sends once. */
  send(event: EhrEvent | null, delivery?: Delivery): Promise<Told>;
  /** Sends until it is decided, as a sender does: a machine that is busy answers 503 first. */
  deliver(event: EhrEvent, delivery?: Delivery): Promise<Told>;
}

/** @param webhooks the base URL, as in endpoints.json */
export function ehrSender(webhooks: string, secret: string): EhrSender {
  async function send(event: EhrEvent | null, delivery: Delivery = {}): Promise<Told> {
    const { id = freshId(), body = JSON.stringify(event) } = delivery;
    const headers = { ...signed(delivery.secret ?? secret, id, body), ...delivery.headers };
    const response = await fetch(`${webhooks}/ehr`, { method: 'POST', body, headers });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  }
  return {
    send,
    async deliver(event, delivery = {}) {
      const same = { ...delivery, id: delivery.id ?? freshId() };
      let told = await send(event, same);
      for (let tries = 1; told.status === 503 && tries < 10; tries++) told = await send(event, same);
      return told;
    },
  };
}
