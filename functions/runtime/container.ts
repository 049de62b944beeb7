/**
 * The only wiring: one plain function per port, called when a step needs it, so that a bundle carries only what its
 * step uses. Clients are kept between invocations; what ends with a call is made for the call.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createKmsFingerprint } from '../adapters/aws/kms-fingerprint.ts';
import { readSecret } from '../adapters/aws/secrets-manager.ts';
import { sesRequestHandler } from '../adapters/aws/ses-connections.ts';
import { createSesMailer } from '../adapters/aws/ses-mailer.ts';
import { createStepFunctionsExecutions } from '../adapters/aws/stepfunctions-executions.ts';
import { createStepFunctionsReader } from '../adapters/aws/stepfunctions-reader.ts';
import { createDynamoDbCaseLists } from '../adapters/dynamodb/dynamodb-case-lists.ts';
import { createDynamoDbDiscoveries } from '../adapters/dynamodb/dynamodb-discoveries.ts';
import { createDynamoDbOnceRecords } from '../adapters/dynamodb/dynamodb-once-records.ts';
import { createDynamoDbPauseSwitch } from '../adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbPickupRecords } from '../adapters/dynamodb/dynamodb-pickup-records.ts';
import { createDynamoDbPinRecords } from '../adapters/dynamodb/dynamodb-pin-records.ts';
import { createDynamoDbPracticeDecisions } from '../adapters/dynamodb/dynamodb-practice-decisions.ts';
import { createDynamoDbSweepRecords } from '../adapters/dynamodb/dynamodb-sweep-records.ts';
import { createDynamoDbWebhookRecords } from '../adapters/dynamodb/dynamodb-webhook-records.ts';
import { SHARDS } from '../adapters/dynamodb/table.ts';
import { createFhirEhr } from '../adapters/fhir/ehr.ts';
import { createFhirFrontDesk, type FrontDeskOptions } from '../adapters/fhir/front-desk.ts';
import { createFhirPickupChart } from '../adapters/fhir/pickup.ts';
import { createFhirPinReader } from '../adapters/fhir/pin-reader.ts';
import { createSmartAuthorization } from '../adapters/smart/smart-authorization.ts';
import { createWebhookSecrets, type KeptSecrets } from '../adapters/webhook/webhook-secrets.ts';
import { createWebhookSignatures } from '../adapters/webhook/webhook-signatures.ts';
import type { Discoveries } from '../ports/batch/discoveries.ts';
import type { PauseSwitch, PracticeDecisions } from '../ports/batch/practice-records.ts';
import type { SweepRecords } from '../ports/batch/sweep-records.ts';
import type { CaseLists } from '../ports/case/case-lists.ts';
import type { ExecutionReader, Executions, SweepInput } from '../ports/case/executions.ts';
import type { OnceRecords } from '../ports/case/once-records.ts';
import type { PinRecords } from '../ports/case/pin-records.ts';
import type { Ehr, FrontDesk, PickupChart, PinReader } from '../ports/ehr/ehr.ts';
import type { Fingerprint } from '../ports/ehr/fingerprint.ts';
import type { Mailer } from '../ports/email/mailer.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PickupRecords } from '../ports/pickup/pickup-records.ts';
import type { Chance } from '../ports/random.ts';
import type { WebhookRecords, WebhookSignatures } from '../ports/webhook/webhooks.ts';
import { clock, realTime } from './clock.ts';
import { setting } from './config.ts';
import { createMetrics } from './metrics.ts';
import { type Policy, readPolicy } from './policy.ts';

/** What ends with one invocation. */
export interface Call {
  /** Aborts when the time is over that all calls of this invocation share; its handler says how long that is. */
  signal: AbortSignal;
}

/** Two seconds to connect, five for an answer: an AWS API that needs longer is down, and the state machine retries. */
const AWS_TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Marked as pure where it is called: a bundler then leaves out the clients that a step does not use. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const dynamoDb = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: AWS_TIMEOUTS })),
);
const kms = /* @__PURE__ */ once(() => new KMSClient({ requestHandler: AWS_TIMEOUTS }));
const secretsManager = /* @__PURE__ */ once(() => new SecretsManagerClient({ requestHandler: AWS_TIMEOUTS }));
const stepFunctions = /* @__PURE__ */ once(() => new SFNClient({ requestHandler: AWS_TIMEOUTS }));
/** One attempt: a mail whose answer got lost must not be sent again by the SDK. */
const ses = /* @__PURE__ */ once(
  () => new SESClient({ requestHandler: sesRequestHandler({ connect: 2_000, request: 5_000 }), maxAttempts: 1 }),
);
/** One for the process: it keeps the token and the key that signs for it. */
const authorization = /* @__PURE__ */ once(() => {
  const arn = setting('ehrKeySecretArn');
  return createSmartAuthorization({
    baseUrl: setting('ehrBaseUrl'),
    clientId: setting('ehrClientId'),
    scopes: setting('ehrScopes'),
    readKey: (signal) => readSecret({ client: secretsManager(), arn, signal }),
    now: realTime,
    newId: chance().newId,
  });
});
const keptWebhookSecrets = /* @__PURE__ */ once((): KeptSecrets => ({ secrets: null, askedAt: 0 }));
const policyOnce = /* @__PURE__ */ once(() => readPolicy(setting('practicePolicyFile')));

