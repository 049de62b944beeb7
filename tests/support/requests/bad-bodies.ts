/** Bodies that a sender of ours would not send, signed or not. */
import fc from 'fast-check';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { goodEvent, goodRequest, headersOf, MAX_BYTES, NOW_S, sendings, WINDOW_S, webhookId } from './good-requests.ts';
import { requestOf } from './http-events.ts';
import { asBytes, fraction, type Kinds, spoilt } from './spoilt.ts';

/** None of them is a type, an instant, data or an id. */
const WRONG_VALUES: unknown[] = [
  null,
  0,
  -1,
  1e308,
  true,
  '',
  ' ',
  'x y',
  'Patient/1',
  'ü',
  [],
  [[]],
  {},
  { patientId: 1 },
  'x'.repeat(65),
  '2026-02-30T00:00:00',
];

export const BAD_BODIES: Kinds = {
  'too deep': {
    statuses: [400],
    requests: spoilt(
      fc.tuple(
        fc.integer({ min: 9, max: 6_000 }),
        fc.constantFrom('[', '{"a":', '{"type":"pin.issued","data":'),
        fc.boolean(),
      ),
      ({ id }, [levels, opening, isClosed]) => {
        const depth = Math.min(levels, Math.floor((MAX_BYTES - 10) / (opening.length + 1)));
        const closing = (opening === '[' ? ']' : '}').repeat(depth);
        return goodRequest({ id, body: `${opening.repeat(depth)}1${isClosed ? closing : ''}` });
      },
    ),
  },
  'no UTF-8': {
    statuses: [400],
    requests: spoilt(
      fc.tuple(
        fraction,
        fc.constantFrom([0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0x80]),
      ),
      (sending, [at, bytes]) => {
        const good = Buffer.from(sending.body);
        const place = Math.floor(good.length * at);
        // Before an ASCII character, so that nothing completes what is begun.
        const spoiled = Buffer.concat([
          good.subarray(0, place),
          Buffer.from(bytes),
          Buffer.from(' '),
          good.subarray(place),
        ]);
        return asBytes(goodRequest(sending), spoiled);
      },
    ),
  },
  'encoded otherwise than it was signed': {
    statuses: [400, 401],
    requests: spoilt(
      fc.constantFrom('utf16le', 'base64', 'hex', 'bom') as fc.Arbitrary<BufferEncoding | 'bom'>,
      (sending, encoding) => {
        const request = goodRequest(sending);
        if (encoding === 'bom') return { ...request, body: `\ufeff${sending.body}` };
        if (encoding === 'utf16le') return asBytes(request, Buffer.from(sending.body, 'utf16le'));
        return { ...request, body: Buffer.from(sending.body).toString(encoding) };
      },
    ),
  },
  'a byte order mark that was signed along': {
    statuses: [400],
    requests: sendings.map(({ id, body }) => goodRequest({ id, body: `\ufeff${body}` })),
  },
  'half a character': {
    statuses: [400],
    requests: spoilt(fc.constantFrom('\ud800', '\udfff'), (sending, half) =>
      requestOf(sending.body + half, headersOf(sending)),
    ),
  },
  'said to be base64 and none': {
    statuses: [400],
    requests: sendings.map((sending) => goodRequest(sending, { isBase64Encoded: true })),
  },
  'any JSON, signed': {
    statuses: [400, 422],
    requests: spoilt(fc.json(), ({ id }, body) => goodRequest({ id, body })),
  },
  'any text, signed': {
    statuses: [400, 413],
    requests: spoilt(fc.string({ unit: 'grapheme', maxLength: 200 }), ({ id }, text) =>
      goodRequest({ id, body: `<${text}` }),
    ),
  },
  'any bytes': {
    statuses: [400, 401],
    requests: spoilt(fc.uint8Array({ maxLength: 500 }), (sending, bytes) =>
      asBytes(goodRequest(sending), Buffer.from([...bytes, 0])),
    ),
  },
  'an event in which something is anything': {
    statuses: [422],
    requests: fc
      .tuple(
        webhookId,
        goodEvent,
        fc.constantFrom('type', 'timestamp', 'data', 'patientId'),
        fc.constantFrom(...WRONG_VALUES),
      )
      .map(([id, event, member, wrong]) => {
        const body =
          member === 'patientId'
            ? { ...event, data: { ...event.data, patientId: wrong } }
            : { ...event, [member]: wrong };
        return goodRequest({ id, body: JSON.stringify(body) });
      }),
  },
  'an event in which something is too much': {
    statuses: [422],
    requests: fc
      .tuple(webhookId, goodEvent, fc.string({ maxLength: 20 }), fc.boolean())
      .map(([id, event, name, isDeep]) => {
        const more = Object.fromEntries([[`x${name}`, name]]);
        const body = isDeep ? { ...event, data: { ...event.data, ...more } } : { ...event, ...more };
        return goodRequest({ id, body: JSON.stringify(body) });
      }),
  },
  'an event that has yet to happen': {
    statuses: [422],
    requests: fc
      .tuple(webhookId, goodEvent, fc.integer({ min: WINDOW_S + 1, max: 1e9 }))
      .map(([id, event, ahead]) =>
        goodRequest({ id, body: JSON.stringify({ ...event, timestamp: toInstant((NOW_S + ahead) * 1000) }) }),
      ),
  },
};
