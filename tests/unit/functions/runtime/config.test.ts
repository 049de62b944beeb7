import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SCOPES } from '../../../../functions/adapters/fhir/scopes.ts';
import { configuration, ENVIRONMENT, policyFile } from '../../../../functions/runtime/config.ts';

const VALID: Record<keyof typeof ENVIRONMENT, string> = {
  consoleOrigins: 'https://d111111abcdef8.cloudfront.net http://127.0.0.1:4600 http://[::1]:4600',
  discoverStateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:discover-pins',
  ehrBaseUrl: 'https://ehr.example/fhir/r4',
  ehrClientId: 'urn:uuid:0f8fad5b portal-pin',
  ehrKeySecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-pin/ehr-key-a1b2c3',
  ehrScopes: 'system/Patient.rs system/DocumentReference.crus',
  fingerprintKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd',
  pickupUrl: 'https://portal-pin.example/pickup',
  practicePolicyFile: 'policy.json',
  sesConfigurationSet: '',
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:regenerate-pin',
  sweepStateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sweep-expiring-pins',
  table: 'portal-pin',
  webhookSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-pin/ehr-webhooks-AbCdEf',
};
const NAMES = Object.keys(VALID) as (keyof typeof ENVIRONMENT)[];

beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(ENVIRONMENT[name], VALID[name]);
});
afterEach(() => vi.unstubAllEnvs());

describe.each(NAMES)('%s', (name) => {
  it('is read from its variable', () => expect(configuration()[name]).toBe(VALID[name]));
  it('is missed by its name', () => {
    vi.stubEnv(ENVIRONMENT[name], undefined);
    expect(configuration).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: `MISSING_${ENVIRONMENT[name]}` }),
    );
  });
});

it.each<[keyof typeof ENVIRONMENT, string]>([
  ['consoleOrigins', ''],
  ['consoleOrigins', '*'],
  ['consoleOrigins', 'https://canary.example/'],
  ['consoleOrigins', 'https://canary.example,https://other.example'],
  ['discoverStateMachineArn', ''],
  ['ehrBaseUrl', ''],
  ['ehrBaseUrl', 'ehr.example/canary'],
  ['ehrBaseUrl', 'ftp://ehr.example/canary'],
  ['ehrBaseUrl', 'file:///canary'],
  ['ehrClientId', ''],
  ['ehrClientId', 'canary\n'],
  ['ehrKeySecretArn', ''],
  ['ehrKeySecretArn', '{"keys":[{"d":"canary"}]}'],
  ['ehrKeySecretArn', 'arn:aws:ssm:us-east-1:123456789012:parameter/canary'],
  ['ehrScopes', ''],
  ['ehrScopes', 'user/Canary.rs'],
  ['ehrScopes', 'system/Patient'],
  ['ehrScopes', 'system/Patient.rs,system/Canary.rs'],
  ['ehrScopes', ' system/Canary.rs'],
  ['fingerprintKeyArn', ''],
  ['fingerprintKeyArn', 'canary'],
  ['fingerprintKeyArn', 'arn:aws:kms:us-east-1:123456789012:alias/canary'],
  ['fingerprintKeyArn', 'arn:aws:kms:us-east-1:123456789012:key/canary/x'],
  ['pickupUrl', ''],
  ['pickupUrl', 'https://canary.example/pickup/'],
  ['pickupUrl', 'ftp://canary.example/pickup'],
  ['practicePolicyFile', ''],
  ['stateMachineArn', 'canary'],
  ['stateMachineArn', 'arn:aws:states:us-east-1:123456789012:execution:canary:x'],
  ['sweepStateMachineArn', 'arn:aws:states:us-east-1:123456789012:canary'],
  ['table', 'ab'],
  ['webhookSecretArn', 'whsec_canary'],
  ['webhookSecretArn', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:'],
])('%s: %j is malformed, which is said without showing it', (name, value) => {
  vi.stubEnv(ENVIRONMENT[name], value);
  expect(configuration).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: `MALFORMED_${ENVIRONMENT[name]}` }),
  );
});

it.each([
  ...[SCOPES.join(' '), 'system/*.cruds'],
  // As an EHR of SMART v1 would have them.
  'system/Patient.read system/DocumentReference.* system/Task.write',
])('takes the scopes %s', (scopes) => {
  vi.stubEnv(ENVIRONMENT.ehrScopes, scopes);
  expect(configuration().ehrScopes).toBe(scopes);
});

it('lists every missing and malformed variable at once, without a value', () => {
  vi.stubEnv(ENVIRONMENT.table, undefined);
  vi.stubEnv(ENVIRONMENT.ehrBaseUrl, 'canary');
  vi.stubEnv(ENVIRONMENT.webhookSecretArn, 'whsec_canary');
  expect(configuration).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      message: 'MALFORMED_EHR_BASE_URL MISSING_TABLE_NAME MALFORMED_EHR_WEBHOOK_SECRET_ARN',
    }),
  );
});

it('is the same object until the environment changes', () => {
  const first = configuration();
  expect(configuration()).toBe(first);
  vi.stubEnv(ENVIRONMENT.table, 'another-table');
  expect(configuration().table).toBe('another-table');
});

it('gives the policy file even if another setting is wrong', () => {
  vi.stubEnv(ENVIRONMENT.table, undefined);
  expect(policyFile()).toBe('policy.json');
  vi.stubEnv(ENVIRONMENT.practicePolicyFile, '');
  expect(policyFile).toThrow('MISSING_PRACTICE_POLICY_FILE');
});
