/** The whole product on one machine: every service behind one gateway on 127.0.0.1, and the handlers that are deployed. */
import { type ConsoleBuild, createConsoleBuild } from '../console/console-build.ts';
import type { EhrSimulator } from '../ehr/simulator.ts';
import { createGateway } from '../http/gateway.ts';
import type { Kept } from '../kept/kept.ts';
import { NOTHING_AROUND } from './around.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { mountRoutes } from './routes.ts';
import { type External, type ServiceOptions, type Services, startServices } from './services.ts';
import { openState } from './state.ts';
import { wireTriggers } from './triggers.ts';

export type { Around } from './around.ts';
export type { Endpoints } from './endpoints.ts';

export interface PlatformOptions extends ServiceOptions {
  /** Of the gateway; 0 = any free one. */
  port: number;
  /** The folder that keeps everything across restarts; in memory only without it. */
  dataDir?: string;
}

/** @typeParam Ehr null where the chart is an external server's */
export interface Platform<Ehr extends EhrSimulator | null = EhrSimulator>
  extends Pick<Services, 'clock' | 'dynamodb' | 'mailbox' | 'kms' | 'stepFunctions' | 'emailEvents'> {
  url: string;
  ehr: Ehr;
  /** Built when the console is first opened. */
  consoleBuild: ConsoleBuild;
  /** Resolves when no execution runs and SES has told of every mail. */
  settled(): Promise<void>;
  endpoints: Endpoints;
  /** What `dataDir` holds; null in memory. */
  kept: Kept | null;
  close(): Promise<void>;
}

/**
 * Starts everything, with what was kept. Nothing is loaded and nothing runs yet.
 * @throws PortInUseError, PolicyError, KeptDataError, DatabaseNotOpenError
 */
export function startPlatform(options: PlatformOptions & { external?: never }): Promise<Platform>;
export function startPlatform(options: PlatformOptions & { external: External }): Promise<Platform<null>>;
export async function startPlatform(options: PlatformOptions): Promise<Platform<EhrSimulator | null>> {
  const state = await openState(options.dataDir, options.external?.ehr.baseUrl ?? null);
  const gateway = await createGateway({ port: options.port, home: '/console' });
  const services = await startServices(state, gateway, options);
  const consoleBuild = createConsoleBuild({ inBackground: true });
  await mountRoutes(gateway, services, options.around ?? NOTHING_AROUND, consoleBuild);
  const settled = await wireTriggers(services, options.triggers ?? true);
  const { kept, dynamodb } = state;
  if (kept) await dynamodb.deleteExpired(); // what lapsed while nothing ran, or a killed move of the clock left undone
  const { clock, ehr, mailbox, kms, stepFunctions, emailEvents, webhookSecret, authorization } = services;
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
    endpoints: endpointsOf(gateway.url, {
      webhookSecret,
      fhirAuthorization: authorization.standingAuthorization,
      stateMachines: stepFunctions.stateMachineArns,
    }),
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
