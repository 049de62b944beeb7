/**
 * Access to the simulated chart: SMART Backend Services. A token endpoint for the one registered client, and the
 * gate in front of the FHIR server. https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
import { randomBytes } from 'node:crypto';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { type HttpHandler, readBody, send } from '../http/http-messages.ts';
import { AssertionError, createAssertionCheck, type RegisteredClient } from './client-assertion.ts';
import type { Answer, EhrRequest } from './request.ts';
import { mayAskFor, mayDo, neededBy } from './scopes.ts';

export interface AuthorizationServer {
  /** The token endpoint, to be mounted so that `tokenUrl` ends here, whatever its path. */
  handle: HttpHandler;
  /** To stand before the FHIR server: answers where a request may not pass, and says where the token endpoint is; null lets pass. */
  gate(request: EhrRequest): Answer | null;
  /** A header value for the user of this machine: full access while the process runs. */
  readonly standingAuthorization: string;
}

export interface AuthorizationOptions {
  tokenUrl: string;
  client: RegisteredClient;
  /** Real time in milliseconds since the epoch, which the client goes by as well. */
  now: () => number;
}

interface Grant {
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  until: number;
}

/** What SMART recommends at most. */
const TOKEN_LIFE_S = 300;
/** An assertion and a list of scopes take some 2 KB. */
const MAX_BODY_BYTES = 64 * 1024;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A refusal as RFC 6749 §5.2 has it. */
class OAuthError extends Error {
  readonly code: string;
  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

export function createAuthorizationServer({ tokenUrl, client, now }: AuthorizationOptions): AuthorizationServer {
  const grants = new Map<string, Grant>();
  const check = createAssertionCheck(client, tokenUrl, now);

  function issue(scopes: readonly string[], until: number): string {
    for (const [token, grant] of grants) if (grant.until <= now()) grants.delete(token);
    const token = randomBytes(32).toString('base64url');
    grants.set(token, { scopes, until });
    return token;
  }

  async function granted(form: URLSearchParams): Promise<object> {
    const field = (name: string) => {
      const [value = '', ...others] = form.getAll(name);
      if (others.length > 0) throw new OAuthError('invalid_request', `${name} is given twice`);
      return value;
    };
    if (field('grant_type') !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials');
    }
    if (field('client_assertion_type') !== ASSERTION_TYPE) {
      throw new OAuthError('invalid_client', `client_assertion_type must be ${ASSERTION_TYPE}`);
    }
    try {
      await check(field('client_assertion'));
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      throw new OAuthError('invalid_client', `client_assertion: ${error.message}`);
    }
    const scopes = field('scope').split(' ').filter(Boolean);
    if (scopes.length === 0 || !scopes.every((scope) => mayAskFor(client.scopes, scope))) {
      throw new OAuthError('invalid_scope', `scope must be some of: ${client.scopes.join(' ')}`);
    }
    const token = issue(scopes, now() + TOKEN_LIFE_S * 1000);
    return { access_token: token, token_type: 'bearer', expires_in: TOKEN_LIFE_S, scope: scopes.join(' ') };
  }

  const handle: HttpHandler = async (req, res) => {
    const body = await readBody(req, MAX_BODY_BYTES);
    const answer = (status: number, value: object) => {
      res.setHeader('cache-control', 'no-store');
      send(res, status, 'application/json', JSON.stringify(value));
    };
    try {
      if (req.method !== 'POST' || !req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
        throw new OAuthError('invalid_request', 'POST a form (application/x-www-form-urlencoded)');
      }
      answer(200, await granted(new URLSearchParams(body.toString())));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      answer(400, { error: error.code, error_description: error.message });
    }
  };

  function gate(request: EhrRequest): Answer | null {
    const [path = ''] = request.url.split('?');
    if (request.method === 'GET' && path === 'metadata') return null;
    if (request.method === 'GET' && path === '.well-known/smart-configuration') {
      return { status: 200, headers: { 'content-type': 'application/json' }, body: configuration(tokenUrl, client) };
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const grant = grants.get(token ?? '');
    if (grant === undefined)
      return refusal(401, 'login', 'A token is needed; .well-known/smart-configuration says where to get it');
    if (grant.until <= now()) return refusal(401, 'expired', 'The token has expired');
    const missing = neededBy(request).find((permission) => !mayDo(grant.scopes, permission));
    if (missing === undefined) return null;
    return refusal(403, 'forbidden', `The token's scopes lack "${missing.letter}" on ${missing.type}`);
  }

  const standing = issue(['system/*.cruds'], Number.POSITIVE_INFINITY);
  return { handle, gate, standingAuthorization: `Bearer ${standing}` };
}

function configuration(tokenUrl: string, { scopes }: RegisteredClient): string {
  return JSON.stringify({
    token_endpoint: tokenUrl,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    grant_types_supported: ['client_credentials'],
    scopes_supported: scopes,
    capabilities: ['client-confidential-asymmetric', 'permission-v2'],
  });
}

function refusal(status: 401 | 403, code: 'login' | 'expired' | 'forbidden', text: string): Answer {
  const outcome: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, details: { text } }],
  };
  const error = status === 401 ? 'invalid_token' : 'insufficient_scope';
  const headers = { 'content-type': 'application/fhir+json', 'www-authenticate': `Bearer error="${error}"` };
  return { status, headers, body: JSON.stringify(outcome) };
}
