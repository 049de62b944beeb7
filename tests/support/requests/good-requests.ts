/** Requests as the EHR sends them, generated. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { EHR_EVENT_TYPES, type EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import { type RequestMore, requestOf } from './http-events.ts';
import { SECRET } from './webhook-events.ts';

/** The machine's time while they are generated, seconds since 1970. */
export const NOW_S = Date.parse('2026-06-15T12:00:00Z') / 1000;
/** Of Standard Webhooks, either way. */
export const WINDOW_S = 300;
export const MAX_BYTES = 65_536;

export const letters = (characters: string, size: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...characters), ...size });
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
export const BASE64 = `${ALPHANUMERIC}+/`;
export const webhookId = letters(`${ALPHANUMERIC}-_`, { minLength: 1, maxLength: 100 });
/** FHIR ids: a path segment of one or two dots is none. */
const patientId = letters(`${ALPHANUMERIC}-.`, { minLength: 1, maxLength: 64 }).filter((id) => !/^\.{1,2}$/.test(id));
const timestamp = fc.integer({ min: 0, max: NOW_S }).map((seconds) => toInstant(seconds * 1000));

/** Every kind of event, as the schema has it. */
export const goodEvent: fc.Arbitrary<EhrEvent> = fc
  .record({
    type: fc.constantFrom(...EHR_EVENT_TYPES),
    timestamp,
    patientId,
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    force: fc.boolean(),
    change: fc.constantFrom('deceased' as const, 'inactive' as const, 'merged' as const, 'provider' as const),
  })
  .map(({ type, timestamp, patientId, text, force, change }) => {
    if (type === 'pin.regeneration_requested') {
      return { type, timestamp, data: { patientId, actor: text.slice(0, 100), reason: text, force } };
    }
    if (type === 'patient.updated') return { type, timestamp, data: { patientId, change } };
    return { type, timestamp, data: { patientId } };
  });

export interface Sending {
  id: string;
  body: string;
}

export const sendings: fc.Arbitrary<Sending> = fc
  .record({ id: webhookId, event: goodEvent })
  .map(({ id, event }) => ({ id, body: JSON.stringify(event) }));

export function headersOf({ id, body }: Sending, at = NOW_S, secret = SECRET): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at * 1000), body),
  };
}

/** What is sent is what was signed; `more` may spoil the rest. */
export function goodRequest(sending: Sending, more: RequestMore = {}): APIGatewayProxyEventV2 {
  return requestOf(sending.body, headersOf(sending), more);
}
