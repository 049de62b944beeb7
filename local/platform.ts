/** The whole product on one machine: every service behind one gateway on 127.0.0.1, and the handlers that are deployed. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { useClock } from '../functions/runtime/clock.ts';
import { createVirtualClock, type VirtualClock } from './clock.ts';
import { createDynamoDb, type DynamoDb } from './dynamodb.ts';
import { createEhrSimulator, type EhrSimulator } from './ehr/simulator.ts';
import { ACCOUNT_ID, REGION, setEnvironment, TABLE } from './environment.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createStepFunctions, type LambdaHandler, type StepFunctions } from './stepfunctions/step-functions.ts';

const STATE_MACHINE = 'regenerate-pin';

export interface PlatformOptions {
  /** Of the gateway; 0 = any free one. */
  port: number;
  policyFile: string;
  /** Replaces every pause before a retry, in milliseconds; for tests. */
  retryIntervalMs?: number;
  /** Of the steps' log lines; SILENT unless asked otherwise. */
  logLevel?: string;
}

export interface Platform {
  url: string;
  clock: VirtualClock;
  ehr: EhrSimulator;
  dynamodb: DynamoDb;
  mailbox: Mailbox;
  stepFunctions: StepFunctions;
  endpoints: Endpoints;
  close(): Promise<void>;
}

/** What `.local/endpoints.json` holds (a contract): base URLs, and what AWS would call the things behind them. */
export interface Endpoints {
  console: string;
  api: string;
  webhooks: string;
  fhir: string;
  stepfunctions: string;
  dynamodb: string;
  ses: string;
  mailbox: string;
  clock: string;
  stateMachines: Record<string, string>;
  table: string;
  region: string;
}

/** Starts everything; throws PortInUseError, PolicyError. Nothing is loaded and nothing runs yet. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const clock = createVirtualClock();
  useClock(clock);
  const gateway = await createGateway({ port: options.port });
  const [ehr, dynamodb] = await Promise.all([
    createEhrSimulator({ now: clock.now, baseUrl: `${gateway.url}/fhir` }),
    createDynamoDb({ now: clock.now }),
  ]);
  const mailbox = createMailbox({ now: clock.now });
  await dynamodb.createTable(TABLE);
  const stateMachineArn = `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:${STATE_MACHINE}`;
  setEnvironment({
    url: gateway.url,
    stateMachineArn,
    policyFile: options.policyFile,
    fingerprintKey: randomBytes(32).toString('base64'),
    logLevel: options.logLevel ?? 'SILENT',
  });
  const stepFunctions = createStepFunctions({
    machines: [await regeneratePinMachine()],
    now: clock.now,
    region: REGION,
    accountId: ACCOUNT_ID,
    ...(options.retryIntervalMs !== undefined && { retryIntervalMs: options.retryIntervalMs }),
  });
  mountAll(gateway, { clock, ehr, dynamodb, mailbox, stepFunctions });
  clock.beforeMove(() => stepFunctions.settled());
  clock.afterMove(async () => void (await dynamodb.deleteExpired()));
  return {
    url: gateway.url,
    clock,
    ehr,
    dynamodb,
    mailbox,
    stepFunctions,
    endpoints: endpointsOf(gateway.url, stepFunctions),
    async close() {
      await stepFunctions.close();
      await gateway.close();
      await dynamodb.close();
    },
  };
}

/** The shipped ASL and, for each of its Tasks, the handler of the file that bears its name. */
async function regeneratePinMachine() {
  const file = new URL(`../statemachines/${STATE_MACHINE}.asl.json`, import.meta.url);
  const definition: { States: Record<string, { Type: string }> } = JSON.parse(readFileSync(file, 'utf8'));
  const tasks = Object.entries(definition.States).filter(([, state]) => state.Type === 'Task');
  const functions = await Promise.all(tasks.map(async ([name]) => [name, await handlerOf(name)] as const));
  return { name: STATE_MACHINE, definition, functions: Object.fromEntries(functions) };
}

async function handlerOf(state: string): Promise<LambdaHandler> {
  const file = state.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const { handler } = await import(new URL(`../functions/steps/${file}.ts`, import.meta.url).href);
  return handler;
}

type Services = Pick<Platform, 'clock' | 'ehr' | 'dynamodb' | 'mailbox' | 'stepFunctions'>;

function mountAll(gateway: Gateway, { clock, ehr, dynamodb, mailbox, stepFunctions }: Services): void {
  gateway.mount('/fhir', (req, res) => ehr.handle(req, res));
  gateway.mount('/dynamodb', dynamodb.handle);
  gateway.mount('/ses', mailbox.handleSes);
  gateway.mount('/mailbox', mailbox.handleViewer);
  gateway.mount('/stepfunctions', (req, res) => stepFunctions.handle(req, res));
  gateway.mount('/clock', clock.handle);
}

function endpointsOf(url: string, stepFunctions: StepFunctions): Endpoints {
  return {
    console: `${url}/console`,
    api: `${url}/api`,
    webhooks: `${url}/webhooks`,
    fhir: `${url}/fhir`,
    stepfunctions: `${url}/stepfunctions`,
    dynamodb: `${url}/dynamodb`,
    ses: `${url}/ses`,
    mailbox: `${url}/mailbox`,
    clock: `${url}/clock`,
    stateMachines: { ...stepFunctions.stateMachineArns },
    table: TABLE,
    region: REGION,
  };
}