export function policy(): Policy {
  return policyOnce();
}

export function chance(): Chance {
  return { randomInt: (max) => randomInt(max), newId: () => randomUUID(), bytes: (count) => randomBytes(count) };
}

function fhirOptions(call: Call): FrontDeskOptions {
  const authorize = authorization();
  return {
    baseUrl: setting('ehrBaseUrl'),
    authorization: (refused) => authorize(call.signal, refused),
    signal: call.signal,
    clock: clock(),
  };
}

export function ehr(call: Call): Ehr {
  return createFhirEhr(fhirOptions(call));
}

/** Of the EHR what needs no PIN document: 11 KB less in a bundle. */
export function pinReader(call: Call): PinReader {
  return createFhirPinReader(fhirOptions(call));
}

export function frontDesk(call: Call): FrontDesk {
  return createFhirFrontDesk(fhirOptions(call));
}

/** Of the chart what the pick-up page needs, and no more of the adapter. */
export function pickupChart(call: Call): PickupChart {
  return createFhirPickupChart(fhirOptions(call));
}

export function pinRecords(call: Call): PinRecords {
  const { newId } = chance();
  return createDynamoDbPinRecords({ client: dynamoDb(), table: setting('table'), signal: call.signal, newId });
}

export function pickupRecords(call: Call): PickupRecords {
  const { newId } = chance();
  return createDynamoDbPickupRecords({ client: dynamoDb(), table: setting('table'), signal: call.signal, newId });
}

/** Where the pick-up page is, without a slash at its end. */
export function pickupUrl(): string {
  return setting('pickupUrl');
}

export function pauseSwitch(call: Call): PauseSwitch {
  return createDynamoDbPauseSwitch({ client: dynamoDb(), table: setting('table'), signal: call.signal });
}

export function sweepRecords(call: Call): SweepRecords {
  return createDynamoDbSweepRecords({ client: dynamoDb(), table: setting('table'), signal: call.signal });
}

export function discoveries(call: Call): Discoveries {
  const { newId } = chance();
  return createDynamoDbDiscoveries({ client: dynamoDb(), table: setting('table'), signal: call.signal, newId });
}

export function webhookRecords(call: Call): WebhookRecords {
  return createDynamoDbWebhookRecords({ client: dynamoDb(), table: setting('table'), signal: call.signal });
}

export function webhookSignatures(call: Call): WebhookSignatures {
  const secrets = createWebhookSecrets({
    client: secretsManager(),
    secretArn: setting('webhookSecretArn'),
    signal: call.signal,
    kept: keptWebhookSecrets(),
    elapsed: () => performance.now(),
  });
  return createWebhookSignatures(secrets);
}

/** Partitions of the index of due patients. */
export function shards(): number {
  return SHARDS;
}

export function fingerprint(call: Call): Fingerprint {
  return createKmsFingerprint({ client: kms(), keyArn: setting('fingerprintKeyArn'), signal: call.signal });
}

export function metrics(): Metrics {
  return createMetrics(() => policy().locations.map(({ organization }) => organization.slice('Organization/'.length)));
}

export function mailer(call: Call): Mailer {
  const configurationSet = setting('sesConfigurationSet') || null;
  return createSesMailer({ client: ses(), configurationSet, signal: call.signal });
}

export function executions(call: Call): Executions {
  return createStepFunctionsExecutions({
    client: stepFunctions(),
    stateMachineArn: setting('stateMachineArn'),
    signal: call.signal,
  });
}

export function sweepExecutions(call: Call): Executions<SweepInput> {
  return createStepFunctionsExecutions({
    client: stepFunctions(),
    stateMachineArn: setting('sweepStateMachineArn'),
    signal: call.signal,
  });
}

export function executionReader(call: Call): ExecutionReader {
  const stateMachineArns = {
    'regenerate-pin': setting('stateMachineArn'),
    'sweep-expiring-pins': setting('sweepStateMachineArn'),
    'discover-pins': setting('discoverStateMachineArn'),
  };
  return createStepFunctionsReader({ client: stepFunctions(), stateMachineArns, signal: call.signal });
}

export function caseLists(call: Call): CaseLists {
  return createDynamoDbCaseLists({ client: dynamoDb(), table: setting('table'), signal: call.signal });
}

export function practiceDecisions(call: Call): PracticeDecisions {
  return createDynamoDbPracticeDecisions({ client: dynamoDb(), table: setting('table'), signal: call.signal });
}

export function onceRecords(call: Call): OnceRecords {
  const { newId } = chance();
  return createDynamoDbOnceRecords({ client: dynamoDb(), table: setting('table'), signal: call.signal, newId });
}

/** Origins whose pages may call the admin API. */
export function consoleOrigins(): readonly string[] {
  return setting('consoleOrigins').split(' ');
}
