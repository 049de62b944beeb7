/** Discovery and token endpoint that answer as a test says, beside keys as a practice would have them. */
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createSmartAuthorization, type SmartOptions } from '../../../functions/adapters/smart/smart-authorization.ts';
import { type Script, type ScriptedEhr, scriptedEhr } from './scripted-ehr.ts';

/** What must never be shown: it stands in whatever the servers say. */
export const CANARY = 'canary-9f8e7d';

const privateJwk = {
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
  RS384: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
};

/** The secret's text: a set with one private key. */
export function jwks(kid: string, alg: keyof typeof privateJwk = 'ES384', differing: object = {}): string {
  return JSON.stringify({ keys: [{ ...privateJwk[alg], kid, alg, ...differing }] });
}

/** The private part of every key. */
export const PRIVATE = Object.values(privateJwk).map(({ d }) => String(d));

export const json =
  (status: number, body: unknown): Script =>
  (_request, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
export const text =
  (status: number, body: string, headers: Record<string, string> = {}): Script =>
  (_request, res) =>
    void res.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
export const token = (name: string, more: object = { expires_in: 300 }): Script =>
  json(200, { access_token: name, token_type: 'bearer', ...more });
export const refused = (error: string): Script => json(400, { error, error_description: CANARY });
export const hang: Script = () => undefined;
export const drop: Script = (_request, res: ServerResponse) => void res.destroy();

export interface ScriptedAuthorization {
  server: ScriptedEhr;
  /** Clock of the client, milliseconds. */
  now: number;
  /** What the secret holds. */
  secret: string;
  /** How often the secret was read. */
  reads: number;
  /** The forms that came to the token endpoint. */
  forms(): URLSearchParams[];
  /** Answers of the token endpoint, the last one again and again; of the discovery, which works unless said; and of the chart. */
  answer(tokens: Script[], discovery?: Script, chart?: Script): void;
  client(differing?: Partial<SmartOptions>): ReturnType<typeof createSmartAuthorization>;
}

export async function scriptedAuthorization(): Promise<ScriptedAuthorization> {
  const server = await scriptedEhr();
  const endpoint = server.url.replace('/fhir', '/token');
  let ids = 0;
  const scripted: ScriptedAuthorization = {
    server,
    now: Date.parse('2026-11-22T12:00:00.250Z'),
    secret: jwks('key-1'),
    reads: 0,
    forms: () => server.requests.filter(({ method }) => method === 'POST').map(({ body }) => new URLSearchParams(body)),
    answer(tokens, discovery = json(200, { token_endpoint: endpoint }), chart = drop) {
      const left = [...tokens];
      scripted.reads = 0;
      server.answer((request, res) => {
        if (request.url === '/fhir/.well-known/smart-configuration') return discovery(request, res);
        if (request.url !== '/token') return chart(request, res);
        const [next = drop] = left.length > 1 ? left.splice(0, 1) : left;
        next(request, res);
      });
    },
    client: (differing = {}) =>
      createSmartAuthorization({
        baseUrl: server.url,
        clientId: 'portal-pin at work',
        scopes: 'system/Patient.rs system/Task.cus',
        readKey: async () => {
          scripted.reads += 1;
          return scripted.secret;
        },
        now: () => scripted.now,
        newId: () => `id-${++ids}`,
        ...differing,
      }),
  };
  return scripted;
}
