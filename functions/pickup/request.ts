/** Reads what a browser sent to the pick-up page. Whatever it is, it is read without an error. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Language, languageOf } from '../domain/email/language.ts';
import type { Policy } from '../runtime/policy.ts';
import type { Entered } from './page.ts';
import { preferredLanguage } from './words.ts';

/** A date, a name and a proof; a hundred times less would do. */
const MAX_BODY_BYTES = 4096;

/** A field's longest text that means anything; what is shown again is no longer than that. */
const MAX_FIELD_LENGTH = 100;

export interface PickupRequest {
  /** What stands in the token's place. */
  token: string;
  /** As the API's front saw it: no header is believed. */
  sourceAddress: string;
  languages: {
    /** By the switch on the page. */
    chosen: Language | null;
    /** By the browser's settings, or the practice's. */
    guessed: Language;
  };
  /** `proof`: the button under "has expired" was pressed. */
  sent: { kind: 'NOTHING' } | { kind: 'PROOF'; proof: string } | { kind: 'ANSWER'; entered: Entered } | Unreadable;
}

export interface Unreadable {
  kind: 'UNREADABLE';
  status: 405 | 413 | 415;
}

export function readRequest(event: APIGatewayProxyEventV2, { languages }: Pick<Policy, 'languages'>): PickupRequest {
  const query = new URLSearchParams(event.rawQueryString ?? '');
  const acceptLanguage = event.headers?.['accept-language'] ?? '';
  return {
    token: event.pathParameters?.token ?? '',
    sourceAddress: event.requestContext?.http?.sourceIp ?? '',
    languages: {
      chosen: languageOf(query.get('lang')),
      guessed: preferredLanguage(acceptLanguage) ?? languages[0],
    },
    sent: readSent(event),
  };
}

function readSent(event: APIGatewayProxyEventV2): PickupRequest['sent'] {
  const method = event.requestContext?.http?.method ?? 'GET';
  if (method === 'GET' || method === 'HEAD') return { kind: 'NOTHING' };
  if (method !== 'POST') return { kind: 'UNREADABLE', status: 405 };
  const type = event.headers?.['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) return { kind: 'UNREADABLE', status: 415 };
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > MAX_BODY_BYTES) return { kind: 'UNREADABLE', status: 413 };
  const form = new URLSearchParams(body.toString('utf8'));
  const field = (name: string) => (form.get(name) ?? '').slice(0, MAX_FIELD_LENGTH);
  const proof = form.get('proof');
  if (proof !== null) return { kind: 'PROOF', proof };
  const entered = { month: field('month'), day: field('day'), year: field('year'), lastName: field('last-name') };
  return { kind: 'ANSWER', entered };
}
