/** Cost of the deployed stacks in a month without an expiring PIN. */
import { EMAIL_MISSING_REASONS, HELD_REASONS, NOT_NEEDED_REASONS } from '../functions/domain/outcomes.ts';
import type { Deployed } from './deployed.ts';
import { PRICES, usd } from './prices.ts';

/**
 * Each pair of outcome and reason is a metric, charged for the hours in which it occurs: REGENERATED, the reasons of the
 * others, and the two times. A FAILED end adds one for each error that occurs.
 */
const CUSTOM_METRICS = 1 + NOT_NEEDED_REASONS.length + EMAIL_MISSING_REASONS.length + HELD_REASONS.length + 2;

/** Table, logs and each state machine ask for their data key again every five minutes, while they are used. */
const keyRequestsOf = (services: number) => (services * (730 * 60)) / 5;

export interface RestLine {
  what: string;
  usd: number;
}

export function atRest({ keys, machines, secrets, dashboards, alarms, alarmMetrics }: Deployed): RestLine[] {
  return [
    { what: `KMS, ${keys} keys (the data key’s first two yearly rotations add 1.00 each)`, usd: usd(PRICES.key, keys) },
    {
      what: `KMS, requests by table, logs and ${machines} state machines, at most`,
      usd: usd(PRICES.keyRequest, keyRequestsOf(2 + machines)),
    },
    { what: `Secrets Manager, ${secrets} secrets`, usd: usd(PRICES.secret, secrets) },
    { what: `CloudWatch, ${alarms} alarms on ${alarmMetrics} metrics`, usd: usd(PRICES.alarmMetric, alarmMetrics) },
    { what: 'CloudWatch, dashboard', usd: usd(PRICES.dashboard, dashboards) },
    { what: `CloudWatch, ${CUSTOM_METRICS} custom metrics, at most`, usd: usd(PRICES.customMetric, CUSTOM_METRICS) },
  ];
}
