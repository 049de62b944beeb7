import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  AwsUnavailableError,
  ConfigurationError,
  EhrUnavailableError,
  RecordUnreadableError,
} from '../../../../functions/domain/errors.ts';
import type { EhrEvent } from '../../../../functions/domain/webhook/ehr-event.ts';
import { WEBHOOK_PROBLEMS, type WebhookProblem } from '../../../../functions/runtime/webhook-problems.ts';
import type { ehrWebhook } from '../../../../functions/triggers/ehr-webhook.ts';
import { freshId } from '../../../support/harness/ehr-sender.ts';
import type { RequestMore } from '../../../support/requests/http-events.ts';
import { type Answered, handling, signatures, signedRequest } from '../../../support/requests/webhook-events.ts';
import { NOW, type WebhookWorld, webhookWorld } from '../../../support/worlds/webhook-world.ts';

type Ports = Parameters<typeof ehrWebhook>[0];

let world: WebhookWorld;
let ports: Ports;
let handle: ReturnType<typeof handling>;
const logLines: string[] = [];
beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  world = await webhookWorld();
  ports = { ...world.ports, signatures };
  handle = handling(ports);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const CANARY = 'canary-quillfeather';
const timestamp = '2026-06-15T11:59:00Z';
const issued = (patientId: string): EhrEvent => ({ type: 'pin.issued', timestamp, data: { patientId } });
const changed = (patientId: string): EhrEvent => ({ type: 'patient.email_changed', timestamp, data: { patientId } });

