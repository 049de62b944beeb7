/** The environment of every function: one value of each variable in the whole system, and no secret among them. */
import type { ENVIRONMENT } from '../functions/runtime/config.ts';
import { METRICS } from '../functions/runtime/metric-names.ts';
import { POLICY_FILE } from './bundles.ts';
import type { Deployment } from './deployment.ts';

type Variable = (typeof ENVIRONMENT)[keyof typeof ENVIRONMENT];

export interface EnvironmentSources {
  ehr: Deployment['ehr'];
  tableName: string;
  ehrKeySecretArn: string;
  ehrWebhookSecretArn: string;
  fingerprintKeyArn: string;
  configurationSetName: string;
  stateMachineArn: string;
  sweepStateMachineArn: string;
  discoverStateMachineArn: string;
  /** Of the pick-up page. */
  pickupUrl: string;
  /** Allowed origins of the admin API. */
  consoleOrigins: readonly string[];
  metricNamespace: string;
}

/** Every name of ENVIRONMENT and no other, or it does not compile; and the three that Powertools reads. */
export function environmentOf(from: EnvironmentSources): Record<string, string> {
  const ours = {
    CONSOLE_ORIGINS: from.consoleOrigins.join(' '),
    DISCOVER_PINS_STATE_MACHINE_ARN: from.discoverStateMachineArn,
    EHR_BASE_URL: from.ehr.baseUrl,
    EHR_CLIENT_ID: from.ehr.clientId,
    EHR_KEY_SECRET_ARN: from.ehrKeySecretArn,
    EHR_WEBHOOK_SECRET_ARN: from.ehrWebhookSecretArn,
    EHR_SCOPES: from.ehr.scopes.join(' '),
    FINGERPRINT_KEY_ARN: from.fingerprintKeyArn,
    PICKUP_URL: from.pickupUrl,
    PRACTICE_POLICY_FILE: POLICY_FILE,
    REGENERATE_PIN_STATE_MACHINE_ARN: from.stateMachineArn,
    SES_CONFIGURATION_SET: from.configurationSetName,
    SWEEP_EXPIRING_PINS_STATE_MACHINE_ARN: from.sweepStateMachineArn,
    TABLE_NAME: from.tableName,
  } satisfies Record<Variable, string>;
  return {
    ...ours,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    POWERTOOLS_METRICS_NAMESPACE: from.metricNamespace,
    POWERTOOLS_SERVICE_NAME: METRICS.service,
  };
}
