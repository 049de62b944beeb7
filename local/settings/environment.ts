/**
 * The environment in which the handlers run here: the same variables as on AWS, each with one value in the whole
 * process. Whatever AWS service is not served locally points at a dead port, so that nothing here can reach AWS.
 */
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { ENVIRONMENT } from '../../functions/runtime/config.ts';
import { METRICS } from '../../functions/runtime/metric-names.ts';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const TABLE = 'portal-pin';
export const STATE_MACHINE = 'regenerate-pin';
export const SWEEP_MACHINE = 'sweep-expiring-pins';
export const DISCOVERY_MACHINE = 'discover-pins';

/** By it every mail is sent; the local SES publishes its events, as it does on AWS. */
export const CONFIGURATION_SET = 'portal-pin';

/** What the EHR signs its webhooks with. */
export const WEBHOOK_SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:portal-pin/ehr-webhooks-000000`;
/** The one key of the local KMS. */
export const FINGERPRINT_KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/00000000-0000-0000-0000-000000000001`;

/** The handlers' client key for the EHR. */
export const EHR_KEY_SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:portal-pin/ehr-key-000000`;
/** As which Portal PIN is registered at the simulated EHR. */
export const EHR_CLIENT_ID = 'portal-pin';

/** Discard (RFC 863): nothing listens there, and a connection is refused at once. */
const DEAD_ENDPOINT = 'http://127.0.0.1:9';

export interface LocalSettings {
  /** Of the gateway, `http://127.0.0.1:PORT`. */
  url: string;
  /** As which pages of the gateway may call it. */
  origins: readonly string[];
  policyFile: string;
  /** Of the steps' log lines; SILENT, or they would tear the progress bar and the JSON document apart. */
  logLevel: string;
  /** Whether the steps write metrics, as lines of JSON beside those of the log. */
  metrics: boolean;
}

function stateMachineArn(name: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:${name}`;
}

/** Sets the environment of this process; to be called before any handler is imported. */
export function setEnvironment(settings: LocalSettings): void {
  // Profiles, roles, endpoints that are to be ignored: whatever an SDK would take from the user's machine.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    // Node may have been told at its start to send what it fetches through a proxy; the chart stays here.
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: DEAD_ENDPOINT,
    AWS_ENDPOINT_URL_DYNAMODB: `${settings.url}/dynamodb`,
    AWS_ENDPOINT_URL_KMS: `${settings.url}/kms`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `${settings.url}/secretsmanager`,
    AWS_ENDPOINT_URL_SES: `${settings.url}/ses`,
    AWS_ENDPOINT_URL_SFN: `${settings.url}/stepfunctions`,
    POWERTOOLS_LOG_LEVEL: settings.logLevel,
    POWERTOOLS_METRICS_DISABLED: String(!settings.metrics),
    POWERTOOLS_METRICS_NAMESPACE: METRICS.namespace,
    POWERTOOLS_SERVICE_NAME: METRICS.service,
    [ENVIRONMENT.consoleOrigins]: settings.origins.join(' '),
    [ENVIRONMENT.discoverStateMachineArn]: stateMachineArn(DISCOVERY_MACHINE),
    [ENVIRONMENT.ehrBaseUrl]: `${settings.url}/fhir`,
    [ENVIRONMENT.ehrClientId]: EHR_CLIENT_ID,
    [ENVIRONMENT.ehrKeySecretArn]: EHR_KEY_SECRET_ARN,
    [ENVIRONMENT.ehrScopes]: SCOPES.join(' '),
    [ENVIRONMENT.fingerprintKeyArn]: FINGERPRINT_KEY_ARN,
    [ENVIRONMENT.pickupUrl]: `${settings.url}/pickup`,
    [ENVIRONMENT.practicePolicyFile]: settings.policyFile,
    [ENVIRONMENT.sesConfigurationSet]: CONFIGURATION_SET,
    [ENVIRONMENT.stateMachineArn]: stateMachineArn(STATE_MACHINE),
    [ENVIRONMENT.sweepStateMachineArn]: stateMachineArn(SWEEP_MACHINE),
    [ENVIRONMENT.table]: TABLE,
    [ENVIRONMENT.webhookSecretArn]: WEBHOOK_SECRET_ARN,
  });
}
