/**
 * EmailFeedback: what SES says of mails (delivery, bounce, complaint, rejection), published by the configuration set to EventBridge
 * and kept in a queue until it is taken. An event holds the address and the mail's headers: nothing of them is logged or stored.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { type EmailEvent, emailEventOf, sesEvent } from '../domain/email/email-event.ts';
import { StepContractError } from '../domain/errors.ts';
import { clock } from '../runtime/clock.ts';
import {
  executions,
  fingerprint,
  frontDesk,
  metrics,
  pauseSwitch,
  pinRecords,
  policy,
  sweepRecords,
} from '../runtime/container.ts';
import { logStep } from '../runtime/logger.ts';
import { failureOf } from '../runtime/step-handler.ts';
import { type EmailEventPorts, takeEmailEvent } from '../usecases/email/take-email-event.ts';

/** A batch's events share 25 s; its Lambda has 30. */
const DEADLINE_MS = 25_000;

/** StepContractError for what is no event of SES; it says where, and nothing of what was there. */
function emailEvent({ body }: SQSRecord): EmailEvent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new StepContractError('NO_JSON');
  }
  const event = z.safeParse(sesEvent, json);
  if (!event.success) {
    throw new StepContractError(`NO_SES_EVENT: ${event.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
  }
  return emailEventOf(event.data);
}

/** Each event by itself; those that failed are told again, and come to the dead letters when that has no end. */
export async function emailsFedBack(ports: EmailEventPorts, records: readonly SQSRecord[]): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of records) {
    try {
      const { decision, patientId, execution } = await takeEmailEvent(ports, emailEvent(record));
      logStep('step ended', { step: 'EmailFeedback', patientId, execution, due: decision });
    } catch (error) {
      logStep('step failed', { step: 'EmailFeedback', ...failureOf(error) });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const call = { signal: AbortSignal.timeout(DEADLINE_MS) };
  const ports = {
    ehr: frontDesk(call),
    records: pinRecords(call),
    executions: executions(call),
    pauseSwitch: pauseSwitch(call),
    sweeps: sweepRecords(call),
    fingerprint: fingerprint(call),
    clock: clock(),
    metrics: metrics(),
    practice: policy(),
  };
  return emailsFedBack(ports, event.Records);
}
