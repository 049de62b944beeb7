import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, readSecretFile, requestOf, sendWebhook, type WebhookOptions } from '../../../cli/webhooks.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TARGET = { url: 'https://api.example.com/webhooks/ehr', secret: SECRET };
const AT = '2026-06-15T12:00:00Z';

describe('the event', () => {
  it.each<[string, WebhookOptions, object]>([
    ['pin.issued', {}, {}],
    ['portal.registered', {}, {}],
    ['patient.email_changed', {}, {}],
    ['patient.opted_out', {}, {}],
    ['patient.updated', { change: 'merged' }, { change: 'merged' }],
    ['pin.regeneration_requested', { actor: 'pat', reason: 'lost' }, { actor: 'pat', reason: 'lost' }],
    [
      'pin.regeneration_requested',
      { actor: 'pat', reason: 'lost', force: true },
      { actor: 'pat', reason: 'lost', force: true },
    ],
  ])('%s %j', (type, options, data) => {
    const event = eventOf(type, 'demo-001', { ...options, at: AT });
    expect(event).toEqual({ type, timestamp: AT, data: { patientId: 'demo-001', ...data } });
  });

  it('happened now and is requested by the current user, unless told otherwise', () => {
    const event = eventOf('pin.regeneration_requested', 'demo-001', { reason: 'lost' });
    expect(Math.abs(Date.parse(event.timestamp) - Date.now())).toBeLessThan(60_000);
    expect(event.data).toHaveProperty('actor', expect.stringMatching(/./));
  });

  it.each<[string, string, string, WebhookOptions, RegExp]>([
    ['a patient that is no FHIR id', 'pin.issued', 'no body', {}, /<patient> is missing or malformed/],
    ['no reason', 'pin.regeneration_requested', '1', {}, /takes a reason: give --reason/],
    ['an empty reason', 'pin.regeneration_requested', '1', { reason: '' }, /--reason is missing or malformed/],
    ['a long actor', 'pin.regeneration_requested', '1', { reason: 'x', actor: 'x'.repeat(101) }, /--actor is/],
    ['no change', 'patient.updated', '1', {}, /--change is one of deceased, inactive, merged, provider/],
    ['another change', 'patient.updated', '1', { change: 'married' }, /--change is one of/],
    ['what belongs elsewhere', 'pin.issued', '1', { force: true, actor: 'pat' }, /--actor, --force does not belong/],
    ['no instant', 'pin.issued', '1', { at: 'tomorrow' }, /--at is missing or malformed/],
  ])('is refused with %s', (_what, type, patientId, options, message) => {
    expect(() => eventOf(type, patientId, options)).toThrow(message);
  });
});

describe('the secret', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portal-pin-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileWith = (text: string) => {
    const file = join(folder, 'secret.txt');
    writeFileSync(file, text);
    return file;
  };

  it.each([`${SECRET}\n`, `{ "secrets": ["${SECRET}", "whsec_older"] }`])('is read as it was handed out', (text) => {
    expect(readSecretFile(fileWith(text))).toBe(SECRET);
  });
  it.each(['', 'hunter2', '{ "secret": "hunter2" }'])('is not taken from a file without one, nor shown: %j', (text) => {
    expect(() => readSecretFile(fileWith(text))).toThrow(
      /secret\.txt holds no webhook secret: it begins with whsec_\.$/,
    );
  });
  it('may be missing', () => {
    expect(() => readSecretFile(join(folder, 'nope'))).toThrow(/nope cannot be read/);
  });
  it('must be one of Standard Webhooks', () => {
    const event = eventOf('pin.issued', '1', { at: AT });
    expect(() => requestOf({ ...TARGET, secret: 'whsec_%%%' }, event)).toThrow(
      /^The secret is none of Standard Webhooks/,
    );
  });
});

describe('the request', () => {
  const event = eventOf('pin.regeneration_requested', '1', {
    at: AT,
    actor: 'pat',
    reason: `it's "lost" $(id) \`id\``,
  });

  it('verifies, as it is sent, by the library of Standard Webhooks', () => {
    const { headers, body } = requestOf(TARGET, event);
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(event);
  });
  it('bears the id that was given, or a fresh one', () => {
    expect(requestOf(TARGET, event, 'again').headers['webhook-id']).toBe('again');
    const ids = [requestOf(TARGET, event), requestOf(TARGET, event)].map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
  });

  it('printed, is what a shell hands to curl, whatever stands in it; and no secret', async () => {
    const { lines = [], json } = await sendWebhook(TARGET, event, { print: true, id: 'again' });
    const printed = lines.join('\n');
    expect(printed).toMatch(/^curl /);
    expect(printed).not.toContain(SECRET.slice('whsec_'.length));
    // A curl that only says what it was given.
    const said = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${printed}`], { encoding: 'utf8' });
    const { url, headers, body } = json as ReturnType<typeof requestOf>;
    const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    expect(said.split('\0').slice(0, -1)).toEqual(['-i', url, ...sent, '--data-binary', body]);
  });
});
