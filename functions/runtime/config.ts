/** The environment of every function: one typed object, checked as a whole. */
import * as z from 'zod/mini';
import { ConfigurationError } from '../domain/errors.ts';

/** The variables' names; code that sets an environment for the handlers takes them from here. */
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
  /** Allowed origins of the admin API, separated by one space each. */
  consoleOrigins: z.string().check(z.regex(/^https?:\/\/[a-z0-9.:[\]-]+( https?:\/\/[a-z0-9.:[\]-]+)*$/)),
  discoverStateMachineArn: machineArn,
  ehrBaseUrl: z.url({ protocol: /^https?$/ }),
  /** As RFC 6749 §2.2 spells one. */
  ehrClientId: z.string().check(z.regex(/^[\x20-\x7e]+$/)),
  /** ARN of the secret that holds the JWK Set. */
  ehrKeySecretArn: z.string().check(z.regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+$/)),
  /** `system/Type.permissions`, separated by one space each; docs/fhir.md lists them. */
  ehrScopes: z.string().check(z.regex(/^system\/(\*|[A-Za-z]+)\.[a-z*]+( system\/(\*|[A-Za-z]+)\.[a-z*]+)*$/)),
  /** A KMS key of type HMAC_256. */
  fingerprintKeyArn: z.string().check(z.regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/)),
  /** Base of the links in mails, without a trailing slash: `<pickupUrl>/<token>`. */
  pickupUrl: z.url({ protocol: /^https?$/ }).check(z.regex(/[^/]$/)),
  practicePolicyFile: z.string().check(z.minLength(1)),
  /** Empty: mails are sent without a configuration set. */
  sesConfigurationSet: z.string(),
  stateMachineArn: machineArn,
  sweepStateMachineArn: machineArn,
  table: z.string().check(z.minLength(3)),
  /** ARN of the secret that holds the webhook signing secrets. */
  webhookSecretArn: z
    .string()
    .check(z.regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/)),
} satisfies Record<keyof typeof ENVIRONMENT, z.ZodMiniType<string>>;

/** Every setting of the functions, as checked. */
export type Configuration = { readonly [Name in keyof typeof ENVIRONMENT]: z.infer<(typeof variables)[Name]> };

const NAMES = Object.keys(ENVIRONMENT) as (keyof typeof ENVIRONMENT)[];

let checked: { values: string; configuration: Configuration } | null = null;

/**
 * The configuration of this process. Checked as a whole at the first invocation of a cold start: a function that fails
 * while it loads would report Runtime.ExitError, which names nothing. Checked again only when the environment changes.
 * @throws ConfigurationError (not retried) listing every missing and malformed variable, never a value
 */
export function configuration(): Configuration {
  const values = NAMES.map((name) => process.env[ENVIRONMENT[name]]);
  const key = JSON.stringify(values);
  if (checked?.values !== key) checked = { values: key, configuration: check(values) };
  return checked.configuration;
}

/** The policy file alone: a page needs it even if another setting is wrong. Throws as `configuration`. */
export function policyFile(): string {
  const file = process.env[ENVIRONMENT.practicePolicyFile];
  if (!file) throw new ConfigurationError(`MISSING_${ENVIRONMENT.practicePolicyFile}`);
  return file;
}

/** @param values in the order of NAMES */
function check(values: (string | undefined)[]): Configuration {
  const problems = NAMES.flatMap((name, index) => {
    if (values[index] === undefined) return [`MISSING_${ENVIRONMENT[name]}`];
    return z.safeParse(variables[name], values[index]).success ? [] : [`MALFORMED_${ENVIRONMENT[name]}`];
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  return Object.fromEntries(NAMES.map((name, index) => [name, values[index]])) as Configuration;
}
