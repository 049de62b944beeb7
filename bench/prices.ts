/** AWS's list prices, us-east-1, arm64, USD, first tier, without free tiers and discounts. */

export interface Price {
  usd: number;
  /** For how many of `unit`. */
  per: number;
  unit: string;
  /** AWS's own page; it bears no date. */
  source: string;
  /** When the figure was true: the date of `seen`, a page that quotes it; without one, the day it was known. */
  asOf: string;
  seen?: string;
}

type Page = Pick<Price, 'source' | 'asOf' | 'seen'>;

const STEP_FUNCTIONS = {
  source: 'https://aws.amazon.com/step-functions/pricing/',
  asOf: '2026-03-14',
  seen: 'https://www.wring.co/blog/aws-step-functions-pricing-guide',
} satisfies Page;
const LAMBDA = {
  source: 'https://aws.amazon.com/lambda/pricing/',
  asOf: '2026-03-08',
  seen: 'https://wring.co/blog/aws-lambda-pricing-guide',
} satisfies Page;
const DYNAMODB = {
  source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  asOf: '2025-07-21',
  seen: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
} satisfies Page;
const DYNAMODB_STORAGE = { source: DYNAMODB.source, asOf: '2026-11-23' } satisfies Page;
const SES = {
  source: 'https://aws.amazon.com/ses/pricing/',
  asOf: '2026-07-22',
  seen: 'https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSES/20260722172054/us-east-1/index.json',
} satisfies Page;
const KMS = {
  source: 'https://aws.amazon.com/kms/pricing/',
  asOf: '2026-03-14',
  seen: 'https://cloudburn.io/blog/aws-kms-pricing',
} satisfies Page;
const SECRETS_MANAGER = {
  source: 'https://aws.amazon.com/secrets-manager/pricing/',
  asOf: '2026-11-23',
} satisfies Page;
const CLOUDWATCH = {
  source: 'https://aws.amazon.com/cloudwatch/pricing/',
  asOf: '2026-06-13',
  seen: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
} satisfies Page;
const X_RAY = { source: 'https://aws.amazon.com/xray/pricing/', asOf: '2026-11-23' } satisfies Page;
const DATA_OUT = {
  source: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  asOf: '2026-06-10',
  seen: 'https://cloud-cost-557.pages.dev/blog/estimate-aws-data-transfer-bill/',
} satisfies Page;

export const PRICES = {
  /** "Each time a step of your workflow is executed", retries included: states entered. */
  transition: { usd: 25, per: 1_000_000, unit: 'transition', ...STEP_FUNCTIONS },
  expressRequest: { usd: 1, per: 1_000_000, unit: 'execution', ...STEP_FUNCTIONS },
  expressGbSecond: { usd: 0.00001667, per: 1, unit: 'GB-second', ...STEP_FUNCTIONS },
  invocation: { usd: 0.2, per: 1_000_000, unit: 'request', ...LAMBDA },
  gbSecond: { usd: 0.0000133334, per: 1, unit: 'GB-second', ...LAMBDA },
  writeUnit: { usd: 0.625, per: 1_000_000, unit: 'unit', ...DYNAMODB },
  readUnit: { usd: 0.125, per: 1_000_000, unit: 'unit', ...DYNAMODB },
  tableStorage: { usd: 0.25, per: 1, unit: 'GB-month', ...DYNAMODB_STORAGE },
  pointInTimeRecovery: { usd: 0.2, per: 1, unit: 'GB-month', ...DYNAMODB_STORAGE },
  /** À la carte. */
  mail: { usd: 0.1, per: 1000, unit: 'mail', ...SES },
  /** The plan on which accounts are put that are new to SES since 2026-07-21, until they choose none. */
  mailEssentials: { usd: 0.16, per: 1000, unit: 'mail', ...SES },
  /** GenerateMac is a request like any other with a symmetric key. */
  keyRequest: { usd: 0.03, per: 10_000, unit: 'request', ...KMS },
  key: { usd: 1, per: 1, unit: 'key-month', ...KMS },
  secretRequest: { usd: 0.05, per: 10_000, unit: 'request', ...SECRETS_MANAGER },
  secret: { usd: 0.4, per: 1, unit: 'secret-month', ...SECRETS_MANAGER },
  /** Lambda's and Step Functions' logs alike, up to 10 TB a month. */
  logIngestion: { usd: 0.5, per: 1, unit: 'GB', ...CLOUDWATCH },
  logStorage: { usd: 0.03, per: 1, unit: 'GB-month, compressed', ...CLOUDWATCH },
  customMetric: { usd: 0.3, per: 1, unit: 'metric-month', ...CLOUDWATCH },
  /** An alarm is charged for every metric it looks at. */
  alarmMetric: { usd: 0.1, per: 1, unit: 'metric-month', ...CLOUDWATCH },
  dashboard: { usd: 3, per: 1, unit: 'dashboard-month', ...CLOUDWATCH },
  trace: { usd: 5, per: 1_000_000, unit: 'trace', ...X_RAY },
  dataOut: { usd: 0.09, per: 1, unit: 'GB', ...DATA_OUT },
} as const satisfies Record<string, Price>;

/** What `quantity` units come to, USD. */
export function usd(price: Price, quantity: number): number {
  return (quantity * price.usd) / price.per;
}
