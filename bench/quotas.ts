/** AWS's quotas that a sweep can run into, us-east-1, as a new account has them. */

export interface Quota {
  what: string;
  /** How much of it is there in a second. */
  perSecond: number;
  /** What may be used at once, saved up while less is used; a second's worth unless said. */
  bucket?: number;
  /** Where the quota is one of a day, too. */
  perDay?: number;
  /** AWS's own page. */
  source: string;
  /** When the figure was true: the date of `seen`, a copy of that page or what quotes it; without one, the day it was known. */
  asOf: string;
  seen?: string;
  /** What the bare number hides. */
  note?: string;
}

const STEP_FUNCTIONS = {
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
  asOf: '2021-07-28',
  seen: 'https://github.com/awsdocs/aws-step-functions-developer-guide/blob/28a1c1692519032cafcd0e8469a2863aa21be25d/doc_source/limits-overview.md',
} as const;
const SES = {
  source: 'https://docs.aws.amazon.com/ses/latest/dg/quotas.html',
  asOf: '2026-08-13',
  seen: 'https://raw.githubusercontent.com/api-evangelist/amazon-ses/refs/heads/main/rate-limits/amazon-ses-rate-limits.yml',
} as const;

export const QUOTAS = {
  starts: {
    what: 'Step Functions, StartExecution',
    perSecond: 300,
    bucket: 1_300,
    ...STEP_FUNCTIONS,
    note: '150 and 800 outside us-east-1, us-west-2 and eu-west-1',
  },
  transitions: {
    what: 'Step Functions, state transitions',
    perSecond: 1_500,
    bucket: 5_000,
    ...STEP_FUNCTIONS,
    note: '500 and 800 elsewhere; less in a new account, until AWS raises it by use',
  },
  mails: {
    what: 'SES, mails',
    perSecond: 14,
    perDay: 50_000,
    ...SES,
    note: 'what AWS gave an account out of the sandbox; its page says no number any more, each account has its own',
  },
  lambdaSeconds: {
    what: 'Lambda, seconds of run time in a second (concurrency)',
    perSecond: 1_000,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    asOf: '2026-11-24',
    note: 'a new account begins with 10',
  },
  writeUnits: {
    what: 'DynamoDB, write units of a table that was just made',
    perSecond: 4_000,
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
    asOf: '2026-11-24',
    note: 'doubles with the traffic, up to 40,000',
  },
  readUnits: {
    what: 'DynamoDB, read units of a table that was just made',
    perSecond: 12_000,
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
    asOf: '2026-11-24',
    note: 'doubles with the traffic, up to 40,000',
  },
  keyRequests: {
    what: 'KMS, symmetric operations, GenerateMac among them',
    perSecond: 10_000,
    source: 'https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html',
    asOf: '2026-11-24',
    note: 'the least of any region; shared by everything in the account',
  },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof QUOTAS;
