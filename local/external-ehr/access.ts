/** The credentials for an external FHIR server, from the files that the command line names. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { createSmartAuthorization } from '../../functions/adapters/smart/smart-authorization.ts';
import { signingKeyOf } from '../../functions/adapters/smart/smart-signing-key.ts';
import { realTime } from '../../functions/runtime/clock.ts';
import { type Authorize, ExternalEhrError } from './external-ehr.ts';

const CLIENT_FILE = '{ "clientId": "…", "jwks": { "keys": [ a private RS384 or ES384 key with its kid ] } }';

const clientFile = z.object({
  clientId: z.string().regex(/^[\x20-\x7e]+$/),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }),
  /** Separated by spaces; default: every scope that the FHIR adapter needs. */
  scopes: z.string().min(1).optional(),
});

export interface AccessFiles {
  /** A client of SMART Backend Services. */
  client: string | null;
  /** A bearer token. */
  token: string | null;
}

/**
 * SMART Backend Services with a client file, a fixed bearer token with a token file, no Authorization with neither.
 * @param scopes that a client asks for where its file names none
 * @throws ExternalEhrError for a file that cannot be used, or a token that would travel without TLS
 */
export async function accessTo(
  baseUrl: string,
  { client, token }: AccessFiles,
  scopes: readonly string[] = SCOPES,
): Promise<Authorize> {
  if (client !== null) return smartAccess(baseUrl, client, scopes);
  if (token === null) return async () => null;
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
    throw new ExternalEhrError(`A bearer token is sent over TLS alone: give --ehr an https address, not ${baseUrl}.`);
  }
  const text = fileText('--ehr-token-file', token)
    .trim()
    .replace(/^Bearer +/i, '');
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new ExternalEhrError(`--ehr-token-file ${token} holds no bearer token: put the token there, on one line.`);
  }
  return async () => `Bearer ${text}`;
}

async function smartAccess(baseUrl: string, file: string, usual: readonly string[]): Promise<Authorize> {
  const parsed = clientFile.safeParse(jsonOf(fileText('--ehr-client', file)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
    throw new ExternalEhrError(`--ehr-client ${file} is wrong (${where}). It holds ${CLIENT_FILE}.`);
  }
  const { clientId, jwks, scopes = usual.join(' ') } = parsed.data;
  const key = JSON.stringify(jwks);
  try {
    await signingKeyOf(key);
  } catch (error) {
    const code = error instanceof Error ? error.message : 'unusable';
    throw new ExternalEhrError(`--ehr-client ${file}: the key cannot be used (${code}). It holds ${CLIENT_FILE}.`);
  }
  const options = { baseUrl, clientId, scopes, readKey: async () => key, now: realTime, newId: randomUUID };
  return createSmartAuthorization(options);
}

function fileText(option: string, path: string): string {
  try {
    // Editors of some systems begin a file with a byte order mark.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new ExternalEhrError(`${option} ${path} cannot be read${code}. Give the path of a file.`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
