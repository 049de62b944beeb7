import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { EHR_EVENT_TYPES, ehrEvent } from '../../../../../functions/domain/webhook/ehr-event.ts';

const timestamp = '2026-06-15T12:00:00Z';
const data = { patientId: 'demo-001' };
const request = { ...data, actor: 'front-desk-7', reason: 'The patient called.' };
const isValid = (body: unknown) => z.safeParse(ehrEvent, body).success;

describe('an event of the EHR', () => {
  it.each<[string, object]>([
    ['pin.issued', data],
    ['pin.regeneration_requested', request],
    ['pin.regeneration_requested', { ...request, force: true }],
    ['pin.regeneration_requested', { ...request, actor: 'x'.repeat(100), reason: 'x'.repeat(500) }],
    ['portal.registered', data],
    ['patient.email_changed', data],
    ['patient.opted_out', data],
    ['patient.updated', { ...data, change: 'deceased' }],
    ['patient.updated', { ...data, change: 'inactive' }],
    ['patient.updated', { ...data, change: 'merged' }],
    ['patient.updated', { ...data, change: 'provider' }],
    ['pin.issued', { patientId: 'A-1.z'.padEnd(64, '0') }],
  ])('%s %j', (type, given) => expect(isValid({ type, timestamp, data: given })).toBe(true));

  it.each(['2026-06-15T12:00:00.123Z', '2026-06-15T08:00:00-04:00'])('happened at %s', (each) => {
    expect(isValid({ type: 'pin.issued', timestamp: each, data })).toBe(true);
  });

  it('is of a type that is listed', () => {
    expect(ehrEvent._zod.def.options.map(({ _zod }) => [..._zod.def.shape.type._zod.values])).toEqual(
      EHR_EVENT_TYPES.map((type) => [type]),
    );
  });
});

describe('is refused', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [{ type: 'pin.issued', timestamp, data }]],
    ['a text', 'pin.issued'],
    ['no type', { timestamp, data }],
    ['an unknown type', { type: 'pin.expired', timestamp, data }],
    ['a type in capitals', { type: 'PIN.ISSUED', timestamp, data }],
    ['no timestamp', { type: 'pin.issued', data }],
    ['a day', { type: 'pin.issued', timestamp: '2026-06-15', data }],
    ['a time of no zone', { type: 'pin.issued', timestamp: '2026-06-15T12:00:00', data }],
    ['a day that does not exist', { type: 'pin.issued', timestamp: '2026-02-30T12:00:00Z', data }],
    ['a number of seconds', { type: 'pin.issued', timestamp: 1781524800, data }],
    ['no data', { type: 'pin.issued', timestamp }],
    ['no patient', { type: 'pin.issued', timestamp, data: {} }],
    ['a patient of no id', { type: 'pin.issued', timestamp, data: { patientId: '' } }],
    ['a reference', { type: 'pin.issued', timestamp, data: { patientId: 'Patient/demo-001' } }],
    ['an id that is too long', { type: 'pin.issued', timestamp, data: { patientId: 'x'.repeat(65) } }],
    ['an unknown member', { type: 'pin.issued', timestamp, data, source: 'ehr' }],
    ['unknown data', { type: 'pin.issued', timestamp, data: { ...data, email: 'a@example.com' } }],
    [
      'a prototype',
      JSON.parse(`{"type":"pin.issued","timestamp":"${timestamp}","data":{"patientId":"x"},"__proto__":{}}`),
    ],
    ['an unknown change', { type: 'patient.updated', timestamp, data: { ...data, change: 'moved' } }],
    ['no change', { type: 'patient.updated', timestamp, data }],
    ['a change of an address', { type: 'patient.email_changed', timestamp, data: { ...data, change: 'provider' } }],
    ['no requester', { type: 'pin.regeneration_requested', timestamp, data: { ...request, actor: '' } }],
    ['no reason', { type: 'pin.regeneration_requested', timestamp, data: { ...data, actor: 'x' } }],
    ['a novel', { type: 'pin.regeneration_requested', timestamp, data: { ...request, reason: 'x'.repeat(501) } }],
    ['a force of words', { type: 'pin.regeneration_requested', timestamp, data: { ...request, force: 'yes' } }],
  ])('%s', (_what, body) => expect(isValid(body)).toBe(false));
});
