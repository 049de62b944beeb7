/** What EventBridge Scheduler and the table's stream do on AWS, at the moment the clock is moved. */
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { Removal } from '../dynamodb/dynamodb-stream.ts';
import type { StepFunctions } from '../stepfunctions/step-functions.ts';

/** As the stream's event source mapping is deployed. */
const BATCH = 10;
/** A batch that fails is delivered again so often, as deployed. */
const DELIVERIES = 6;

type LapseHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/** Starts one sweep, as the schedule does, and waits until it and all that it started have ended. */
export async function runSweep(stepFunctions: StepFunctions, sweepArn: string): Promise<void> {
  await stepFunctions.settled();
  const client = new SFNClient({});
  const input = JSON.stringify({ dryRun: false });
  await client.send(new StartExecutionCommand({ stateMachineArn: sweepArn, input }));
  client.destroy();
  await stepFunctions.settled();
}

/** Hands removed PINs to the function behind the stream's filter, batch by batch, and what failed again. */
export async function deliverLapses(removals: readonly Removal[], handler: LapseHandler): Promise<void> {
  const pins = removals.filter((removal) => removal.dynamodb?.Keys?.sk?.S === 'PIN');
  for (let first = 0; first < pins.length; first += BATCH) {
    let batch = pins.slice(first, first + BATCH);
    for (let delivery = 0; delivery < DELIVERIES && batch.length > 0; delivery++) {
      const { batchItemFailures } = await handler({ Records: batch });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      // A stream is delivered again from the first failed record on.
      const lowest = batch.findIndex((record) => failed.has(record.dynamodb?.SequenceNumber ?? ''));
      batch = lowest === -1 ? [] : batch.slice(lowest);
    }
  }
}
