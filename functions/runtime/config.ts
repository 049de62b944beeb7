/** The environment of every function, checked once. A missing or malformed variable fails by its name. */
import * as z from 'zod/mini';
import { ConfigurationError } from '../domain/errors.ts';

/** The variables' names; whoever sets an environment for the handlers takes them from here. */
export const ENVIRONMENT = {
  consoleOrigins: 'CONSOLE_ORIGINS',
  discoverStateMachineArn: 'DISCOVER_PINS_STATE_MACHINE_ARN',
  ehrBaseUrl: 'EHR_BASE_URL',
  ehrClientId: 'EHR_CLIENT_ID',
  ehrKeySecretArn: 'EHR_KEY_SECRET_ARN',
  ehrScopes: 'EHR_SCOPES',
  fingerprintKeyArn: 'FINGERPRINT_KEY_ARN',
  pickupUrl: 'PICKUP_URL',
  practicePolicyFile: 'PRACTICE_POLICY_FILE',
  sesConfigurationSet: 'SES_CONFIGURATION_SET',
  stateMachineArn: 'REGENERATE_PIN_STATE_MACHINE_ARN',
  sweepStateMachineArn: 'SWEEP_EXPIRING_PINS_STATE_MACHINE_ARN',
  table: 'TABLE_NAME',
  webhookSecretArn: 'EHR_WEBHOOK_SECRET_ARN',
} as const;

const machineArn = z.string().check(z.regex(/^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[A-Za-z0-9_-]+$/));

const variables = {
  /** Origins whose pages may call the admin API, separated by one space each. */
  consoleOrigins: z.string().check(z.regex(/^https?:\/\/[a-z0-9.:[\]-]+( https?:\/\/[a-z0-9.:[\]-]+)*$/)),
  discoverStateMachineArn: machineArn,
  ehrBaseUrl: z.url({ protocol: /^https?$/ }),
  /** As RFC 6749 §2.2 spells one. */
  ehrClientId: z.string().check(z.regex(/^[\x20-\x7e]+$/)),
  /** Of a secret that holds a JWK Set. */
  ehrKeySecretArn: z.string().check(z.regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+$/)),
  /** `system/Type.permissions`, separated by one space each; docs/fhir.md lists them. */
  ehrScopes: z.string().check(z.regex(/^system\/(\*|[A-Za-z]+)\.[a-z*]+( system\/(\*|[A-Za-z]+)\.[a-z*]+)*$/)),
  /** A KMS key of type HMAC_256. */
  fingerprintKeyArn: z.string().check(z.regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/)),
  /** Of the pick-up page, without a slash at its end; a link in a mail is it, a slash and a token. */
  pickupUrl: z.url({ protocol: /^https?$/ }).check(z.regex(/[^/]$/)),
  practicePolicyFile: z.string().check(z.minLength(1)),
  /** Empty: none. */
  sesConfigurationSet: z.string(),
  stateMachineArn: machineArn,
  sweepStateMachineArn: machineArn,
  table: z.string().check(z.minLength(3)),
  /** Of the secrets that the EHR signs webhooks with. */
  webhookSecretArn: z
    .string()
    .check(z.regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/)),
} satisfies Record<keyof typeof ENVIRONMENT, z.ZodMiniType<string>>;

/** The value of one variable; ConfigurationError names it when it is missing or malformed, and never shows the value. */
export function setting(name: keyof typeof ENVIRONMENT): string {
  const variable = ENVIRONMENT[name];
  const value = process.env[variable];
  if (value === undefined) throw new ConfigurationError(`MISSING_${variable}`);
  if (!z.safeParse(variables[name], value).success) throw new ConfigurationError(`MALFORMED_${variable}`);
  return value;
}
