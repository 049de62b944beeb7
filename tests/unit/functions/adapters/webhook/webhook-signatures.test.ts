/**
 * The vectors are those that the Standard Webhooks libraries are tested with, at commit
 * b2fa7b8719fb75d326b591077f5d1b385cfcdfae: libraries/{javascript,python,go,ruby,csharp,java,php,elixir}.
 */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebhookSignatures } from '../../../../../functions/adapters/webhook/webhook-signatures.ts';
import { AwsUnavailableError } from '../../../../../functions/domain/errors.ts';
import type { SignedWebhook, WebhookSecrets } from '../../../../../functions/ports/webhook/webhooks.ts';

const VECTOR = {
  secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const WRONG_V1 = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
const WRONG_V2 = 'v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
const NOW_S = Number(VECTOR.timestamp);

beforeEach(() => void vi.setSystemTime(NOW_S * 1000));
afterEach(() => void vi.useRealTimers());

/** Secrets that never change. */
const fixed = (...secrets: string[]): WebhookSecrets => ({ read: async () => secrets, readAgain: async () => null });
const { secret: SECRET, ...signed } = VECTOR;
const verify = (more: Partial<SignedWebhook> = {}, secrets = fixed(`whsec_${SECRET}`)) =>
  createWebhookSignatures(secrets).verify({ ...signed, ...more });
const sign = (timestamp: number, { body = signed.body, secret = SECRET } = {}) =>
  new Webhook(secret).sign(signed.id, new Date(timestamp * 1000), body);

describe('the official vectors', () => {
  it('the signature itself', async () => {
    expect(sign(NOW_S)).toBe(VECTOR.signature);
    expect(await verify()).toBe(true);
  });
  it.each([SECRET, `whsec_${SECRET}`])('the secret with and without its prefix', async (secret) => {
    expect(await verify({}, fixed(secret))).toBe(true);
  });
  it('several signatures, one of them right', async () => {
    expect(await verify({ signature: [WRONG_V1, WRONG_V2, VECTOR.signature, WRONG_V1].join(' ') })).toBe(true);
  });
  it('an empty body', async () => {
    expect(await verify({ body: '', signature: sign(NOW_S, { body: '' }) })).toBe(true);
  });
  it.each<[string, Partial<SignedWebhook>]>([
    ['no id', { id: '' }],
    ['no timestamp', { timestamp: '' }],
    ['a timestamp that is none', { timestamp: 'hello' }],
    ['no signature', { signature: '' }],
    ['an invalid signature (JavaScript, PHP)', { signature: 'v1,dawfeoifkpqwoekfpqoekf' }],
    ['an invalid signature (Python)', { signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=' }],
    ['an invalid signature (Ruby, C#)', { signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLawdd' }],
    ['an invalid signature (Go)', { signature: WRONG_V1 }],
    ['a partial signature', { signature: VECTOR.signature.slice(0, 8) }],
    ['a signature of nothing', { signature: 'v1,' }],
    ['another version', { signature: VECTOR.signature.replace('v1', 'v2') }],
  ])('%s is refused', async (_what, more) => expect(await verify(more)).toBe(false));
});

describe('what else must not pass', () => {
  it.each<[string, Partial<SignedWebhook>]>([
    ['another id', { id: `${VECTOR.id}x` }],
    ['another time, within the window', { timestamp: String(NOW_S + 1) }],
    ['another body', { body: '{"test": 2432232315}' }],
    ['a space more', { body: '{"test":  2432232314}' }],
    ['a version without a signature', { signature: 'v1' }],
    ['no version', { signature: VECTOR.signature.slice(3) }],
  ])('%s', async (_what, more) => expect(await verify(more)).toBe(false));
  it('the signature of another secret, or no secret', async () => {
    expect(await verify({}, fixed(`whsec_${'A'.repeat(32)}`))).toBe(false);
    expect(await verify({}, fixed())).toBe(false);
    expect(await verify({}, fixed('whsec_'))).toBe(false);
  });
});

describe('five minutes either way, by the machine’s own clock', () => {
  it.each([
    [-301, false],
    [-300, true],
    [-1, true],
    [0, true],
    [300, true],
    [301, false],
  ])('signed %i s from now: %s', async (seconds, verified) => {
    const timestamp = NOW_S + seconds;
    expect(await verify({ timestamp: String(timestamp), signature: sign(timestamp) })).toBe(verified);
  });
});

describe('while secrets are rotated', () => {
  const NEXT = 'bmV4dG5leHRuZXh0bmV4dG5leHRuZXh0';
  const both = fixed(`whsec_${SECRET}`, `whsec_${NEXT}`);
  const byNext = { signature: sign(NOW_S, { secret: NEXT }) };
  it('either verifies, and both signatures in one header', async () => {
    expect(await verify({}, both)).toBe(true);
    expect(await verify(byNext, both)).toBe(true);
    expect(await verify({ signature: `${VECTOR.signature} ${byNext.signature}` }, fixed(`whsec_${NEXT}`))).toBe(true);
  });
  it('the old one does not, once it is gone', async () => {
    expect(await verify({}, fixed(`whsec_${NEXT}`))).toBe(false);
  });
  it('one that came since is found by asking again, and only where none verified', async () => {
    let asked = 0;
    const rotated: WebhookSecrets = {
      read: async () => [`whsec_${SECRET}`],
      readAgain: async () => {
        asked += 1;
        return [`whsec_${NEXT}`];
      },
    };
    expect(await verify({}, rotated)).toBe(true);
    expect(asked).toBe(0);
    expect(await verify(byNext, rotated)).toBe(true);
    expect(asked).toBe(1);
    expect(await verify({ signature: WRONG_V1 }, rotated)).toBe(false);
  });
  it('what the secrets throw is thrown: no sender is called unsigned because AWS is down', async () => {
    const down = () => Promise.reject(new AwsUnavailableError('DOWN'));
    await expect(verify({}, { read: down, readAgain: down })).rejects.toThrow(AwsUnavailableError);
  });
});
