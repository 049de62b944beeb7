/** Requests as API Gateway hands them over, through the page's whole function; the table is real, the chart in memory. */
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ANSWER_LIMIT, type PickupFacts } from '../../../../functions/domain/pickup/pickup.ts';
import { pickupPage } from '../../../../functions/pickup/pickup-page.ts';
import { type Policy, readPolicy } from '../../../../functions/runtime/policy.ts';
import { BIRTH_DATE, type PickupWorld, pickupWorld } from '../../../support/worlds/pickup-world.ts';

const POLICY = readPolicy(fileURLToPath(new URL('../../../../local/demo/policy.json', import.meta.url)));
/** Of tries there are enough, unless a test is about them. */
const pickup = { askLastName: false, triesPerHour: 1_000_000 };
const RIGHT = { month: '2', day: '29', year: '2000' };
const WRONG = { month: '12', day: '31', year: '1999' };
const DAY = 86_400_000;

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld(600_000);
});
afterAll(() => world.close());

interface Asked {
  method?: string;
  language?: string;
  query?: string;
  source?: string;
}

function eventOf(token: string, fields: Record<string, string> | null, asked: Asked = {}): APIGatewayProxyEventV2 {
  const { method = fields === null ? 'GET' : 'POST', language = 'en', query = '', source = '192.0.2.1' } = asked;
  const http = { method, path: `/pickup/${token}`, protocol: 'HTTP/1.1', sourceIp: source, userAgent: 'browser' };
  return {
    version: '2.0',
    routeKey: `${method} /pickup/{token}`,
    rawPath: `/pickup/${token}`,
    rawQueryString: query,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': language },
    pathParameters: { token },
    // What API Gateway adds and the handlers do not read.
    requestContext: { http } as APIGatewayProxyEventV2['requestContext'],
    ...(fields !== null && { body: new URLSearchParams(fields).toString() }),
    isBase64Encoded: false,
  };
}

const show = (event: APIGatewayProxyEventV2, practice: Partial<Policy['pickup']> = {}) =>
  pickupPage({ ...world.ports, practice: { ...POLICY, pickup: { ...pickup, ...practice } } }, event);
const send = (token: string, fields: Record<string, string>, asked: Asked = {}) => show(eventOf(token, fields, asked));
const proofIn = (body: string) => /name="proof" value="([^"]+)"/.exec(body)?.[1]?.replaceAll('&#x3D;', '=') ?? '';

async function withLink(facts: Partial<PickupFacts> = {}) {
  const id = await world.patient(facts);
  return { id, token: await world.mail(id), pin: world.pinOf(id) };
}

