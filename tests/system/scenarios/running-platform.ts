/** The whole platform with the real handlers and no pauses, and what a test asks of it from outside. One per file. */
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Bundle, FhirResource } from 'fhir/r4';
import type { Account } from '../../../functions/domain/case/account.ts';
import type { TrackedPins } from '../../../functions/ports/case/tracked-pins.ts';
import type { Ehr } from '../../../functions/ports/ehr/ehr.ts';
import type { Fingerprint } from '../../../functions/ports/ehr/fingerprint.ts';
import type { PickupRecords } from '../../../functions/ports/pickup/pickup-records.ts';
import { random } from '../../../functions/runtime/providers/practice.ts';
import { start } from '../../../functions/usecases/case/start.ts';
import { type Tracking, trackPin } from '../../../functions/usecases/regeneration/track-pin.ts';
import type { DecisionPorts } from '../../../functions/usecases/staff/decisions.ts';
import { chartOf, type DemoCase } from '../../../local/demo/case.ts';
import { demoDirectory } from '../../../local/demo/directory.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { transactionOf } from '../../../local/load/practice.ts';
import { type Platform, type PlatformOptions, startPlatform } from '../../../local/platform/platform.ts';

const POLICY = fileURLToPath(new URL('../../../local/demo/policy.json', import.meta.url));
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface Ended {
  execution: DescribeExecutionCommandOutput;
  history: HistoryEvent[];
  /** The states in the order they were entered. */
  path: string[];
}

export interface RunningPlatform {
  platform: Platform;
  sfn: SFNClient;
  dynamoDb: DynamoDBDocumentClient;
  /** Puts one more patient into the chart; answers the id. */
  admit(each: Omit<DemoCase, 'story' | 'ending'>): Promise<string>;
  /** Begins to track the patient's PIN, as the first connection to a practice does. */
  track(patientId: string): Promise<Tracking>;
  /** Starts one execution for the patient, as `npm start` does, and waits for its end. */
  take(patientId: string): Promise<Ended>;
  /** The ports for what a person decides. */
  decisionPorts: DecisionPorts & {
    pins: TrackedPins;
    ehr: Ehr;
    pickups: PickupRecords;
    fingerprint: Fingerprint;
  };
  /** Waits for the execution's end. */
  ended(executionArn: string): Promise<Ended>;
  account(patientId: string): Promise<Account>;
  /** Writes the account as another writer would. */
  change(patientId: string, changed: Partial<Account>): Promise<void>;
  /** Does something once, after the next update was ended and before it is signed. */
  beforeSigning(work: () => Promise<unknown>): void;
  /** Every item of the table. */
  items(): Promise<Record<string, unknown>[]>;
  /** The resources that a search answers, over HTTP. */
  fhir<T extends FhirResource>(query: string): Promise<(T & { id: string })[]>;
  close(): Promise<void>;
}

export async function runPlatform(
  options: Pick<PlatformOptions, 'logLevel' | 'metrics' | 'around'> = {},
): Promise<RunningPlatform> {
  const platform = await startPlatform({ port: 0, policyFile: POLICY, retryIntervalMs: 1, ...options });
  const { endpoints } = platform;
  const aws = { region: endpoints.region, credentials: CREDENTIALS };
  const sfn = new SFNClient({ ...aws, endpoint: endpoints.stepfunctions });
  const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient({ ...aws, endpoint: endpoints.dynamodb }));
  const ports = { ...outsidePorts(), random: random() };
  const { cases } = ports;
  const closings = new Map<string, PromiseWithResolvers<void>>();
  const closingOf = (arn: string) => {
    const closing = closings.get(arn) ?? Promise.withResolvers<void>();
    closings.set(arn, closing);
    return closing;
  };
  platform.stepFunctions.onClosed(({ arn }) => closingOf(arn).resolve());
  await platform.ehr.load([transactionOf(demoDirectory())]);
  let admitted = 0;

  async function ended(executionArn: string): Promise<Ended> {
    await closingOf(executionArn).promise;
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const history: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }));
      history.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return { execution, history, path: history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []) };
  }

  async function account(patientId: string): Promise<Account> {
    const found = await cases.read(patientId);
    if (found === null) throw new Error(`no record of ${patientId}`);
    return found;
  }

  return {
    platform,
    sfn,
    dynamoDb,
    decisionPorts: ports,
    ended,
    account,
    async admit(each) {
      admitted += 1;
      const ending = { outcome: 'REGENERATED', reason: null } as const;
      // From 500 on, beyond the demo practice's patients.
      const { id, resources } = chartOf({ story: '', ending, ...each }, 500 + admitted, platform.clock.now());
      await platform.ehr.load([transactionOf(resources)]);
      return id;
    },
    track: (patientId) => trackPin(ports, patientId),
    async take(patientId) {
      await trackPin(ports, patientId);
      const trigger = 'first-pass';
      const answer = await start(ports, { patientId, trigger, force: null, awaitedFactChanged: false });
      if (!('arn' in answer)) throw new Error('a first pass starts regardless');
      return ended(answer.arn);
    },
    async change(patientId, changed) {
      const found = await account(patientId);
      await cases.save(found, { ...found, ...changed });
    },
    beforeSigning(work) {
      const stop = platform.ehr.onRequest(async ({ phase, request }) => {
        if (phase !== 'after' || request.method !== 'PUT' || request.route !== 'Encounter/:id') return;
        stop();
        await work();
      });
    },
    async items() {
      const items: Record<string, unknown>[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await dynamoDb.send(new ScanCommand({ TableName: endpoints.table, ExclusiveStartKey: start }));
        items.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return items;
    },
    async fhir<T extends FhirResource>(query: string) {
      const headers = { authorization: endpoints.fhirAuthorization };
      const response = await fetch(`${endpoints.fhir}/${query}`, { headers });
      if (!response.ok) throw new Error(`${query}: ${response.status}`);
      const bundle = (await response.json()) as Bundle<T & { id: string }>;
      return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
    },
    async close() {
      sfn.destroy();
      dynamoDb.destroy();
      await platform.close();
    },
  };
}
