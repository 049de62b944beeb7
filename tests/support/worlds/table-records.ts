/** Every record port of a case over one table. */
import {
  type CaseRecordsOptions,
  createDynamoDbCaseRecords,
} from '../../../functions/adapters/dynamodb/dynamodb-case-records.ts';
import { createDynamoDbDueCases } from '../../../functions/adapters/dynamodb/dynamodb-due-cases.ts';
import { createDynamoDbPinReservations } from '../../../functions/adapters/dynamodb/dynamodb-pin-reservations.ts';
import { createDynamoDbSentMessages } from '../../../functions/adapters/dynamodb/dynamodb-sent-messages.ts';
import { createDynamoDbStaffRequests } from '../../../functions/adapters/dynamodb/dynamodb-staff-requests.ts';
import { createDynamoDbTrackedPins } from '../../../functions/adapters/dynamodb/dynamodb-tracked-pins.ts';

export function tableRecords(options: CaseRecordsOptions) {
  return {
    cases: createDynamoDbCaseRecords(options),
    dueCases: createDynamoDbDueCases(options),
    pins: createDynamoDbTrackedPins(options),
    reservations: createDynamoDbPinReservations(options),
    staffRequests: createDynamoDbStaffRequests(options),
    sentMessages: createDynamoDbSentMessages(options),
  };
}

export type TableRecords = ReturnType<typeof tableRecords>;
