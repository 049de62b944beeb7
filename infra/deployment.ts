/** What differs between two deployments: one JSON file, named by the context key `deployment`, checked before anything else. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { type Policy, PolicyError, readPolicy } from '../functions/runtime/policy.ts';
import { dayWithoutHour } from './skipped-hour.ts';

const EXAMPLE = 'infra/deployment.example.json';

/** Plain http is for an EHR simulator on the deploying machine; a chart never travels in the clear. */
function isHttpsOrLoopback(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' };
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

/** As the login page and the names of its people show it; Cognito's own is reserved. */
const providerName = z.string().regex(/^(?!COGNITO$)[A-Za-z0-9-]{3,32}$/, 'takes 3 to 32 letters, digits and hyphens');

const hostName = z
  .string()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'is no host name, e.g. pins.example.org');

const deploymentSchema = z.strictObject({
  /** Begins the name of every stack and resource: several deployments fit into one account. */
  name: z.string().regex(/^[a-z][a-z0-9-]{2,30}$/, 'takes 3 to 31 small letters, digits and hyphens, a letter first'),
  /** Whether it serves patients. It then needs addresses that outlive any deployment (`api`). */
  production: z.boolean(),
  /** Number of the AWS account, and its region: a deployment with credentials of another account is refused. */
  account: z.string().regex(/^\d{12}$/, 'takes the 12 digits of the AWS account'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no AWS region, e.g. us-east-1'),
  ehr: z.strictObject({
    baseUrl: z.url().refine(isHttpsOrLoopback, 'must be https (http only for 127.0.0.1 or localhost)'),
    /** As the EHR registered the client; spelled as in RFC 6749 §2.2. */
    clientId: z.string().regex(/^[\x20-\x7e]+$/, 'takes printable ASCII'),
    /** SMART v2 system scopes; docs/fhir.md lists what the workflow reads and writes. */
    scopes: z
      .array(
        z
          .string()
          .regex(
            /^system\/[A-Z][A-Za-z]+\.(?=[cruds])c?r?u?d?s?$/,
            'is no SMART v2 system scope, e.g. system/Patient.rs',
          ),
      )
      .min(1),
  }),
  console: z.strictObject({
    /** Host name of the console; its DNS gets a CNAME to the output ConsoleTarget. */
    domain: hostName,
    /** Of that name, in us-east-1: CloudFront looks nowhere else, and for a name of its own it takes TLS 1.0, too. */
    certificateArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]{36}$/, 'is no ACM certificate in us-east-1'),
  }),
  /** Host name of webhooks and pick-up page, with a CNAME to the output ApiTarget; null: the address that API Gateway gives. */
  api: z
    .strictObject({
      domain: hostName,
      /** Of that name, in the deployment's own region: API Gateway looks nowhere else. */
      certificateArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/, 'is no ACM certificate'),
    })
    .nullable(),
  /** Single sign-on of the practice's staff, beside the pool's own people; null: none. */
  federation: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('SAML'), name: providerName, metadataUrl: z.url({ protocol: /^https$/ }) }),
      z.strictObject({
        type: z.literal('OIDC'),
        name: providerName,
        issuer: z.url({ protocol: /^https$/ }),
        clientId: z.string().min(1),
        /** Of a secret in Secrets Manager, which holds the client's secret as its text. */
        clientSecretArn: z.string().regex(/^arn:aws[a-z-]*:secretsmanager:/, 'is no ARN of a secret'),
      }),
    ])
    .nullable()
    .default(null),
  email: z.strictObject({
    /**
     * The identity verified in SES that the policy's `practice.sender` belongs to: the address itself, its domain or a
     * parent domain. SES authorizes a mail against the closest one that is verified.
     */
    identity: z
      .string()
      .regex(
        /^([a-z0-9.!#$%&'*+/=?^_`{|}~-]+@)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
        'is neither an address nor a domain in small letters, e.g. notices.example.org',
      ),
    /**
     * Whether that identity is a domain that sends these mails alone: the stack makes it and prints its DNS records. An
     * identity that others use as well is made by hand, and its settings are left alone.
     */
    dedicated: z.boolean(),
  }),
  /** The practice policy, relative to the deployment file. */
  policy: z.string().min(1),
  /**
   * Where patients reach the pick-up page, without a slash at its end, where a further domain of the practice's own leads
   * to /pickup of the API; null: at the host name `api.domain`, or the API's own address.
   */
  pickupUrl: z
    .url()
    .regex(/^https:\/\/.*[^/]$/, 'must be https, without a slash at its end')
    .nullable()
    .default(null),
  /** Of the workflow's executions those that X-Ray records, from 0 to 1; null: X-Ray's own rule, the first of each second and 5 % of the others. */
  tracedShare: z.number().min(0).max(1).nullable().default(null),
  /** Email address for alarms and failed executions; null: no subscription, the topic exists anyway. */
  alarmEmail: z.email().nullable(),
});