/** A problem document (RFC 9457) of that name, which holds nothing that was sent. */
function expectProblem(answered: Answered, name: WebhookProblem): void {
  const [status, title, detail] = WEBHOOK_PROBLEMS[name];
  const type = `https://portal-pin.example/problems/${name}`;
  expect(answered.body).toMatchObject({ type, title, status, detail });
  expect(answered.status).toBe(status);
  expect(answered.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  expect(answered.text).not.toContain(CANARY);
}

describe('a webhook that is accepted', () => {
  it('is answered 202 with what was decided, and again with the same', async () => {
    const request = signedRequest(changed(await world.patient(null)));
    const first = await handle(request);
    expect(first).toMatchObject({ status: 202, headers: { 'content-type': 'application/json' } });
    expect(first.body).toEqual({ decision: 'STARTED', execution: expect.stringMatching(/^[0-9a-f]{40}-1$/) });
    expect((await handle(request)).text).toBe(first.text);
  });

  it('may be encoded as API Gateway does with what it takes for no text', async () => {
    const request = signedRequest(changed(await world.patient(null)));
    const body = Buffer.from(request.body ?? '').toString('base64');
    expect((await handle({ ...request, body, isBase64Encoded: true })).status).toBe(202);
    // The same bytes, so the same webhook.
    expect((await handle(request)).status).toBe(202);
  });

  it.each([
    { headers: { 'content-type': 'application/json; charset=utf-8' } },
    { headers: { 'content-type': 'Application/JSON;charset="UTF-8"' } },
    { headers: { 'content-encoding': 'identity' } },
    { path: '/stage/webhooks/ehr' },
  ])('may come with %j', async (more) => {
    expect((await handle(signedRequest(changed(await world.patient(null)), more))).status).toBe(202);
  });

  it('may be as large as the limit', async () => {
    const text = JSON.stringify(changed(await world.patient(null)));
    expect((await handle(signedRequest(text.padEnd(65_536, ' ')))).status).toBe(202);
    expect((await handle(signedRequest(text.padEnd(65_537, ' ')))).status).toBe(413);
  });
});

const UNSIGNED = { 'webhook-id': undefined, 'webhook-timestamp': undefined, 'webhook-signature': undefined };

describe('what is wrong with the request', () => {
  const good = JSON.stringify(issued(CANARY));
  it.each<[string, WebhookProblem, RequestMore]>([
    ['another path', 'not-found', { path: `/webhooks/${CANARY}` }],
    ['no path', 'not-found', { path: '/' }],
    ['GET', 'method-not-allowed', { method: 'GET' }],
    ['PUT', 'method-not-allowed', { method: 'PUT' }],
    ['no content-type', 'unsupported-media-type', { headers: { 'content-type': undefined } }],
    ['text', 'unsupported-media-type', { headers: { 'content-type': 'text/plain' } }],
    ['a form', 'unsupported-media-type', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['JSON of a kind', 'unsupported-media-type', { headers: { 'content-type': 'application/fhir+json' } }],
    ['JSON in Latin 1', 'unsupported-media-type', { headers: { 'content-type': 'application/json; charset=latin1' } }],
    [
      'two content-types',
      'unsupported-media-type',
      { headers: { 'content-type': 'application/json,application/json' } },
    ],
    ['gzip', 'unsupported-media-type', { headers: { 'content-encoding': 'gzip' } }],
    ['no id', 'malformed-headers', { headers: { 'webhook-id': undefined } }],
    ['no timestamp', 'malformed-headers', { headers: { 'webhook-timestamp': undefined } }],
    ['no signature', 'not-verified', { headers: { 'webhook-signature': undefined } }],
    ['no header of Standard Webhooks', 'not-verified', { headers: UNSIGNED }],
    ['an empty signature', 'malformed-headers', { headers: { 'webhook-signature': '' } }],
    ['an empty id', 'malformed-headers', { headers: { 'webhook-id': '' } }],
    ['an id with a full stop', 'malformed-headers', { headers: { 'webhook-id': `${CANARY}.1` } }],
    ['an id of two lines', 'malformed-headers', { headers: { 'webhook-id': `${CANARY}\n` } }],
    ['an id that is too long', 'malformed-headers', { headers: { 'webhook-id': CANARY.padEnd(101, 'x') } }],
    ['two ids', 'malformed-headers', { headers: { 'webhook-id': 'a,a' } }],
    ['two timestamps', 'malformed-headers', { headers: { 'webhook-timestamp': '1614265330,1614265330' } }],
    ['a timestamp that only begins as one', 'malformed-headers', { headers: { 'webhook-timestamp': '1614265330x' } }],
    ['a timestamp with a sign', 'malformed-headers', { headers: { 'webhook-timestamp': '-1' } }],
    ['a timestamp with zeros before it', 'malformed-headers', { headers: { 'webhook-timestamp': '01614265330' } }],
    ['a timestamp of an instant', 'malformed-headers', { headers: { 'webhook-timestamp': timestamp } }],
    ['a signature of no version', 'malformed-headers', { headers: { 'webhook-signature': CANARY } }],
    [
      'too many signatures',
      'malformed-headers',
      {
        headers: {
          'webhook-signature': Array(60)
            .fill(`v1,${'A'.repeat(44)}`)
            .join(' '),
        },
      },
    ],
    ['a base64 body that is none', 'malformed-body', { isBase64Encoded: true }],
    ['an id signed for another', 'not-verified', { headers: { 'webhook-id': 'msg_other' } }],
    ['a stale timestamp', 'not-verified', { headers: { 'webhook-timestamp': '1614265330' } }],
    ['a future timestamp', 'not-verified', { headers: { 'webhook-timestamp': '99999999999' } }],
    ['a wrong signature', 'not-verified', { headers: { 'webhook-signature': `v1,${'A'.repeat(44)}` } }],
  ])('%s: %s', async (_what, problem, more) => expectProblem(await handle(signedRequest(good, more)), problem));

  it('a signature that came twice, even if one is right', async () => {
    const request = signedRequest(good);
    const right = request.headers['webhook-signature'];
    for (const both of [`${right},v1,AAAA`, `v1,AAAA,${right}`, `${right},${right}`, `${right}, ${right}`]) {
      const headers = { ...request.headers, 'webhook-signature': both };
      expectProblem(await handle({ ...request, headers }), 'malformed-headers');
    }
  });

  it.each([
    ['nothing', ''],
    ['no JSON', CANARY],
    ['JSON cut short', good.slice(0, -1)],
    ['two documents', good + good],
    ['a byte order mark', `\ufeff${good}`],
    ['nine levels', `{"type":${'['.repeat(8)}1${']'.repeat(8)}}`],
    ['32,000 levels', '['.repeat(32_000) + ']'.repeat(32_000)],
    ['32,000 levels of objects, cut short', '{"a":'.repeat(13_000)],
  ])('a signed body that is %s', async (_what, body) =>
    expectProblem(await handle(signedRequest(body)), 'malformed-body'),
  );

  it('a body that is no UTF-8, whatever signed it', async () => {
    const request = signedRequest(good);
    const bytes = Buffer.concat([Buffer.from(good), Buffer.from([0xff])]);
    expectProblem(
      await handle({ ...request, body: bytes.toString('base64'), isBase64Encoded: true }),
      'malformed-body',
    );
    expectProblem(await handle({ ...request, body: `${good}\ud800` }), 'malformed-body');
  });

  it('no body at all, no headers at all, nothing at all', async () => {
    const { body: _body, ...without } = signedRequest(good);
    expect((await handle(without)).status).toBe(401);
    expectProblem(await handle({ ...without, headers: {} }), 'unsupported-media-type');
    expectProblem(await handle({} as typeof without), 'not-found');
  });

  it.each<[string, unknown, { pointer: string; detail: string }[]]>([
    ['no object', 1, [{ pointer: '', detail: 'is missing or not as the schema has it' }]],
    [
      'an unknown type',
      { type: CANARY, timestamp, data: {} },
      [{ pointer: '/type', detail: 'is missing or not as the schema has it' }],
    ],
    [
      'several things',
      { type: 'pin.issued', timestamp: CANARY, data: { patientId: `Patient/${CANARY}`, [CANARY]: 1 }, [CANARY]: 1 },
      [
        { pointer: '/timestamp', detail: 'is missing or not as the schema has it' },
        { pointer: '/data/patientId', detail: 'is missing or not as the schema has it' },
        { pointer: '/data', detail: 'has a member that is not known' },
        { pointer: '', detail: 'has a member that is not known' },
      ],
    ],
    [
      'an event of tomorrow',
      { ...issued(CANARY), timestamp: '2026-06-16T12:00:00Z' },
      [{ pointer: '/timestamp', detail: 'lies in the future' }],
    ],
  ])('a signed body that is %s: 422, which says where', async (_what, body, errors) => {
    const answered = await handle(signedRequest(JSON.stringify(body)));
    expectProblem(answered, 'wrong-event');
    expect(answered.body.errors).toEqual(errors);
  });

  it('an event five minutes ahead is one of a clock that differs', async () => {
    const id = await world.patient(null);
    const ahead = (ms: number) => ({ ...changed(id), timestamp: new Date(NOW + ms).toISOString() });
    expect((await handle(signedRequest(ahead(5 * 60_000)))).status).toBe(202);
    expect((await handle(signedRequest(ahead(5 * 60_000 + 1)))).status).toBe(422);
  });

  it('another body under the same id: 422', async () => {
    const [id, patient] = [freshId(), await world.patient(null)];
    expect((await handle(signedRequest(changed(patient), {}, id))).status).toBe(202);
    expectProblem(await handle(signedRequest(issued(patient), {}, id)), 'other-body');
  });

  it('too many in a minute: 429, and when to come again', async () => {
    const limited = await webhookWorld(1);
    const handleOne = handling({ ...limited.ports, signatures });
    const patient = await limited.patient(null);
    expect((await handleOne(signedRequest(changed(patient)))).status).toBe(202);
    const answered = await handleOne(signedRequest(changed(patient)));
    expectProblem(answered, 'too-many');
    expect(answered.headers['retry-after']).toBe('60');
    await limited.close();
  });

  it('says how to come in', async () => {
    expect((await handle(signedRequest(good, { method: 'GET' }))).headers.allow).toBe('POST');
    const headers = { 'webhook-signature': 'v1,AAAA' };
    expect((await handle(signedRequest(good, { headers }))).headers['www-authenticate']).toBe('StandardWebhooks');
  });
});

describe('an unknown patient', () => {
  it('learns nothing of what a signed request would be told, and costs no call', async () => {
    const untouched = new Proxy({} as Ports, {
      get: (_target, name) => {
        if (name === 'signatures') return signatures;
        throw new Error(`asked for ${String(name)}`);
      },
    });
    const headers = { 'webhook-signature': `v1,${'A'.repeat(43)}=` };
    const bodies = [JSON.stringify(issued('p1')), CANARY, '[[[[[[[[[[[[[[[[', '{}', ''];
    const answers = await Promise.all(bodies.map((body) => handling(untouched)(signedRequest(body, { headers }))));
    for (const answered of answers) {
      expectProblem(answered, 'not-verified');
      expect(answered.text).toBe(answers[0]?.text);
    }
  });
});

describe('what fails here', () => {
  const failing = (error: Error) =>
    handling({ ...ports, ehr: { ...ports.ehr, readPatient: () => Promise.reject(error) } });
  it.each([
    ['the EHR is down', new EhrUnavailableError('HTTP_500')],
    ['AWS is down', new AwsUnavailableError('TimeoutError')],
  ])('%s: 503, to be repeated soon', async (_what, error) => {
    const answered = await failing(error)(signedRequest(changed('unknown-1')));
    expectProblem(answered, 'unavailable');
    expect(answered.headers['retry-after']).toBe('5');
  });
  it.each([
    ['a setting', new ConfigurationError('MISSING_TABLE_NAME')],
    ['a stored item', new RecordUnreadableError('PATIENT#p1 ACCOUNT')],
    ['a bug', new TypeError(CANARY)],
  ])('%s: 500', async (_what, error) => {
    expectProblem(await failing(error)(signedRequest(changed('unknown-1'))), 'internal');
  });

  it('what takes too long is answered in time, whatever the call that hangs does', async () => {
    const hanging = { ...ports.ehr, readPatient: () => new Promise<never>(() => undefined) };
    const begun = performance.now();
    const answered = await handling({ ...ports, ehr: hanging }, 50)(signedRequest(changed('unknown-1')));
    expectProblem(answered, 'unavailable');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('and was noted as received: its repetition is decided', async () => {
    const patient = await world.patient(null);
    const request = signedRequest(changed(patient));
    let isDown = true;
    const start: Ports['executions']['start'] = async (...told) => {
      if (isDown) throw new AwsUnavailableError('DOWN');
      return ports.executions.start(...told);
    };
    const flaky = handling({ ...ports, executions: { ...ports.executions, start } });
    expect((await flaky(request)).status).toBe(503);
    const id = request.headers['webhook-id'] ?? '';
    expect(await ports.webhooks.read(id)).toMatchObject({ answer: null, type: 'patient.email_changed' });
    isDown = false;
    expect(await flaky(request)).toMatchObject({ status: 202, body: { decision: 'STARTED' } });
    expect(world.started(patient)).toHaveLength(1);
  });
});

it('the log says how each request ended, and nothing that was sent', () => {
  const lines = logLines.join('');
  expect(lines).toContain('"due":"STARTED","code":"HTTP_202"');
  expect(lines).toContain('"code":"HTTP_500","error":"TypeError","reason":"UNEXPECTED"');
  expect(lines).not.toContain(CANARY);
});
