/** Where the command line works: the local platform that runs, or a stack on AWS. */
import { readFileSync } from 'node:fs';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { clock, useClock } from '../functions/runtime/clock.ts';
import { ENVIRONMENT } from '../functions/runtime/config.ts';
import {
  chance,
  executions,
  pauseSwitch,
  pinRecords,
  sweepRecords,
  unsuccessfulExecutions,
} from '../functions/runtime/container.ts';
import { readPolicy } from '../functions/runtime/policy.ts';

/** No platform, no credentials, no such stack: exit code 3. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

export interface Where {
  /** Name of the deployment on AWS; null: the local platform. */
  stack: string | null;
  region: string | null;
}

const ENDPOINTS_FILE = '.local/endpoints.json';
const POLICY_FILE = '.local/policy.json';

const endpointsSchema = z.object({
  stepfunctions: z.url(),
  dynamodb: z.url(),
  clock: z.url(),
  stateMachines: z.record(z.string(), z.string()),
  table: z.string(),
  region: z.string(),
});

interface Found {
  table: string;
  regenerateArn: string;
  sweepArn: string;
  timeZone: string;
}

/** A command's own limit for each call to AWS. */
const DEADLINE_MS = 600_000;

/** @throws NoConnectionError with the way out */
export async function connect(where: Where) {
  const found = where.stack === null ? await local() : await onAws(where.stack, where.region);
  process.env[ENVIRONMENT.table] = found.table;
  process.env[ENVIRONMENT.stateMachineArn] = found.regenerateArn;
  const call = { signal: AbortSignal.timeout(DEADLINE_MS) };
  return {
    regenerateArn: found.regenerateArn,
    sweepArn: found.sweepArn,
    ports: {
      records: pinRecords(call),
      executions: executions(call),
      unsuccessful: unsuccessfulExecutions(call),
      pauseSwitch: pauseSwitch(call),
      sweeps: sweepRecords(call),
      clock: clock(),
      chance: chance(),
      practice: { timeZone: found.timeZone },
    },
  };
}

export type Connection = Awaited<ReturnType<typeof connect>>;

async function local(): Promise<Found> {
  let endpoints: z.infer<typeof endpointsSchema>;
  let timeZone: string;
  try {
    endpoints = endpointsSchema.parse(JSON.parse(readFileSync(ENDPOINTS_FILE, 'utf8')));
    timeZone = readPolicy(POLICY_FILE).timeZone;
  } catch {
    throw new NoConnectionError(
      `No local platform runs here: start it with "npm start", or give --stack <name> for AWS.`,
    );
  }
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
    const offset = Date.parse(now) - Date.now();
    useClock({ now: () => Date.now() + offset });
  } catch {
    throw new NoConnectionError(`The local platform of ${ENDPOINTS_FILE} does not answer. Start it with "npm start".`);
  }
  const { table, stateMachines } = endpoints;
  return {
    table,
    timeZone,
    regenerateArn: stateMachines['regenerate-pin'] ?? '',
    sweepArn: stateMachines['sweep-expiring-pins'] ?? '',
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
    throw new NoConnectionError(whyNot(error, stack));
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
    timeZone: output('TimeZone'),
  };
}

function whyNot(error: unknown, stack: string): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ValidationError') return `There is no stack ${stack} in this region: check --stack and --region.`;
  if (/Credential|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SSO/i.test(name)) {
    return `AWS has no valid credentials for you (${name}): log in, e.g. with "aws sso login", and try again.`;
  }
  if (/Region/i.test(error instanceof Error ? error.message : '')) return 'No AWS region is set: give --region.';
  return `AWS does not answer (${name}): check the network and --region.`;
}
