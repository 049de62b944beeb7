/**
 * EhrWebhook: `POST /webhooks/ehr`, by Standard Webhooks. Verifies the sender before it reads the content, decides,
 * and answers with the decision; a repeated one gets the same answer. docs/openapi/ehr-webhooks.json.
 */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { CLOCK_TOLERANCE_MS } from '../domain/chart/expiry.ts';
import type { WebhookSignatures } from '../ports/webhook/webhooks.ts';
import { clock } from '../runtime/clock.ts';
import { type HttpAnswer, httpHandler } from '../runtime/http-handler.ts';
import { pinReader } from '../runtime/providers/chart.ts';
import { executions } from '../runtime/providers/executions.ts';
import { fingerprint, metrics, policy, random } from '../runtime/providers/practice.ts';
import {
  caseRecords,
  pauseSwitch,
  pinReservations,
  staffRequests,
  trackedPins,
  webhookRecords,
} from '../runtime/providers/records.ts';
import { webhookSignatures } from '../runtime/providers/webhooks.ts';
import { webhookProblem } from '../runtime/webhook-problems.ts';
import { notVerified, readEvent, readWebhook } from '../runtime/webhook-request.ts';
import { type TakePorts, takeWebhook } from '../usecases/webhook/take-webhook.ts';

/** Senders are promised an answer within 2 s; the rest is the way there and back. */
const DEADLINE_MS = 1_800;

type Ports = TakePorts & { signatures: WebhookSignatures };

/** Throws a Problem for what is refused, and what EHR, records and executions throw. */
export async function ehrWebhook(ports: Ports, request: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  const webhook = readWebhook(request);
  if (!(await ports.signatures.verify(webhook))) throw notVerified();
  const event = readEvent(webhook.body, ports.clock.now() + CLOCK_TOLERANCE_MS);
  const taken = await takeWebhook(ports, { ...webhook, event });
  if (taken.kind === 'OTHER_BODY') throw webhookProblem('other-body');
  if (taken.kind === 'TOO_MANY') {
    throw webhookProblem('too-many', { headers: { 'retry-after': String(taken.retryAfterSeconds) } });
  }
  const { decision, execution } = taken.answer;
  const log = { patientId: event.data.patientId, execution, due: decision };
  return { status: 202, body: taken.answer, log };
}

export const handler = httpHandler({
  name: 'EhrWebhook',
  deadlineMs: DEADLINE_MS,
  problem: webhookProblem,
  ports: {
    signatures: webhookSignatures,
    webhooks: webhookRecords,
    ehr: pinReader,
    cases: caseRecords,
    pins: trackedPins,
    reservations: pinReservations,
    staffRequests,
    executions,
    pauseSwitch,
    fingerprint,
    clock,
    random,
    metrics,
    practice: policy,
  },
  run: ehrWebhook,
});
