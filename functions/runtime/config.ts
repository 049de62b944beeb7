/** The environment of every function, checked once. A missing or malformed variable fails by its name. */
import * as z from 'zod/mini';
import { ConfigurationError } from '../domain/errors.ts';

/** The variables' names; whoever sets an environment for the handlers takes them from here. */
export const ENVIRONMENT = {
  ehrBaseUrl: 'EHR_BASE_URL',
  fingerprintKey: 'FINGERPRINT_KEY',
  practicePolicyFile: 'PRACTICE_POLICY_FILE',
  sesConfigurationSet: 'SES_CONFIGURATION_SET',
  stateMachineArn: 'REGENERATE_PIN_STATE_MACHINE_ARN',
  table: 'TABLE_NAME',
  webhookSecretArn: 'EHR_WEBHOOK_SECRET_ARN',
} as const;

const variables = {
  ehrBaseUrl: z.url({ protocol: /^https?$/ }),
  /** 32 bytes in base64. */
  fingerprintKey: z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/)),
  practicePolicyFile: z.string().check(z.minLength(1)),
  /** Empty: none. */
  sesConfigurationSet: z.string(),
  stateMachineArn: z.string().check(z.regex(/^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[A-Za-z0-9_-]+$/)),
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