export interface Deployment extends Omit<z.infer<typeof deploymentSchema>, 'policy'> {
  /** The practice policy, checked. */
  policy: Policy;
  /** Its absolute path. */
  policyFile: string;
}

/** What is wrong with a deployment; the message names every wrong key and the way out. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/**
 * Reads and checks the deployment file that the context names, relative to the working directory, and its policy.
 * @param context value of the context key `deployment`
 * @throws DeploymentError
 */
export function readDeployment(context: unknown): Deployment {
  if (typeof context !== 'string' || context === '') {
    throw new DeploymentError(
      `The context key "deployment" is missing. Give the path of a JSON file: -c deployment=${EXAMPLE}`,
    );
  }
  const result = deploymentSchema.safeParse(readJson(context));
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => {
      const what = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : issue.message;
      return `  ${issue.path.join('.') || '(top level)'}: ${what}`;
    });
    throw new DeploymentError(`The deployment ${context} is wrong:\n${wrong.join('\n')}\nA right one: ${EXAMPLE}`);
  }
  const policyFile = resolve(dirname(context), result.data.policy);
  const deployment = { ...result.data, policy: policyAt(policyFile), policyFile };
  const contradictions = contradictionsIn(deployment);
  if (contradictions.length > 0) {
    throw new DeploymentError(
      `The deployment ${context} and its policy do not go together:\n${contradictions.join('\n')}`,
    );
  }
  return deployment;
}

/** What no key says by itself: settings of the deployment and of the policy that do not go together. */
function contradictionsIn(deployment: Deployment): string[] {
  const { account, region, production, api, console, email, policy } = deployment;
  const sender = policy.practice.sender.toLowerCase();
  const belongs =
    sender === email.identity || sender.endsWith(`@${email.identity}`) || sender.endsWith(`.${email.identity}`);
  const { sweep, timeZone } = policy;
  const skipped = dayWithoutHour(sweep.hour, timeZone, Temporal.Now.plainDateISO(timeZone));
  const [, , , , consoleAccount] = console.certificateArn.split(':');
  const [, , , apiRegion, apiAccount] = api?.certificateArn.split(':') ?? [null, null, null, region, account];
  const rules: [boolean, string][] = [
    [production && api === null, 'api: in production links in mails and webhooks need a host name of your own'],
    [
      consoleAccount !== account,
      `console.certificateArn: the certificate is in account ${consoleAccount}, not ${account}`,
    ],
    [
      apiAccount !== account || apiRegion !== region,
      `api.certificateArn: the certificate is in account ${apiAccount} and ${apiRegion}, not ${account} and ${region}`,
    ],
    [
      !belongs,
      `email.identity: ${email.identity} is not the policy's sender ${sender}, nor its domain, nor a parent domain`,
    ],
    [
      belongs && email.dedicated && !sender.endsWith(`@${email.identity}`),
      `email.dedicated: a dedicated identity is the domain of the policy's sender ${sender}, not ${email.identity}`,
    ],
    [
      skipped !== null,
      `the policy's sweep.hour: on ${skipped} clocks in ${timeZone} skip ${sweep.hour}:00, and no sweep would run; take an hour that every day has`,
    ],
  ];
  return rules.flatMap(([isBroken, message]) => (isBroken ? [`  ${message}`] : []));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new DeploymentError(`The deployment ${path} (context key "deployment") ${why}. A right one: ${EXAMPLE}`);
  }
}

function policyAt(path: string): Policy {
  try {
    return readPolicy(path);
  } catch (error) {
    if (error instanceof PolicyError) throw new DeploymentError(`The deployment's key "policy": ${error.message}`);
    throw error;
  }
}
