/**
 * PinLapsed: the table's stream, filtered to TTL removals of PIN items, 30 days after the signing (P2, P8). TTL deletes
 * late, so this is a head start and never the clock: what it misses, the sweep finds.
 */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { pauseFor } from '../domain/batch/sweep.ts';
import { fhirId } from '../domain/case/state-data.ts';
import { StepContractError } from '../domain/errors.ts';
import type { Pause } from '../ports/clock.ts';
import { callUntil, portsOf } from '../runtime/call.ts';
import { clock, pause } from '../runtime/clock.ts';
import { logStep } from '../runtime/logger.ts';
import { executions } from '../runtime/providers/executions.ts';
import { elapsed, policy } from '../runtime/providers/practice.ts';
import { caseRecords, pauseSwitch, staffRequests, sweepRecords } from '../runtime/providers/records.ts';
import { failureOf } from '../runtime/step-handler.ts';
import { type LapsedPin, type LapsePorts, takeLapse } from '../usecases/batch/take-lapse.ts';

/** A batch's records share 50 s; its Lambda has 60. */
const DEADLINE_MS = 50_000;

const text = <T extends z.ZodMiniType<string>>(schema: T) => z.object({ S: schema });
const removedPin = z.object({
  pk: text(z.string().check(z.regex(/^PATIENT#[A-Za-z0-9.-]{1,64}$/))),
  sk: text(z.literal('PIN')),
  document: text(fhirId),
  expiresAt: text(z.iso.datetime()),
});

/** The PIN of a stream record; an unexpected shape throws a StepContractError without its content. */
function lapsedPin(record: DynamoDBRecord): LapsedPin {
  const image = z.safeParse(removedPin, record.dynamodb?.OldImage);
  if (record.eventName !== 'REMOVE' || !image.success) throw new StepContractError('NO_REMOVED_PIN');
  const { pk, document, expiresAt } = image.data;
  return { patientId: pk.S.slice('PATIENT#'.length), document: document.S, expiresAt: expiresAt.S };
}

/** Starts at the sweep's rate; what the deadline leaves no time for is left to the sweep. Failed records are delivered again. */
export async function pinsLapsed(
  ports: LapsePorts & { practice: { sweep: { startsPerMinute: number } }; pause: Pause },
  records: readonly DynamoDBRecord[],
  elapsed: () => number,
): Promise<DynamoDBBatchResponse> {
  const batchItemFailures: DynamoDBBatchResponse['batchItemFailures'] = [];
  let started = 0;
  for (const record of records) {
    const wait = pauseFor(started, ports.practice.sweep.startsPerMinute, elapsed());
    if (elapsed() + wait > DEADLINE_MS) break;
    await ports.pause(wait);
    try {
      const pin = lapsedPin(record);
      const decision = await takeLapse(ports, pin);
      if (decision === 'STARTED') started += 1;
      logStep('step ended', { step: 'PinLapsed', patientId: pin.patientId, due: decision });
    } catch (error) {
      logStep('step failed', { step: 'PinLapsed', ...failureOf(error) });
      batchItemFailures.push({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' });
    }
  }
  return { batchItemFailures };
}

const PORTS = {
  cases: caseRecords,
  staffRequests,
  executions,
  pauseSwitch,
  sweeps: sweepRecords,
  clock,
  pause: () => pause,
  practice: policy,
};

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const ports = portsOf<Parameters<typeof pinsLapsed>[0]>(PORTS, callUntil(AbortSignal.timeout(DEADLINE_MS)));
  return pinsLapsed(ports, event.Records, elapsed());
}
