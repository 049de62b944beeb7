/** The whole product on one machine: every service behind one gateway on 127.0.0.1, and the handlers that are deployed. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { realTime, useClock } from '../../functions/runtime/clock.ts';
import { handlerOf } from '../../statemachines/asl.ts';
import { createKms, type Kms } from '../aws/kms.ts';
import { createSecretsManager, type SecretsManager } from '../aws/secrets-manager.ts';
import { serveConsole } from '../console/console.ts';
import { type ConsoleBuild, createConsoleBuild } from '../console/console-build.ts';
import { serveLocalApi } from '../console/local-api.ts';
import { createDynamoDb, type DynamoDb } from '../dynamodb/dynamodb.ts';
import { type AuthorizationServer, createAuthorizationServer } from '../ehr/authorization-server.ts';
import { createClientKey } from '../ehr/client-key.ts';
import { createEhrSimulator, type EhrSimulator } from '../ehr/simulator.ts';
import { createGateway, type Gateway } from '../http/gateway.ts';
import { serveHttpApi } from '../http/http-api.ts';
import type { HttpHandler } from '../http/http-messages.ts';
import { type Kept, openKept } from '../kept/kept.ts';
import { createMailbox, type Mailbox } from '../ses/mailbox.ts';
import { simulatedEvents } from '../ses/ses-events.ts';
import { createVirtualClock, type VirtualClock } from '../settings/clock.ts';
import {
  ACCOUNT_ID,
  DISCOVERY_MACHINE,
  EHR_CLIENT_ID,
  EHR_KEY_SECRET_ARN,
  FINGERPRINT_KEY_ARN,
  REGION,
  STATE_MACHINE,
  SWEEP_MACHINE,
  setEnvironment,
  TABLE,
  WEBHOOK_SECRET_ARN,
} from '../settings/environment.ts';
import { localWebhookSecret } from '../settings/webhooks.ts';
import { createStepFunctions, type LambdaHandler, type StepFunctions } from '../stepfunctions/step-functions.ts';
import { deliverLapses, runSweep } from '../triggers/daily-sweep.ts';
import { createEmailEvents, type EmailEvents } from '../triggers/email-events.ts';

export interface PlatformOptions {
  /** Of the gateway; 0 = any free one. */
  port: number;
  policyFile: string;
  /** The folder in which everything is kept across restarts; in memory only without it. */
  dataDir?: string;
  /** Replaces every pause before a retry, in milliseconds; for tests. */
  retryIntervalMs?: number;
  /** Of the steps' log lines; SILENT unless asked otherwise. */
  logLevel?: string;
  /** Whether lapses and a sweep follow when the clock is moved; unless told otherwise they do. For tests that start by hand. */
  triggers?: boolean;
  /** Whether the steps write metrics; off unless asked. */
  metrics?: boolean;
  /** Stands around every service and every step; for tests that let them fail. */
  around?: Around;
}

export interface Around {
  /** @param prefix where the service is mounted, such as `/dynamodb` */
  service(prefix: string, handler: HttpHandler): HttpHandler;
  /** @param name of the Task state */
  step(name: string, handler: LambdaHandler): LambdaHandler;
}

const NOTHING_AROUND: Around = { service: (_prefix, handler) => handler, step: (_name, handler) => handler };

export interface Platform {
  url: string;
  clock: VirtualClock;
  ehr: EhrSimulator;
  dynamodb: DynamoDb;
  mailbox: Mailbox;
  kms: Kms;
  stepFunctions: StepFunctions;
  /** Built when it is first looked at. */
  consoleBuild: ConsoleBuild;
  /** Between the local SES and its function. */
  emailEvents: EmailEvents;
  /** Resolves when no execution runs and SES has told of every mail. */
  settled(): Promise<void>;
  endpoints: Endpoints;
  /** What `dataDir` holds; null in memory. */
  kept: Kept | null;
  close(): Promise<void>;
}

/** What `.local/endpoints.json` holds (a contract): base URLs, and what AWS would call the things behind them. */
export interface Endpoints {
  console: string;
  api: string;
  webhooks: string;
  /** Signs webhooks for this platform alone, as long as its data are kept: `whsec_…`. */
  webhookSecret: string;
  fhir: string;
  /** A whole header value, by which the chart can be read by hand while the platform runs. */
  fhirAuthorization: string;
  stepfunctions: string;
  dynamodb: string;
  ses: string;
  mailbox: string;
  /** A link in a mail is this, a slash and a token. */
  pickup: string;
  clock: string;
  stateMachines: Record<string, string>;
  table: string;
  region: string;
}

