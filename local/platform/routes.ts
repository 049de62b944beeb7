/** Puts every service, the deployed HTTP handlers and the console behind the gateway. */
import { realTime } from '../../functions/runtime/clock.ts';
import { serveConsole } from '../console/console.ts';
import type { ConsoleBuild } from '../console/console-build.ts';
import { serveLocalApi } from '../console/local-api.ts';
import type { Gateway } from '../http/gateway.ts';
import { serveHttpApi } from '../http/http-api.ts';
import type { HttpHandler } from '../http/http-messages.ts';
import type { Around } from './around.ts';
import { importHandler } from './handlers.ts';
import type { Services } from './services.ts';

export async function mountRoutes(
  gateway: Gateway,
  services: Services,
  around: Around,
  consoleBuild: ConsoleBuild,
): Promise<void> {
  const { clock, ehr, mailbox, stepFunctions, webhookSecret } = services;
  await mountHttpApi(gateway, clock.now);
  gateway.mount('/console', serveConsole(consoleBuild));
  const webhooks = `${gateway.url}/webhooks`;
  gateway.mount('/local-api', serveLocalApi({ ehr, mailbox, now: clock.now, webhooks, webhookSecret }));
  const mount = (prefix: string, handler: HttpHandler) => gateway.mount(prefix, around.service(prefix, handler));
  mount('/fhir', services.chart);
  mount('/oauth', services.authorization.handle);
  mount('/dynamodb', services.dynamodb.handle);
  mount('/ses', mailbox.handleSes);
  mount('/mailbox', mailbox.handleViewer);
  mount('/kms', services.kms.handle);
  mount('/secretsmanager', services.secretsManager.handle);
  mount('/stepfunctions', (req, res) => stepFunctions.handle(req, res));
  mount('/clock', clock.handle);
}

/** The handlers that API Gateway calls on AWS. */
async function mountHttpApi(gateway: Gateway, now: () => number): Promise<void> {
  const webhook = await importHandler('triggers/ehr-webhook');
  gateway.mount('/webhooks', serveHttpApi({ name: 'EhrWebhook', handler: webhook, prefix: '/webhooks' }, now));
  const page = await importHandler('pickup/pickup-page');
  const path = '/{token}';
  gateway.mount('/pickup', serveHttpApi({ name: 'PickupPage', handler: page, prefix: '/pickup', path }, now));
  const admin = await importHandler('admin/admin-api');
  gateway.mount('/api', serveHttpApi({ name: 'AdminApi', handler: admin, prefix: '/api', claims: localClaims }, now));
}

/** The user of this machine may act, as `local`; the gateway refuses every other caller. */
function localClaims(): Record<string, string> {
  const exp = String(Math.floor(realTime() / 1000) + 3_600);
  return { token_use: 'access', username: 'local', 'cognito:groups': '[operator]', exp };
}
