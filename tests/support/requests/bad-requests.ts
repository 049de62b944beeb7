/** Requests that no sender of ours would send, generated: each kind is a good request that is spoiled in one way. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { BAD_BODIES } from './bad-bodies.ts';
import { BASE64, goodRequest, headersOf, letters, MAX_BYTES, NOW_S, WINDOW_S, webhookId } from './good-requests.ts';
import { requestOf } from './http-events.ts';
import { asBytes, fraction, type Kinds, spoilt } from './spoilt.ts';

export interface BadRequest {
  kind: string;
  request: APIGatewayProxyEventV2;
  /** What may be answered. */
  statuses: readonly number[];
}

const cut = (text: string, at: number) => text.slice(0, Math.floor(text.length * at));
const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
const HEADERS = ['content-type', ...SIGNED_HEADERS] as const;

const ON_THE_WAY: Kinds = {
  // 400 where it was cut in the middle of a character.
  'truncated on the way': {
    statuses: [400, 401],
    requests: spoilt(fraction, (sending, at) => requestOf(cut(sending.body, at), headersOf(sending))),
  },
  'truncated before it was signed': {
    statuses: [400],
    requests: spoilt(fraction, ({ id, body }, at) => goodRequest({ id, body: cut(body, at) })),
  },
  oversized: {
    statuses: [413],
    requests: spoilt(
      fc.tuple(
        fc.integer({ min: MAX_BYTES + 1, max: 2 * MAX_BYTES }),
        fc.constantFrom(' ', 'x', 'é', '['),
        fc.boolean(),
      ),
      (sending, [size, filling, isEncoded]) => {
        const request = requestOf(sending.body.padEnd(size, filling), headersOf(sending));
        return isEncoded ? asBytes(request, Buffer.from(request.body ?? '')) : request;
      },
    ),
  },
  'signed by another': {
    statuses: [401],
    requests: spoilt(fc.uint8Array({ minLength: 24, maxLength: 64 }), (sending, key) =>
      requestOf(sending.body, headersOf(sending, NOW_S, `whsec_${Buffer.from(key).toString('base64')}`)),
    ),
  },
  'a made-up signature': {
    statuses: [401],
    requests: spoilt(
      fc.array(letters(BASE64, { minLength: 0, maxLength: 64 }), { minLength: 1, maxLength: 5 }),
      (sending, made) =>
        goodRequest(sending, { headers: { 'webhook-signature': made.map((x) => `v1,${x}`).join(' ') } }),
    ),
  },
  'a signature of which one character differs': {
    statuses: [401],
    requests: spoilt(fc.tuple(fc.integer({ min: 3, max: 45 }), fc.constantFrom(...BASE64)), (sending, [at, other]) => {
      const right = headersOf(sending)['webhook-signature'] ?? '';
      const different = right[at] === other ? (other === 'A' ? 'B' : 'A') : other;
      return goodRequest(sending, {
        headers: { 'webhook-signature': right.slice(0, at) + different + right.slice(at + 1) },
      });
    }),
  },
  'a body of which something differs': {
    statuses: [400, 401],
    requests: spoilt(fc.tuple(fraction, fc.string({ minLength: 1, maxLength: 5 })), (sending, [at, more]) => {
      const place = Math.floor(sending.body.length * at);
      const body = sending.body.slice(0, place) + more + sending.body.slice(place);
      return requestOf(body, headersOf(sending));
    }),
  },
  'another id than was signed': {
    statuses: [401],
    requests: spoilt(webhookId, (sending, other) =>
      goodRequest(sending, { headers: { 'webhook-id': other === sending.id ? `${other.slice(1)}-x` : other } }),
    ),
  },
  stale: {
    statuses: [401],
    requests: spoilt(fc.integer({ min: WINDOW_S + 1, max: NOW_S }), (sending, ago) =>
      requestOf(sending.body, headersOf(sending, NOW_S - ago)),
    ),
  },
  future: {
    statuses: [401],
    requests: spoilt(fc.integer({ min: WINDOW_S + 1, max: 80_000_000_000 }), (sending, ahead) =>
      requestOf(sending.body, headersOf(sending, NOW_S + ahead)),
    ),
  },
  'no JSON by its type': {
    statuses: [415],
    requests: spoilt(
      fc.oneof(
        fc.constantFrom(
          'text/plain',
          'application/fhir+json',
          'application/json; charset=utf-16',
          'text/json',
          '',
          'application/jsonp',
        ),
        fc.string({ maxLength: 30 }).map((text) => `x${text}`),
      ),
      (sending, type) => goodRequest(sending, { headers: { 'content-type': type } }),
    ),
  },
  'another method or path': {
    statuses: [404, 405],
    requests: spoilt(
      fc.oneof(
        fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'post', '').map((method) => ({ method })),
        fc.webPath().map((path) => ({ path: `${path}/x` })),
      ),
      (sending, more) => goodRequest(sending, more),
    ),
  },
  compressed: {
    statuses: [415],
    requests: spoilt(fc.constantFrom('gzip', 'br', 'deflate', 'gzip, gzip', 'zstd'), (sending, encoding) =>
      goodRequest(sending, { headers: { 'content-encoding': encoding } }),
    ),
  },
  'a header that came twice': {
    statuses: [400, 415],
    requests: spoilt(
      fc.tuple(
        fc.constantFrom(...HEADERS),
        fc.constantFrom(',', ', '),
        fc.oneof(fc.constant(null), fc.string({ maxLength: 20 })),
        fc.boolean(),
      ),
      (sending, [name, comma, other, isFirst]) => {
        const right = headersOf(sending)[name] ?? '';
        const twice = isFirst ? [right, other ?? right] : [other ?? right, right];
        return goodRequest(sending, { headers: { [name]: twice.join(comma) } });
      },
    ),
  },
  'a header that is missing': {
    statuses: [400, 401, 415],
    requests: spoilt(fc.constantFrom(...HEADERS), (sending, name) =>
      goodRequest(sending, { headers: { [name]: undefined } }),
    ),
  },
  'a header that is anything': {
    statuses: [400, 401],
    requests: spoilt(
      fc.tuple(fc.constantFrom(...SIGNED_HEADERS), fc.string({ unit: 'binary', maxLength: 3_000 })),
      (sending, [name, text]) => goodRequest(sending, { headers: { [name]: `${text}!` } }),
    ),
  },
};

const KINDS = { ...ON_THE_WAY, ...BAD_BODIES };
export const badRequests: fc.Arbitrary<BadRequest> = fc.oneof(
  ...Object.entries(KINDS).map(([kind, { statuses, requests }]) =>
    requests.map((request) => ({ kind, statuses, request })),
  ),
);
export const BAD_KINDS = Object.keys(KINDS);
