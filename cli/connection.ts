/** Where the command line works: the local platform that runs, or a stack on AWS. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { ReminderRule } from '../functions/domain/case/reminder.ts';
import { clock, realTime, useClock } from '../functions/runtime/clock.ts';
import { readPolicy } from '../functions/runtime/policy.ts';
import { executionReader, executions, sweepExecutions } from '../functions/runtime/providers/executions.ts';
import { random } from '../functions/runtime/providers/practice.ts';
import {
  caseRecords,
  discoveries,
  pauseSwitch,
  practiceDecisions,
  staffRequests,
  sweepRecords,
} from '../functions/runtime/providers/records.ts';
import { InputError, NoConnectionError, noConnection } from './failure.ts';
import { LOOK_EVERY_MS } from './follow.ts';

export interface Where {
  /** Name of the deployment on AWS; null: the local platform. */
  stack: string | null;
  region: string | null;
  /** The endpoints file of the local platform; null: $PORTAL_PIN_ENDPOINTS, or the nearest one from here upwards. */
  endpoints: string | null;
}

const ENDPOINTS_FILE = '.local/endpoints.json';
/** Beside the endpoints. */
const POLICY_FILE = 'policy.json';

const endpointsSchema = z.object({
  stepfunctions: z.url(),
  dynamodb: z.url(),
  clock: z.url(),
  webhooks: z.url(),
  webhookSecret: z.string(),
  stateMachines: z.record(z.string(), z.string()),
  table: z.string(),
  region: z.string(),
});

interface Found {
  table: string;
  regenerateArn: string;
  sweepArn: string;
  discoverArn: string;
  practice: ReminderRule;
  /** Where the EHR's webhooks go. */
  webhookUrl(): string;
  /** What signs them; never shown. */
  webhookSecret(): Promise<string>;
  lookEveryMs: number;
}

/** @throws NoConnectionError, InputError, PolicyError with the way out */
export async function connect(where: Where) {
  const found = where.stack === null ? await local(where.endpoints) : await onAws(where.stack, where.region);
  const config = {
    table: found.table,
    stateMachineArn: found.regenerateArn,
    sweepStateMachineArn: found.sweepArn,
    discoverStateMachineArn: found.discoverArn,
  };
  // Following a run may take hours, so the calls share no deadline; each has the limits of its client.
  const call = { signal: new AbortController().signal, config };
  return {
    ...found,
    ports: {
      cases: caseRecords(call),
      staffRequests: staffRequests(call),
      executions: executions(call),
      reader: executionReader(call),
      pauseSwitch: pauseSwitch(call),
      sweeps: sweepRecords(call),
      sweepExecutions: sweepExecutions(call),
      discoveries: discoveries(call),
      decisions: practiceDecisions(call),
      clock: clock(),
      random: random(),
      practice: found.practice,
    },
  };
}

export type Connection = Awaited<ReturnType<typeof connect>>;

/** The nearest `.local/endpoints.json` from this folder upwards; null where there is none. */
function nearestEndpoints(): string | null {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, ENDPOINTS_FILE);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return null;
  }
}

function readEndpoints(file: string | null): z.infer<typeof endpointsSchema> {
  let text: string;
  try {
    text = readFileSync(file ?? '', 'utf8');
  } catch {
    throw new NoConnectionError(
      'No local platform runs here: start it with "npm start", or give --endpoints <file>, or --stack <name> for AWS.',
    );
  }
  const endpoints = endpointsSchema.safeParse(parsed(text));
  if (endpoints.success) return endpoints.data;
  throw new InputError(`${file} is damaged: stop the platform and start it again with "npm start".`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function local(given: string | null): Promise<Found> {
  const file = given ?? process.env.PORTAL_PIN_ENDPOINTS ?? nearestEndpoints();
  const endpoints = readEndpoints(file);
  const practice = readPolicy(join(dirname(file ?? ''), POLICY_FILE));
  Object.assign(process.env, {
    AWS_REGION: endpoints.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SFN: endpoints.stepfunctions,
  });
  try {
    const answer = await fetch(endpoints.clock);
    const { now } = z.object({ now: z.iso.datetime() }).parse(await answer.json());
    const offset = Date.parse(now) - realTime();
    useClock({ now: () => realTime() + offset });
  } catch {
    throw new NoConnectionError(`The local platform of ${file} does not answer. Start it with "npm start".`);
  }
  const { table, stateMachines, webhooks, webhookSecret } = endpoints;
  return {
    table,
    practice,
    regenerateArn: stateMachines['regenerate-pin'] ?? '',
    sweepArn: stateMachines['sweep-expiring-pins'] ?? '',
    discoverArn: stateMachines['discover-pins'] ?? '',
    webhookUrl: () => `${webhooks}/ehr`,
    webhookSecret: async () => webhookSecret,
    lookEveryMs: LOOK_EVERY_MS.local,
  };
}

async function onAws(stack: string, region: string | null): Promise<Found> {
  if (region !== null) process.env.AWS_REGION = region;
  const client = new CloudFormationClient({});
  const outputs: Record<string, string> = {};
  try {
    for (const StackName of [`${stack}-stateful`, `${stack}-stateless`]) {
      const answer = await client.send(new DescribeStacksCommand({ StackName }));
      for (const { OutputKey, OutputValue } of answer.Stacks?.[0]?.Outputs ?? []) {
        if (OutputKey !== undefined && OutputValue !== undefined) outputs[OutputKey] = OutputValue;
      }
    }
  } catch (error) {
    throw notFound(error, stack);
  }
  const output = (key: string): string => {
    const value = outputs[key];
    if (value === undefined) throw new NoConnectionError(`The stack ${stack} has no output ${key}: deploy it anew.`);
    return value;
  };
  return {
    table: output('TableName'),
    regenerateArn: output('RegeneratePinStateMachineArn'),
    sweepArn: output('SweepExpiringPinsStateMachineArn'),
    discoverArn: output('DiscoverPinsStateMachineArn'),
    webhookUrl: () => output('EhrWebhookUrl'),
    webhookSecret: () => currentSecret(output('EhrWebhookSecretArn')),
    lookEveryMs: LOOK_EVERY_MS.aws,
    practice: { timeZone: output('TimeZone'), reminderDays: daysOf(output('ReminderDays')) },
  };
}

/** As the stack's output writes them: numbers between commas, or nothing at all. */
function daysOf(text: string): number[] {
  return text
    .split(',')
    .map(Number)
    .filter((day) => day > 0);
}

/** The secret that signs now: the first one. */
async function currentSecret(SecretId: string): Promise<string> {
  const { SecretString = '' } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId }));
  const held = z.object({ secrets: z.array(z.string()).min(1) }).safeParse(parsed(SecretString));
  const [secret] = held.data?.secrets ?? [];
  if (secret !== undefined) return secret;
  throw new InputError('The stack’s secret holds no webhook secret yet: put one in (docs/connect-an-ehr.md).');
}

function notFound(error: unknown, stack: string): Error {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ValidationError') {
    return new NoConnectionError(`There is no stack ${stack} in this region: check --stack and --region.`);
  }
  return new NoConnectionError(noConnection(error) ?? `AWS does not answer (${name}): check the network and --region.`);
}
