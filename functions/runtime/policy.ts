/** The practice policy: what one practice decides, as JSON checked by zod. docs/connect-an-ehr.md explains each setting. */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { LOCATION_KINDS } from '../domain/chart/responsible-provider.ts';
import { LANGUAGES } from '../domain/email/language.ts';

const timeZone = z.string().check(
  z.refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'is no IANA time zone, e.g. America/New_York'),
);
const count = (minimum: number, maximum: number) => z.int().check(z.minimum(minimum), z.maximum(maximum));
/** Stands in mails and headers: a line without control characters. */
const line = (shortest: number, longest: number) =>
  z
    .string()
    .check(z.minLength(shortest), z.maxLength(longest), z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line'));

const language = z.enum(LANGUAGES);

export const policySchema = z.strictObject({
  practice: z.strictObject({
    /** As patients know it; it stands in the mail, so it should not name a specialty. */
    name: line(1, 100),
    /** As the patient should dial it. */
    phone: line(5, 30),
    portalUrl: z.url({ protocol: /^https$/ }),
    /** Address verified in SES. */
    sender: z.email(),
  }),
  timeZone,
  /** Organizations of the group and how P5 applies there; `Organization/<id>`. */
  locations: z.array(
    z.strictObject({
      organization: z.string().check(z.regex(/^Organization\/[A-Za-z0-9.-]{1,64}$/)),
      kind: z.enum(LOCATION_KINDS),
    }),
  ),
  /** For a location that is not listed, or a patient without one. */
  defaultKind: z.enum(LOCATION_KINDS),
  providerFallback: z.enum(['none', 'latest-encounter']),
  sweep: z.strictObject({
    /** Hour of the day in `timeZone`. */
    hour: count(0, 23),
    /** At most what Step Functions takes for good: 300 starts a second (bench/quotas.ts). Mostly the EHR bears far less. */
    startsPerMinute: count(1, 18_000),
    dailyLimit: count(1, 1_000_000),
  }),
  /** Days until a case that waits for a person is looked at again. */
  recheckDays: count(1, 90),
  /** Days after a PIN was issued on which an unregistered patient is reminded; a PIN lives 30. Empty: never. */
  reminderDays: z._default(
    z
      .array(count(1, 29))
      .check(
        z.refine((days) => days.every((day, n) => n === 0 || day > (days[n - 1] ?? 0)), 'must rise, e.g. [20, 27]'),
      ),
    [20, 27],
  ),
  /** How often a mail that came back for now is sent again, a day later each time, before its address counts as dead. */
  softBounceRetries: z._default(count(0, 10), 2),
  /** Consecutive unused PINs before staff are asked. */
  cycleLimit: z._default(count(1, 24), 3),
  /** Failed ends in a row, before a person is asked. */
  attemptLimit: count(1, 20),
  /** Webhooks of the EHR that are taken in a minute; beyond it the EHR is told to come later. */
  webhooksPerMinute: z._default(count(1, 60_000), 600),
  pickup: z._default(
    z.strictObject({
      /** Whether the pick-up page asks for the last name as well as for the date of birth. */
      askLastName: z._default(z.boolean(), false),
      /** Tries of one source address in an hour. A clinic or a phone network is one address for many patients. */
      triesPerHour: z._default(count(1, 1_000_000), 100),
    }),
    { askLastName: false, triesPerHour: 100 },
  ),
  /** Languages of the notification; the first is the fallback. */
  languages: z.tuple([language], language),
});

export type Policy = z.infer<typeof policySchema>;

/** What is wrong with a policy file; the message names the file, the key and the way out. */
export class PolicyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PolicyError';
  }
}

/** Reads and checks the policy at `path`. PolicyError names every wrong key. */
export function readPolicy(path: string): Policy {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new PolicyError(
      `The practice policy ${path} ${why}. Give the path of a JSON file like local/demo/policy.json.`,
    );
  }
  const result = z.safeParse(policySchema, json);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => {
    const unknownKeys = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : issue.message;
    return `  ${issue.path.join('.') || '(top level)'}: ${unknownKeys}`;
  });
  throw new PolicyError(
    `The practice policy ${path} is wrong:\n${issues.join('\n')}\nSettings: docs/connect-an-ehr.md, step 3.`,
  );
}
