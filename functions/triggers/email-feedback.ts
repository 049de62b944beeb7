/**
 * EmailFeedback: what SES says of mails (delivery, bounce, complaint, rejection), published by the configuration set to EventBridge
 * and kept in a queue until it is taken. An event holds the address and the mail's headers: nothing of them is logged or stored.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { type EmailEvent, emailEventOf, sesEvent } from '../domain/email/email-event.ts';
import { StepContractError } from '../domain/errors.ts';
import { callUntil, portsOf } from '../runtime/call.ts';
import { clock } from '../runtime/clock.ts';
import { logStep } from '../runtime/logger.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { executions } from '../runtime/providers/executions.ts';
import { fingerprint, metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords, pauseSwitch, sentMessages, staffRequests, sweepRecords } from '../runtime/providers/records.ts';
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
export async function takeEmailFeedback(
  ports: EmailEventPorts,
  records: readonly SQSRecord[],
): Promise<SQSBatchResponse> {
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

const PORTS = {
  ehr: frontDesk,
  cases: caseRecords,
  staffRequests,
  sentMessages,
  executions,
  pauseSwitch,
  sweeps: sweepRecords,
  fingerprint,
  clock,
  metrics,
  practice: policy,
};

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const ports = portsOf<EmailEventPorts>(PORTS, callUntil(AbortSignal.timeout(DEADLINE_MS)));
  return takeEmailFeedback(ports, event.Records);
}
