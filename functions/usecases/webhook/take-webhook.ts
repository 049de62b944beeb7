/**
 * One webhook, however often it is delivered: RECEIVED, then DECIDED with an answer that stays. One that crashed in
 * between is decided by its repetition.
 */

import type { ReminderRule } from '../../domain/case/reminder.ts';
import type { EhrEvent, WebhookAnswer } from '../../domain/webhook/ehr-event.ts';
import type { WebhookRecord, WebhookRecords } from '../../ports/webhook/webhooks.ts';
import { decideEhrEvent, type EventPorts } from './decide-ehr-event.ts';

export interface Webhook {
  id: string;
  /** SHA-256 of the raw body. */
  digest: string;
  event: EhrEvent;
}

export type TakePorts = EventPorts & {
  webhooks: WebhookRecords;
  practice: ReminderRule & { webhooksPerMinute: number };
};

/** OTHER_BODY: the id was another webhook's. TOO_MANY: this minute's are used up, and this one is not noted. */
export type Taken =
  | { kind: 'ANSWER'; answer: WebhookAnswer }
  | { kind: 'OTHER_BODY' }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number };

/** Throws what EHR, records and executions throw; the sender then repeats, and nothing is lost or done twice. */
export async function takeWebhook(ports: TakePorts, { id, digest, event }: Webhook): Promise<Taken> {
  const { webhooks, clock } = ports;
  const known = await webhooks.read(id);
  if (known !== null && known.digest !== digest) return { kind: 'OTHER_BODY' };
  if (known?.answer) return { kind: 'ANSWER', answer: known.answer };
  const now = clock.now();
  if ((await webhooks.count(now)) > ports.practice.webhooksPerMinute) {
    return { kind: 'TOO_MANY', retryAfterSeconds: 60 - Math.floor((now / 1000) % 60) };
  }
  const came = known ?? (await receive(ports, { id, digest, event }, now));
  if (came.digest !== digest) return { kind: 'OTHER_BODY' };
  if (came.answer) return { kind: 'ANSWER', answer: came.answer };
  const { answer: _none, ...record } = came;
  const answer = await decideEhrEvent(ports, { webhookId: id, attempt: came.attempt, event });
  return { kind: 'ANSWER', answer: await webhooks.decide(record, answer, now) };
}

async function receive(ports: TakePorts, { id, digest, event }: Webhook, now: number): Promise<WebhookRecord> {
  const account = await ports.cases.read(event.data.patientId);
  return ports.webhooks.receive({ id, digest, type: event.type, attempt: account?.attempt ?? 0 }, now);
}
