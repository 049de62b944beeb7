/** `/local-api`: what the console offers on this machine alone (local-api-contract.ts). */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { toInstant } from '../../functions/domain/time/instant.ts';
import { realTime } from '../../functions/runtime/clock.ts';
import type { EhrSimulator } from '../ehr/simulator.ts';
import { type HttpHandler, readBody, sendJson, sendProblem } from '../http/http-messages.ts';
import type { Mailbox } from '../ses/mailbox.ts';
import {
  chartEditRequest,
  type Trouble,
  troubleRequest,
  type WebhookOrder,
  type WebhookSent,
  webhookOrder,
} from './local-api-contract.ts';
import { createLocalChart } from './local-chart.ts';

export interface LocalApiOptions {
  /** null with an external FHIR server; staff work in its own chart. */
  ehr: EhrSimulator | null;
  mailbox: Mailbox;
  /** The practice's time, ms since the epoch. */
  now: () => number;
  /** Where webhooks are sent to: the base URL, as in endpoints.json. */
  webhooks: string;
  /** By which the EHR signs them. */
  webhookSecret: string;
}

export function serveLocalApi({ ehr, mailbox, now, webhooks, webhookSecret }: LocalApiOptions): HttpHandler {
  const chart = ehr && createLocalChart(ehr, now);
  const send = (order: WebhookOrder) => sendWebhook(`${webhooks}/ehr`, webhookSecret, order, now());

  return async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const [, collection = '', id] = pathname.split('/').map(decodeURIComponent);
    const given = req.method === 'POST' ? json(await readBody(req)) : undefined;
    const noPatient = () => sendProblem(res, 404, 'Not Found', `The chart has no patient ${id}. Search by name or id.`);
    res.setHeader('cache-control', 'no-store');
    if (req.method === 'POST' && collection === 'webhooks' && id === undefined) {
      const order = webhookOrder.safeParse(given);
      if (!order.success) return sendProblem(res, 400, 'Bad Request', z.prettifyError(order.error));
      return sendJson(res, 200, await send(order.data));
    }
    if (ehr === null || chart === null) {
      const detail = 'The chart is in an external FHIR server: look at it and change it there.';
      return sendProblem(res, 409, 'Conflict', detail);
    }
    switch (`${req.method} /${collection}${id === undefined ? '' : '/{id}'}`) {
      case 'GET /chart':
        return sendJson(res, 200, await chart.list(searchParams.get('q') ?? ''));
      case 'GET /chart/{id}': {
        const found = await chart.read(id ?? '');
        return found === null ? noPatient() : sendJson(res, 200, found);
      }
      case 'POST /chart/{id}': {
        const request = chartEditRequest.safeParse(given);
        if (!request.success) return sendProblem(res, 400, 'Bad Request', z.prettifyError(request.error));
        const told = await chart.edit(id ?? '', request.data.edit);
        if (told === null) return noPatient();
        return sendJson(res, 200, { webhook: request.data.isTold ? await send(told) : null });
      }
      case 'POST /trouble': {
        const request = troubleRequest.safeParse(given);
        if (!request.success) return sendProblem(res, 400, 'Bad Request', z.prettifyError(request.error));
        arm(request.data.trouble, ehr, mailbox);
        return sendJson(res, 200, {});
      }
      case 'DELETE /trouble':
        ehr.clearFaults();
        mailbox.heal();
        return sendJson(res, 200, {});
      default:
        return sendProblem(res, 404, 'Not Found', 'Here are /chart, /chart/<patient>, /webhooks and /trouble.');
    }
  };
}

/** Signed by Standard Webhooks with the machine's time, as the EHR does; what happened, happened now in the practice. */
async function sendWebhook(url: string, secret: string, order: WebhookOrder, now: number): Promise<WebhookSent> {
  const body = JSON.stringify({ type: order.type, timestamp: toInstant(now), data: order.data });
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  const sentAt = new Date(realTime());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { headers, body, answer: { status: response.status, body: await response.text() } };
}

/** Arms the requested fault once, for the next request. */
function arm(trouble: Trouble, ehr: EhrSimulator, mailbox: Mailbox): void {
  // The one transaction that holds a Provenance.
  const isSigning = ({ body }: { body: unknown }) => JSON.stringify(body ?? '').includes('"Provenance"');
  const arms: Record<Trouble, () => void> = {
    SIGNING_REFUSED: () => ehr.fail({ route: '', matching: isSigning, fault: { kind: 'status', status: 403 } }),
    EHR_BUSY: () => ehr.fail({ route: 'Patient/:id', times: 3, fault: { kind: 'status', status: 503 } }),
    MAIL_REFUSED: () =>
      mailbox.fail({ kind: 'status', code: 'MessageRejected', message: 'Email address is not verified.' }),
    ANSWER_LOST: () => mailbox.fail({ kind: 'drop', when: 'after' }),
  };
  arms[trouble]();
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
