/** The AWS clients, one each per process. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sesRequestHandler } from '../../adapters/aws/ses-connections.ts';
import { once } from './once.ts';

/** Two seconds to connect, five for an answer: an AWS API that needs longer is down, and the state machine retries. */
const AWS_TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

export const dynamoDb = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: AWS_TIMEOUTS })),
);
export const kms = /* @__PURE__ */ once(() => new KMSClient({ requestHandler: AWS_TIMEOUTS }));
export const secretsManager = /* @__PURE__ */ once(() => new SecretsManagerClient({ requestHandler: AWS_TIMEOUTS }));
export const stepFunctions = /* @__PURE__ */ once(() => new SFNClient({ requestHandler: AWS_TIMEOUTS }));
/** One attempt: after a lost answer the SDK must not send the mail again. */
export const ses = /* @__PURE__ */ once(
  () => new SESClient({ requestHandler: sesRequestHandler({ connect: 2_000, request: 5_000 }), maxAttempts: 1 }),
);
