import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../../functions/pickup/request.ts';
import { preferredLanguage } from '../../../../functions/pickup/words.ts';
import type { Policy } from '../../../../functions/runtime/policy.ts';
import { requestOf } from '../../../support/requests/http-events.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const policy: Pick<Policy, 'languages'> = { languages: ['en'] };
const sentOf = (event: APIGatewayProxyEventV2) => readRequest(event, policy).sent;

describe('an answer', () => {
  const body = 'month=3&day=29&year=1957&last-name=Mu%C3%B1oz';
  const entered = { month: '3', day: '29', year: '1957', lastName: 'Muñoz' };

  it('is read from the form, plain and as API Gateway encodes it', () => {
    expect(sentOf(requestOf(body, FORM))).toEqual({ kind: 'ANSWER', entered });
    const encoded = requestOf(Buffer.from(body).toString('base64'), FORM, { isBase64Encoded: true });
    expect(sentOf(encoded)).toEqual({ kind: 'ANSWER', entered });
  });

  it('takes the first of a field that comes twice, and of each no more than means anything', () => {
    expect(sentOf(requestOf('month=3&month=4', FORM))).toMatchObject({ entered: { month: '3', day: '' } });
    const long = sentOf(requestOf(`year=${'9'.repeat(3000)}`, FORM));
    expect(long).toMatchObject({ entered: { year: '9'.repeat(100) } });
  });

  it.each([
    ['application/x-www-form-urlencoded; charset=UTF-8', 'ANSWER'],
    ['Application/X-WWW-Form-Urlencoded', 'ANSWER'],
    ['application/json', 'UNREADABLE'],
    ['multipart/form-data; boundary=x', 'UNREADABLE'],
    ['application/x-www-form-urlencodedx', 'UNREADABLE'],
    ['', 'UNREADABLE'],
  ])('as %s: %s', (type, kind) => {
    expect(sentOf(requestOf(body, { 'content-type': type })).kind).toBe(kind);
  });

  it('has at most 4096 bytes', () => {
    const sized = (bytes: number) => sentOf(requestOf('x='.padEnd(bytes, 'x'), FORM));
    expect(sized(4096).kind).toBe('ANSWER');
    expect(sized(4097)).toEqual({ kind: 'UNREADABLE', status: 413 });
  });
});

it.each([
  ['GET', { kind: 'NOTHING' }],
  ['HEAD', { kind: 'NOTHING' }],
  ['PUT', { kind: 'UNREADABLE', status: 405 }],
  ['DELETE', { kind: 'UNREADABLE', status: 405 }],
])('%s: %j', (method, sent) => expect(sentOf(requestOf(undefined, {}, { method }))).toEqual(sent));

it('the source is the address the API saw, whatever a header says', () => {
  const headers = { ...FORM, 'x-forwarded-for': '198.51.100.9', forwarded: 'for=198.51.100.9' };
  expect(readRequest(requestOf('', headers), policy).sourceAddress).toBe('192.0.2.1');
});

describe('the language', () => {
  const languages = (query: string, acceptLanguage?: string) =>
    readRequest(
      {
        ...requestOf(undefined, { ...(acceptLanguage && { 'accept-language': acceptLanguage }) }),
        rawQueryString: query,
      },
      policy,
    ).languages;
  it.each([
    ['lang=es', 'en-US', { chosen: 'es', guessed: 'en' }],
    ['lang=fr', 'es-MX,es;q=0.9,en;q=0.8', { chosen: null, guessed: 'es' }],
    ['', 'fr, es;q=0.3, en;q=0.2', { chosen: null, guessed: 'es' }],
    ['', 'es;q=0, en;q=0.1', { chosen: null, guessed: 'en' }],
    ['', 'de', { chosen: null, guessed: 'en' }],
    ['', undefined, { chosen: null, guessed: 'en' }],
  ])('of ?%s and %s', (query, accept, told) => expect(languages(query, accept)).toEqual(told));
  it.each(['*', '', ';;;', 'es;q=x', 'q=1', ',,,', 'ES-419'])('is read out of anything: %j', (header) => {
    expect(['en', 'es', null]).toContain(preferredLanguage(header));
  });
});

it('whatever comes is read without an error', () => {
  const text = fc.string({ unit: 'binary' });
  const event = fc.record(
    {
      rawQueryString: text,
      rawPath: text,
      headers: fc.dictionary(
        fc.constantFrom('content-type', 'accept-language', 'x'),
        fc.oneof(text, fc.constant(FORM['content-type'])),
      ),
      body: text,
      isBase64Encoded: fc.boolean(),
      pathParameters: fc.record({ token: text }, { requiredKeys: [] }),
      requestContext: fc.record({
        http: fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT', ''), sourceIp: text }),
      }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(event, (made) => {
      const request = readRequest(made as unknown as APIGatewayProxyEventV2, policy);
      expect(typeof request.token).toBe('string');
    }),
    { seed: 5 },
  );
});