/**
 * Starts everything, with what was kept. Nothing is loaded and nothing runs yet.
 * @throws PortInUseError, PolicyError, KeptDataError, DatabaseNotOpenError
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { around = NOTHING_AROUND } = options;
  const kept = options.dataDir === undefined ? null : await openKept(options.dataDir);
  const before = await kept?.read();
  const clock = createVirtualClock(
    kept === null ? {} : { offsetMs: kept.offsetMs, keep: kept.keepOffset, keepMoved: kept.keepMoved },
  );
  useClock(clock);
  // Before the gateway listens: what is wrong with the data then ends the start with nothing left open.
  const dynamodb = await createDynamoDb({ now: clock.now, ...(kept && { path: kept.tablePath }) });
  const gateway = await createGateway({ port: options.port, home: '/console' });
  const clientKey = await createClientKey();
  const authorization = createAuthorizationServer({
    tokenUrl: `${gateway.url}/oauth/token`,
    client: { id: EHR_CLIENT_ID, jwks: clientKey.publicJwks, scopes: SCOPES },
    now: realTime,
  });
  const ehr = await createEhrSimulator({
    now: clock.now,
    baseUrl: `${gateway.url}/fhir`,
    gate: authorization.gate,
    ...(kept && { kept: { chart: before?.chart ?? [], keep: kept.keepChart } }),
  });
  const emailEvents = createEmailEvents(
    async (event) => (await import('../../functions/triggers/email-feedback.ts')).handler(event),
    () => stepFunctions.settled(),
  );
  const withTriggers = options.triggers ?? true;
  const mailbox = createMailbox({
    now: clock.now,
    ...(kept && { keep: kept.keepMail }),
    ...(withTriggers && { onSent: (mail) => emailEvents.publish(simulatedEvents(mail)) }),
  });
  mailbox.restore(before?.mails ?? []);
  const keyMaterial = kept?.fingerprintKey ?? randomBytes(32).toString('base64');
  const webhookSecret = localWebhookSecret(keyMaterial);
  const secrets = {
    [EHR_KEY_SECRET_ARN]: clientKey.privateJwks,
    [WEBHOOK_SECRET_ARN]: JSON.stringify({ secrets: [webhookSecret] }),
  };
  const secretsManager = createSecretsManager(secrets, realTime);
  const kms = createKms({ keyArn: FINGERPRINT_KEY_ARN, keyMaterial });
  await dynamodb.createTable(TABLE);
  await kept?.keepTable();
  setEnvironment({
    url: gateway.url,
    origins: gateway.origins,
    policyFile: options.policyFile,
    logLevel: options.logLevel ?? 'SILENT',
    metrics: options.metrics ?? false,
  });
  const stepFunctions = createStepFunctions({
    machines: await Promise.all(
      [STATE_MACHINE, SWEEP_MACHINE, DISCOVERY_MACHINE].map((machine) => machineOf(machine, around)),
    ),
    now: clock.now,
    region: REGION,
    accountId: ACCOUNT_ID,
    lambdaTimeoutsMs: { SweepMinute: 90_000, DiscoverPage: 900_000 },
    ...(options.retryIntervalMs !== undefined && { retryIntervalMs: options.retryIntervalMs }),
    ...(kept && { keep: kept.keepExecution }),
  });
  await stepFunctions.restore(before?.executions ?? []);
  await mountApi(gateway, clock.now);
  const consoleBuild = createConsoleBuild({ inBackground: true });
  gateway.mount('/console', serveConsole(consoleBuild));
  const webhooks = `${gateway.url}/webhooks`;
  gateway.mount('/local-api', serveLocalApi({ ehr, mailbox, now: clock.now, webhooks, webhookSecret }));
  mountAll(gateway, around, { clock, ehr, authorization, dynamodb, mailbox, kms, secretsManager, stepFunctions });
  /** What is told of a mail may start an execution, which may send one more. */
  const settled = async () => {
    await stepFunctions.settled();
    while (emailEvents.isPending()) {
      await emailEvents.settled();
      await stepFunctions.settled();
    }
  };
  clock.beforeMove(settled);
  clock.afterMove(async () => void (await dynamodb.deleteExpired()));
  if (withTriggers) {
    const { handler: pinLapsed } = await import('../../functions/triggers/pin-lapsed.ts');
    dynamodb.onRemoved((removals) => deliverLapses(removals, pinLapsed));
    clock.afterMove(() => runSweep(stepFunctions, stepFunctions.stateMachineArns[SWEEP_MACHINE] ?? ''));
    clock.afterMove(settled);
    // What SES was about to tell when the process ended; what it has told already is told twice, as it may.
    emailEvents.publish(mailbox.mails().flatMap(simulatedEvents));
  }
  if (kept) await dynamodb.deleteExpired(); // what lapsed while nothing ran, or a killed move of the clock left undone
  return {
    url: gateway.url,
    clock,
    ehr,
    dynamodb,
    mailbox,
    kms,
    stepFunctions,
    consoleBuild,
    emailEvents,
    settled,
    endpoints: endpointsOf(gateway.url, authorization, stepFunctions, webhookSecret),
    kept,
    async close() {
      consoleBuild.close();
      emailEvents.hold();
      await stepFunctions.close();
      await emailEvents.settled();
      await gateway.close();
      await dynamodb.close();
      await kept?.close();
    },
  };
}

