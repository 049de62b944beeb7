/** A simulated EHR behind a gateway and an authorization server of its own, as an external FHIR server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SCOPES } from '../../../functions/adapters/fhir/scopes.ts';
import { createAuthorizationServer } from '../../../local/ehr/authorization-server.ts';
import { createClientKey } from '../../../local/ehr/client-key.ts';
import { createEhrSimulator, type EhrSimulator } from '../../../local/ehr/simulator.ts';
import { createGateway } from '../../../local/http/gateway.ts';

export interface ExternalServer {
  ehr: EhrSimulator;
  baseUrl: string;
  /** Paths of files for `--ehr-client` and `--ehr-token-file`. */
  clientFile: string;
  tokenFile: string;
}

/** @param folder for the files; @param scopes that the client is registered with */
export async function externalServer(folder: string, scopes: readonly string[] = SCOPES): Promise<ExternalServer> {
  const gateway = await createGateway({ port: 0 });
  onTestFinished(() => gateway.close());
  const key = await createClientKey();
  const now = () => Date.now();
  const client = { id: 'integrator', jwks: key.publicJwks, scopes };
  const server = createAuthorizationServer({ tokenUrl: `${gateway.url}/oauth/token`, client, now });
  const baseUrl = `${gateway.url}/r4`;
  const ehr = await createEhrSimulator({ now, baseUrl, gate: server.gate });
  gateway.mount('/oauth', server.handle);
  gateway.mount('/r4', (req, res) => ehr.handle(req, res));
  const clientFile = join(folder, 'client.json');
  writeFileSync(clientFile, JSON.stringify({ clientId: 'integrator', jwks: JSON.parse(key.privateJwks) }));
  const tokenFile = join(folder, 'token.txt');
  writeFileSync(tokenFile, `${server.standingAuthorization}\n`);
  return { ehr, baseUrl, clientFile, tokenFile };
}
