/** The ports over the one DynamoDB table. */
import { createDynamoDbCaseLists } from '../../adapters/dynamodb/dynamodb-case-lists.ts';
import { createDynamoDbCaseRecords } from '../../adapters/dynamodb/dynamodb-case-records.ts';
import { createDynamoDbDiscoveries } from '../../adapters/dynamodb/dynamodb-discoveries.ts';
import { createDynamoDbDueCases } from '../../adapters/dynamodb/dynamodb-due-cases.ts';
import { createDynamoDbOnceRecords } from '../../adapters/dynamodb/dynamodb-once-records.ts';
import { createDynamoDbPauseSwitch } from '../../adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbPickupRecords } from '../../adapters/dynamodb/dynamodb-pickup-records.ts';
import { createDynamoDbPinReservations } from '../../adapters/dynamodb/dynamodb-pin-reservations.ts';
import { createDynamoDbPracticeDecisions } from '../../adapters/dynamodb/dynamodb-practice-decisions.ts';
import { createDynamoDbSentMessages } from '../../adapters/dynamodb/dynamodb-sent-messages.ts';
import { createDynamoDbStaffRequests } from '../../adapters/dynamodb/dynamodb-staff-requests.ts';
import { createDynamoDbSweepRecords } from '../../adapters/dynamodb/dynamodb-sweep-records.ts';
import { createDynamoDbTrackedPins } from '../../adapters/dynamodb/dynamodb-tracked-pins.ts';
import { createDynamoDbWebhookRecords } from '../../adapters/dynamodb/dynamodb-webhook-records.ts';
import { SHARDS } from '../../adapters/dynamodb/table.ts';
import type { RecordUnreadableError } from '../../domain/errors.ts';
import type { Discoveries } from '../../ports/batch/discoveries.ts';
import type { PauseSwitch, PracticeDecisions } from '../../ports/batch/practice-records.ts';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import type { CaseLists } from '../../ports/case/case-lists.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { DueCases } from '../../ports/case/due-cases.ts';
import type { OnceRecords } from '../../ports/case/once-records.ts';
import type { PinReservations } from '../../ports/case/pin-reservations.ts';
import type { StaffRequests } from '../../ports/case/staff-requests.ts';
import type { TrackedPins } from '../../ports/case/tracked-pins.ts';
import type { SentMessages } from '../../ports/email/sent-messages.ts';
import type { PickupRecords } from '../../ports/pickup/pickup-records.ts';
import type { WebhookRecords } from '../../ports/webhook/webhooks.ts';
import type { Call } from '../call.ts';
import { logStep } from '../logger.ts';
import { dynamoDb } from './clients.ts';
import { random } from './practice.ts';

type TableCall = Call<'table'>;

function tableOf({ config, signal }: TableCall) {
  // Logged where it is read: a list or a sweep goes on without the item.
  const onUnreadable = ({ name, code }: RecordUnreadableError) => logStep('step failed', { error: name, code });
  return { client: dynamoDb(), table: config.table, signal, onUnreadable };
}

function tableWithIds(call: TableCall) {
  return { ...tableOf(call), newId: random().newId };
}

export function caseRecords(call: TableCall): CaseRecords {
  return createDynamoDbCaseRecords(tableWithIds(call));
}

export function caseLists(call: TableCall): CaseLists {
  return createDynamoDbCaseLists(tableOf(call));
}

export function dueCases(call: TableCall): DueCases {
  return createDynamoDbDueCases(tableOf(call));
}

/** Partitions of the index of due cases. */
export function shards(): number {
  return SHARDS;
}

export function trackedPins(call: TableCall): TrackedPins {
  return createDynamoDbTrackedPins(tableOf(call));
}

export function pinReservations(call: TableCall): PinReservations {
  return createDynamoDbPinReservations(tableOf(call));
}

export function sentMessages(call: TableCall): SentMessages {
  return createDynamoDbSentMessages(tableOf(call));
}

export function staffRequests(call: TableCall): StaffRequests {
  return createDynamoDbStaffRequests(tableOf(call));
}

export function pickupRecords(call: TableCall): PickupRecords {
  return createDynamoDbPickupRecords(tableWithIds(call));
}

export function pauseSwitch(call: TableCall): PauseSwitch {
  return createDynamoDbPauseSwitch(tableOf(call));
}

export function practiceDecisions(call: TableCall): PracticeDecisions {
  return createDynamoDbPracticeDecisions(tableOf(call));
}

export function sweepRecords(call: TableCall): SweepRecords {
  return createDynamoDbSweepRecords(tableOf(call));
}

export function discoveries(call: TableCall): Discoveries {
  return createDynamoDbDiscoveries(tableWithIds(call));
}

export function webhookRecords(call: TableCall): WebhookRecords {
  return createDynamoDbWebhookRecords(tableOf(call));
}

export function onceRecords(call: TableCall): OnceRecords {
  return createDynamoDbOnceRecords(tableWithIds(call));
}