/** The shipped ASL and, for each of its Tasks, the handler of the file that bears its name. */
async function machineOf(name: string, { step }: Around) {
  const file = new URL(`../../statemachines/${name}.asl.json`, import.meta.url);
  const definition: { States: Record<string, { Type: string }> } = JSON.parse(readFileSync(file, 'utf8'));
  const tasks = Object.entries(definition.States).filter(([, state]) => state.Type === 'Task');
  const functions = await Promise.all(
    tasks.map(async ([task]) => [task, step(task, await importHandler(`steps/${handlerOf(task)}`))] as const),
  );
  return { name, definition, functions: Object.fromEntries(functions) };
}

/** What API Gateway is in front of. */
async function mountApi(gateway: Gateway, now: () => number): Promise<void> {
  const webhook = await importHandler('triggers/ehr-webhook');
  gateway.mount('/webhooks', serveHttpApi({ name: 'EhrWebhook', handler: webhook, prefix: '/webhooks' }, now));
  const page = await importHandler('pickup/pickup-page');
  const path = '/{token}';
  gateway.mount('/pickup', serveHttpApi({ name: 'PickupPage', handler: page, prefix: '/pickup', path }, now));
  const admin = await importHandler('admin/admin-api');
  gateway.mount('/api', serveHttpApi({ name: 'AdminApi', handler: admin, prefix: '/api', claims: localClaims }, now));
}

/** Whoever sits at this machine may act, as `local`; the gateway keeps everybody else away. */
function localClaims(): Record<string, string> {
  const exp = String(Math.floor(realTime() / 1000) + 3_600);
  return { token_use: 'access', username: 'local', 'cognito:groups': '[operator]', exp };
}

async function importHandler(file: string): Promise<LambdaHandler> {
  const { handler } = await import(new URL(`../../functions/${file}.ts`, import.meta.url).href);
  return handler;
}

interface Services extends Pick<Platform, 'clock' | 'ehr' | 'dynamodb' | 'mailbox' | 'kms' | 'stepFunctions'> {
  authorization: AuthorizationServer;
  secretsManager: SecretsManager;
}

function mountAll(
  gateway: Gateway,
  around: Around,
  { clock, ehr, authorization, dynamodb, mailbox, kms, secretsManager, stepFunctions }: Services,
): void {
  const mount = (prefix: string, handler: HttpHandler) => gateway.mount(prefix, around.service(prefix, handler));
  mount('/fhir', (req, res) => ehr.handle(req, res));
  mount('/oauth', authorization.handle);
  mount('/dynamodb', dynamodb.handle);
  mount('/ses', mailbox.handleSes);
  mount('/mailbox', mailbox.handleViewer);
  mount('/kms', kms.handle);
  mount('/secretsmanager', secretsManager.handle);
  mount('/stepfunctions', (req, res) => stepFunctions.handle(req, res));
  mount('/clock', clock.handle);
}

function endpointsOf(
  url: string,
  authorization: AuthorizationServer,
  stepFunctions: StepFunctions,
  webhookSecret: string,
): Endpoints {
  return {
    console: `${url}/console`,
    api: `${url}/api`,
    webhooks: `${url}/webhooks`,
    webhookSecret,
    fhir: `${url}/fhir`,
    fhirAuthorization: authorization.standingAuthorization,
    stepfunctions: `${url}/stepfunctions`,
    dynamodb: `${url}/dynamodb`,
    ses: `${url}/ses`,
    mailbox: `${url}/mailbox`,
    pickup: `${url}/pickup`,
    clock: `${url}/clock`,
    stateMachines: { ...stepFunctions.stateMachineArns },
    table: TABLE,
    region: REGION,
  };
}
