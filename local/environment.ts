/**
 * The environment in which the handlers run here: the same variables as on AWS, each with one value in the whole
 * process. Whatever AWS service is not served locally points at a dead port, so that nothing here can reach AWS.
 */
import { ENVIRONMENT } from '../functions/runtime/config.ts';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const TABLE = 'portal-pin';
export const STATE_MACHINE = 'regenerate-pin';

/** Discard (RFC 863): nothing listens there, and a connection is refused at once. */
const DEAD_ENDPOINT = 'http://127.0.0.1:9';

/** What an SDK would otherwise take from the user's machine: profiles, roles, proxies. */
const REMOVED = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
];

export interface LocalSettings {
  /** Of the gateway, `http://127.0.0.1:PORT`. */
  url: string;
  stateMachineArn: string;
  policyFile: string;
  /** 32 bytes in base64. */
  fingerprintKey: string;
  /** Where the steps' log lines go; they would tear the progress bar and the JSON document apart. */
  logLevel: string;
}

/** Sets the environment of this process; to be called before any handler is imported. */
export function setEnvironment(settings: LocalSettings): void {
  for (const name of REMOVED) delete process.env[name];
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: DEAD_ENDPOINT,
    AWS_ENDPOINT_URL_DYNAMODB: `${settings.url}/dynamodb`,
    AWS_ENDPOINT_URL_SES: `${settings.url}/ses`,
    AWS_ENDPOINT_URL_SFN: `${settings.url}/stepfunctions`,
    POWERTOOLS_LOG_LEVEL: settings.logLevel,
    [ENVIRONMENT.ehrBaseUrl]: `${settings.url}/fhir`,
    [ENVIRONMENT.fingerprintKey]: settings.fingerprintKey,
    [ENVIRONMENT.practicePolicyFile]: settings.policyFile,
    [ENVIRONMENT.sesConfigurationSet]: '',
    [ENVIRONMENT.stateMachineArn]: settings.stateMachineArn,
    [ENVIRONMENT.table]: TABLE,
  });
}
