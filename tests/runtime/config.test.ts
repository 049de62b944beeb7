import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENVIRONMENT, setting } from '../../functions/runtime/config.ts';

const VALID: Record<keyof typeof ENVIRONMENT, string> = {
  ehrBaseUrl: 'https://ehr.example/fhir/r4',
  fingerprintKey: Buffer.alloc(32, 7).toString('base64'),
  practicePolicyFile: 'policy.json',
  sesConfigurationSet: '',
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:regenerate-pin',
  table: 'portal-pin',
  webhookSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-pin/ehr-webhooks-AbCdEf',
};
const NAMES = Object.keys(VALID) as (keyof typeof ENVIRONMENT)[];

beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(ENVIRONMENT[name], VALID[name]);
});
afterEach(() => vi.unstubAllEnvs());

describe.each(NAMES)('%s', (name) => {
  it('is read from its variable', () => expect(setting(name)).toBe(VALID[name]));
  it('is missed by its name', () => {
    vi.stubEnv(ENVIRONMENT[name], undefined);
    expect(() => setting(name)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: `MISSING_${ENVIRONMENT[name]}` }),
    );
  });
});

it.each<[keyof typeof ENVIRONMENT, string]>([
  ['ehrBaseUrl', ''],
  ['ehrBaseUrl', 'ehr.example/canary'],
  ['ehrBaseUrl', 'ftp://ehr.example/canary'],
  ['ehrBaseUrl', 'file:///canary'],
  ['fingerprintKey', ''],
  ['fingerprintKey', 'canary'],
  ['fingerprintKey', Buffer.alloc(31, 7).toString('base64')],
  ['fingerprintKey', Buffer.alloc(33, 7).toString('base64')],
  ['practicePolicyFile', ''],
  ['stateMachineArn', 'canary'],
  ['stateMachineArn', 'arn:aws:states:us-east-1:123456789012:execution:canary:x'],
  ['table', 'ab'],
  ['webhookSecretArn', 'whsec_canary'],
  ['webhookSecretArn', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:'],
])('%s: %j is malformed, which is said without showing it', (name, value) => {
  vi.stubEnv(ENVIRONMENT[name], value);
  expect(() => setting(name)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: `MALFORMED_${ENVIRONMENT[name]}` }),
  );
});