describe('GET', () => {
  it('is the same page for every token, and touches nothing', async () => {
    const { token } = await withLink();
    const untouchable = new Proxy({}, { get: (_target, key) => expect.fail(`asked for ${String(key)}`) });
    const ports = { ehr: untouchable, records: untouchable, pickups: untouchable, fingerprint: untouchable };
    const practice = { ...POLICY, pickup };
    const bodies = await Promise.all(
      [token, 'unknown', '', 'x'.repeat(9000), '<script>'].map(async (each) => {
        const page = await pickupPage({ ...world.ports, ...ports, practice } as never, eventOf(each, null));
        return JSON.stringify({ ...page, log: null });
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toContain(token);
  });

  it('spends no answer, as often as a scanner opens the link', async () => {
    const { token, pin } = await withLink();
    for (let n = 0; n < 3 * ANSWER_LIMIT; n++) expect((await show(eventOf(token, null))).status).toBe(200);
    expect((await send(token, RIGHT)).body).toContain(pin);
  });

  it('speaks the browser’s language, or the one that was chosen; never the chart’s', async () => {
    const { token } = await withLink({ language: 'es' });
    const languageOf = async (asked: Asked) => (await show(eventOf(token, null, asked))).headers['content-language'];
    expect(await languageOf({ language: 'en-US' })).toBe('en');
    expect(await languageOf({ language: 'es-MX' })).toBe('es');
    expect(await languageOf({ language: 'es-MX', query: 'lang=en' })).toBe('en');
    expect(await languageOf({ language: '*' })).toBe('en');
  });
});

describe('POST', () => {
  it('shows the PIN for the right answer, in the chart’s language unless another was chosen', async () => {
    const { token, pin } = await withLink({ language: 'es-MX' });
    for (const [query, language] of [
      ['', 'es'],
      ['lang=en', 'en'],
      ['lang=fr', 'es'],
    ] as const) {
      const { status, headers, body } = await send(token, RIGHT, { query });
      expect([status, headers['content-language'], body.includes(pin)]).toEqual([200, language, true]);
    }
  });

  it('asks for the last name, too, where the practice wants it', async () => {
    const { token, pin } = await withLink();
    const named = (fields: Record<string, string>) => show(eventOf(token, fields), { askLastName: true });
    expect((await named({ ...RIGHT, 'last-name': 'fernandez' })).body).toContain(pin);
    expect((await named({ ...RIGHT, 'last-name': 'Muñoz' })).status).toBe(403);
    const missing = await named({ ...RIGHT, 'last-name': ' ' });
    expect([missing.status, missing.body.includes('Enter your last name')]).toEqual([422, true]);
  });

  it('says the very same for a wrong answer, a wrong link and both, and for every refused patient', async () => {
    const refused: Record<string, { token: string; fields: Record<string, string> }> = {};
    const wrong = await withLink({ language: 'es' });
    refused.wrong = { token: wrong.token, fields: WRONG };
    refused.unknown = { token: 'A'.repeat(43), fields: RIGHT };
    refused.malformed = { token: '<script>', fields: RIGHT };
    refused.empty = { token: '', fields: WRONG };
    const killed = await withLink();
    await world.mail(killed.id);
    refused.killed = { token: killed.token, fields: RIGHT };
    const locked = await withLink();
    for (let n = 0; n < ANSWER_LIMIT; n++) await send(locked.token, WRONG);
    refused.locked = { token: locked.token, fields: RIGHT };
    const replaced = await withLink();
    await world.change(replaced.id, { document: 'newer' });
    refused.replaced = { token: replaced.token, fields: WRONG };
    for (const standing of ['DECEASED', 'MERGED', 'INACTIVE', 'OPTED_OUT'] as const) {
      refused[standing] = { token: (await withLink({ standing })).token, fields: RIGHT };
    }
    refused.registered = { token: (await withLink({ standing: 'ALREADY_REGISTERED' })).token, fields: WRONG };
    refused.partial = { token: (await withLink({ birthDate: '2000-02' })).token, fields: RIGHT };
    refused.undated = { token: (await withLink({ birthDate: null })).token, fields: RIGHT };
    const pages = new Map<string, string>();
    for (const [name, { token, fields }] of Object.entries(refused)) {
      const { log: _log, ...page } = await send(token, fields);
      pages.set(name, JSON.stringify(page));
    }
    expect(new Set(pages.values()).size).toBe(1);
    expect(pages.size).toBe(Object.keys(refused).length);
    expect(pages.get('wrong')).toContain('"status":403');
  });

  it('an answer that is no date costs none, and reads no chart', async () => {
    const { token, pin } = await withLink();
    world.read();
    const bad = [
      { month: '2', day: '30', year: '2000' },
      { month: '2', day: '29', year: '1999' },
      { month: '02/29/2000', day: '', year: '' },
      { month: '2', day: '29', year: '00' },
      { month: '1', day: '1', year: '2999' },
      {},
    ];
    for (let n = 0; n < 3 * ANSWER_LIMIT; n++) expect((await send(token, bad[n % bad.length] ?? {})).status).toBe(422);
    expect(world.read()).toBe(0);
    expect((await send(token, RIGHT)).body).toContain(pin);
  });

  it('beyond the limit of a source is told to come later, whatever it brings; others are not', async () => {
    const { token, pin } = await withLink();
    const from = (source: string, fields: Record<string, string>) =>
      show(eventOf(token, fields, { source }), { triesPerHour: 2 });
    expect((await from('198.51.100.1', WRONG)).status).toBe(403);
    expect((await from('198.51.100.1', { proof: 'x' })).status).toBe(403);
    const { status, headers, body } = await from('198.51.100.1', RIGHT);
    expect([status, Number(headers['retry-after']) > 0, body.includes(pin)]).toEqual([429, true, false]);
    expect((await from('198.51.100.2', RIGHT)).body).toContain(pin);
  });

  it('offers a new PIN for one that has expired, and has it made once', async () => {
    const { id, token, pin } = await withLink();
    world.advance(25 * DAY);
    const { status, body } = await send(token, RIGHT, { query: 'lang=en' });
    expect([status, body.includes(pin), body.includes('has expired')]).toEqual([200, false, true]);
    const proof = proofIn(body);
    for (let n = 0; n < 2; n++) {
      expect((await send(token, { proof }, { query: 'lang=en' })).body).toContain('A new message is on its way');
    }
    expect(world.told(id).started).toHaveLength(1);
    expect((await send(token, { proof: 'made-up' })).body).toContain('This page was open too long');
    expect((await send(token, RIGHT, { query: 'lang=en' })).body).toContain('A new message is on its way');
  });

  it.each([
    ['PUT', 405],
    ['DELETE', 405],
  ])('is the method; %s is %d', async (method, status) => {
    expect((await show(eventOf('x', RIGHT, { method }))).status).toBe(status);
  });
});

describe('the log line', () => {
  it('says what was shown and why, with the opaque id, and nothing of link and answer', async () => {
    const { id, token, pin } = await withLink();
    const pages = [
      await send(token, WRONG),
      await send(token, RIGHT),
      await send('unknown', RIGHT),
      await show(eventOf(token, null)),
    ];
    expect(pages.map(({ log }) => log)).toEqual([
      { patientId: id, outcome: 'REFUSED', reason: 'WRONG' },
      { patientId: id, outcome: 'PIN', reason: null },
      { patientId: null, outcome: 'REFUSED', reason: 'UNKNOWN' },
      { patientId: null, outcome: 'ASK', reason: null },
    ]);
    expect(JSON.stringify(pages.map(({ log }) => log))).not.toMatch(new RegExp(`${token}|${pin}|${BIRTH_DATE}`));
  });
});

describe('whatever is sent', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('', '2', '29', '2000', 'feb', '0'),
  );
  const fields = fc.oneof(
    fc.record({ month: text, day: text, year: text }, { requiredKeys: [] }),
    // Days that exist, of which one in 30,000 is the right one.
    fc.date({ min: new Date('1940-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }).map((date) => ({
      month: String(date.getUTCMonth() + 1),
      day: String(date.getUTCDate()),
      year: String(date.getUTCFullYear()),
    })),
    fc.record({ proof: text }),
    fc.dictionary(fc.string({ maxLength: 8 }), text, { maxKeys: 6 }),
  );

  it('no PIN is shown, nothing fails, nothing is revealed', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const patients = await Promise.all([withLink(), withLink({ language: 'es' }), withLink({ birthDate: null })]);
    const secrets = patients.flatMap(({ id, token, pin }) => [id, token, pin, `d-${id}`, 'Fernández', 'Peña']);
    const event = fc.record({
      token: fc.oneof(fc.constantFrom(...patients.map(({ token }) => token)), text),
      fields,
      raw: fc.option(fc.string({ unit: 'binary', maxLength: 5000 })),
      method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'POST', 'PUT', 'HEAD', ''),
      type: fc.constantFrom('application/x-www-form-urlencoded', 'application/x-www-form-urlencoded', 'text/plain', ''),
      query: fc.oneof(text, fc.constantFrom('lang=es', 'lang=en')),
      isBase64Encoded: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(event, async ({ token, fields: sent, raw, method, type, query, isBase64Encoded }) => {
        const isRight = JSON.stringify(Object.values(sent)) === JSON.stringify(Object.values(RIGHT));
        fc.pre(!isRight);
        const made = eventOf(token, sent, { method, query });
        const body = raw ?? made.body ?? '';
        const {
          status,
          body: page,
          headers,
        } = await show({
          ...made,
          headers: { ...made.headers, 'content-type': type },
          body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
          isBase64Encoded,
        });
        expect(status).toBeLessThan(500);
        // Typed input comes back; anything else does not.
        const typed = `${token} ${body} ${JSON.stringify(sent)}`;
        for (const secret of secrets) if (!typed.includes(secret)) expect(page).not.toContain(secret);
        expect(page).not.toMatch(/id="pin"|name="proof"/);
        expect(headers['cache-control']).toBe('no-store');
      }),
      { numRuns: 400, seed: 5 },
    );
    for (const { id } of patients) expect(world.told(id).audits).not.toContain('VIEWED');
    vi.restoreAllMocks();
  }, 120_000);
});
