/** The caller, from the claims verified by the JWT authorizer, never from the request itself. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { GROUPS } from './contract/practice.ts';
import { adminProblem } from './problems.ts';

export type Group = (typeof GROUPS)[number];

export interface Caller {
  name: string;
  groups: Group[];
}

/** Of an access token of Cognito; API Gateway hands a list on as text in brackets, separated by spaces. */
const claims = z.object({
  /** An ID token is for the page; it grants no access here. */
  token_use: z.literal('access'),
  username: z.string().check(z.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u)),
  exp: z.coerce.number().check(z.int()),
  'cognito:groups': z._default(z.union([z.string(), z.array(z.string())]), ''),
});

/**
 * Problem 401 without claims of an access token, or where they have expired by `now`, the machine's time in
 * milliseconds. API Gateway has refused both before; this holds if it is ever called without its authorizer.
 */
export function callerOf({ requestContext }: APIGatewayProxyEventV2, now: number): Caller {
  const { authorizer } = (requestContext ?? {}) as { authorizer?: { jwt?: { claims?: unknown } } };
  const read = z.safeParse(claims, authorizer?.jwt?.claims);
  if (!read.success || read.data.exp * 1000 <= now) {
    throw adminProblem('not-signed-in', { headers: { 'www-authenticate': 'Bearer' } });
  }
  const { username, 'cognito:groups': listed } = read.data;
  const names = Array.isArray(listed) ? listed : listed.replace(/^\[|\]$/g, '').split(' ');
  return { name: username, groups: GROUPS.filter((group) => names.includes(group)) };
}

/** Operators may do what viewers may. Problem 403. */
export function assertMay({ groups }: Caller, group: Group): void {
  if (!groups.includes('operator') && !groups.includes(group)) throw adminProblem('not-allowed');
}

/** A browser names the page's origin with whatever changes something; programs name none. Problem 403. */
export function assertOrigin({ headers = {} }: APIGatewayProxyEventV2, origins: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign = origin !== undefined && !origins.includes(origin);
  if (isForeign || site === 'cross-site' || site === 'same-site') throw adminProblem('foreign-origin');
}
