/** Starts the services that the handlers call, each with what an earlier start kept, and sets the handlers' environment. */
import { randomBytes } from 'node:crypto';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { realTime } from '../../functions/runtime/clock.ts';
import { createKms, type Kms } from '../aws/kms.ts';
import { createSecretsManager, type SecretsManager } from '../aws/secrets-manager.ts';
import { type AuthorizationServer, createAuthorizationServer } from '../ehr/authorization-server.ts';
import { createClientKey } from '../ehr/client-key.ts';
import { createEhrSimulator, type EhrSimulator } from '../ehr/simulator.ts';
import type { ExternalEhr } from '../external-ehr/external-ehr.ts';
import { forwardTo } from '../external-ehr/forward.ts';
import type { Gateway } from '../http/gateway.ts';
import type { HttpHandler } from '../http/http-messages.ts';
import { createMailbox, type Mailbox } from '../ses/mailbox.ts';
import { simulatedEvents } from '../ses/ses-events.ts';
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
import { createStepFunctions, type StepFunctions } from '../stepfunctions/step-functions.ts';
import { createEmailEvents, type EmailEvents } from '../triggers/email-events.ts';
import { type Around, NOTHING_AROUND } from './around.ts';
import { machineOf } from './handlers.ts';
import type { State } from './state.ts';

export interface ServiceOptions {
  policyFile: string;
  /** Replaces every pause before a retry, in milliseconds; for tests. */
  retryIntervalMs?: number;
  /** Of the steps' log lines; SILENT unless asked otherwise. */
  logLevel?: string;
  /** Whether lapses and a sweep follow a move of the clock; true unless set. For tests that start them by hand. */
  triggers?: boolean;
  /** Whether the steps write metrics; off unless asked. */
  metrics?: boolean;
  around?: Around;
  /** An external FHIR server instead of the simulator. */
  external?: External;
}

export interface External {
  ehr: ExternalEhr;
  /** The base URL by which the server knows itself. */
  ownBase: string;
  /** Refuses everything that would write to the chart. */
  isReadOnly: boolean;
}

export interface Services extends Pick<State, 'clock' | 'dynamodb'> {
  authorization: AuthorizationServer;
  /** null with an external FHIR server. */
  ehr: EhrSimulator | null;
  /** Serves the chart, simulated or external. */
  chart: HttpHandler;
  mailbox: Mailbox;
  /** Between the local SES and its function. */
  emailEvents: EmailEvents;
  kms: Kms;
  secretsManager: SecretsManager;
  /** Signs webhooks for this platform alone: `whsec_…`. */
  webhookSecret: string;
  stepFunctions: StepFunctions;
}

/** Starts everything that has a route on the gateway. Nothing is mounted and nothing runs yet. */
export async function startServices(
  { kept, before, clock, dynamodb }: State,
  gateway: Pick<Gateway, 'url' | 'origins'>,
  options: ServiceOptions,
): Promise<Services> {
  const clientKey = await createClientKey();
  const authorization = createAuthorizationServer({
    tokenUrl: `${gateway.url}/oauth/token`,
    client: { id: EHR_CLIENT_ID, jwks: clientKey.publicJwks, scopes: SCOPES },
    now: realTime,
  });
  const localBase = `${gateway.url}/fhir`;
  const { gate } = authorization;
  const { external } = options;
  const ehr = external
    ? null
    : await createEhrSimulator({
        now: clock.now,
        baseUrl: localBase,
        gate,
        ...(kept && { kept: { chart: before?.chart ?? [], keep: kept.keepChart } }),
      });
  const forward = external ? forwardTo({ ...external, localBase, gate }) : null;
  const chart: HttpHandler = (req, res) => (forward ? forward(req, res) : ehr?.handle(req, res));
  const emailEvents = createEmailEvents(
    async (event) => (await import('../../functions/triggers/email-feedback.ts')).handler(event),
    () => stepFunctions.settled(),
  );
  const mailbox = createMailbox({
    now: clock.now,
    ...(kept && { keep: kept.keepMail }),
    ...((options.triggers ?? true) && { onSent: (mail) => emailEvents.publish(simulatedEvents(mail)) }),
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
  const { around = NOTHING_AROUND } = options;
  const machines = [STATE_MACHINE, SWEEP_MACHINE, DISCOVERY_MACHINE].map((machine) => machineOf(machine, around));
  const stepFunctions = createStepFunctions({
    machines: await Promise.all(machines),
    now: clock.now,
    region: REGION,
    accountId: ACCOUNT_ID,
    lambdaTimeoutsMs: { SweepMinute: 90_000, DiscoverPage: 900_000 },
    ...(options.retryIntervalMs !== undefined && { retryIntervalMs: options.retryIntervalMs }),
    ...(kept && { keep: kept.keepExecution }),
  });
  await stepFunctions.restore(before?.executions ?? []);
  return {
    clock,
    dynamodb,
    authorization,
    ehr,
    chart,
    mailbox,
    emailEvents,
    kms,
    secretsManager,
    webhookSecret,
    stepFunctions,
  };
}
