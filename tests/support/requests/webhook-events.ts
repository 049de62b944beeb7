/** Requests to the webhook's handler as API Gateway hands them over, signed by a secret of their own. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createWebhookSignatures } from '../../../functions/adapters/webhook/webhook-signatures.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import { httpHandler } from '../../../functions/runtime/http-handler.ts';
import { webhookProblem } from '../../../functions/runtime/webhook-problems.ts';
import { ehrWebhook } from '../../../functions/triggers/ehr-webhook.ts';
import { freshId, signed } from '../harness/ehr-sender.ts';
import { type RequestMore, requestOf } from './http-events.ts';

type Ports = Parameters<typeof ehrWebhook>[0];

export const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

export const signatures = createWebhookSignatures({ read: async () => [SECRET], readAgain: async () => null });

/** A request that is signed as it is; then `more` spoils it. */
export function signedRequest(
  event: EhrEvent | string,
  more: RequestMore = {},
  id = freshId(),
): APIGatewayProxyEventV2 {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return requestOf(body, signed(SECRET, id, body), more);
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
  /** The body as it is sent. */
  text: string;
}

/** The handler over these ports, with everything that is around it on AWS. */
export function handling(ports: Ports, deadlineMs = 60_000): (request: APIGatewayProxyEventV2) => Promise<Answered> {
  const run = (_ports: object, request: APIGatewayProxyEventV2) => ehrWebhook(ports, request);
  const handler = httpHandler({ name: 'EhrWebhook', deadlineMs, problem: webhookProblem, ports: {}, run });
  return async (request) => {
    const invoke = handler as (event: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
    const { statusCode = 0, headers = {}, body: text = '' } = await invoke(request, {} as Context);
    return { status: statusCode, headers, body: JSON.parse(text), text };
  };
}
