import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebhookSecrets, type KeptSecrets } from '../../../../../functions/adapters/webhook/webhook-secrets.ts';
import { createSecretsManager } from '../../../../../local/aws/secrets-manager.ts';
import { createGateway, type Gateway } from '../../../../../local/http/gateway.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ehr';
const secretOf = (bytes: number, fill = 7) => `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`;
const [OLD, NEW] = [secretOf(32, 1), secretOf(32, 2)];
const MINUTE = 60_000;

let gateway: Gateway;
let client: SecretsManagerClient;
const manager = createSecretsManager({}, () => 0);
beforeAll(async () => {
  gateway = await createGateway({ port: 0 });
  gateway.mount('/secretsmanager', manager.handle);
  client = new SecretsManagerClient({
    endpoint: `${gateway.url}/secretsmanager`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

/** One process, invocation after invocation. */
function world(secretArn = ARN) {
  const kept: KeptSecrets = { secrets: null, askedAt: 0 };
  const state = { elapsed: 1_000 };
  const before = manager.calls;
  const signal = new AbortController().signal;
  return {
    state,
    secrets: () => createWebhookSecrets({ client, secretArn, signal, kept, elapsed: () => state.elapsed }),
    calls: () => manager.calls - before,
  };
}
const store = (...secrets: unknown[]) => manager.put(ARN, JSON.stringify({ secrets }));

describe('the secrets of the EHR', () => {
  it('are asked for once in five minutes', async () => {
    store(OLD, NEW);
    const { secrets, state, calls } = world();
    expect(await secrets().read()).toEqual([OLD, NEW]);
    state.elapsed += 5 * MINUTE - 1;
    expect(await secrets().read()).toEqual([OLD, NEW]);
    expect(calls()).toBe(1);
    store(NEW);
    state.elapsed += 1;
    expect(await secrets().read()).toEqual([NEW]);
    expect(calls()).toBe(2);
  });

  it('are asked for again where none verified, once a minute, however many bad requests come', async () => {
    store(OLD);
    const { secrets, state, calls } = world();
    await secrets().read();
    store(NEW);
    for (let request = 0; request < 100; request++) expect(await secrets().readAgain()).toBeNull();
    expect(calls()).toBe(1);
    state.elapsed += MINUTE;
    expect(await secrets().readAgain()).toEqual([NEW]);
    for (let request = 0; request < 100; request++) expect(await secrets().readAgain()).toBeNull();
    expect(calls()).toBe(2);
    expect(await secrets().read()).toEqual([NEW]);
    expect(calls()).toBe(2);
  });

  it('that do not exist are a wrong setting', async () => {
    const { secrets } = world(`${ARN}-missing`);
    await expect(secrets().read()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'ResourceNotFoundException',
    });
  });

  it.each([
    [24, true],
    [64, true],
    [23, false],
    [65, false],
    [0, false],
  ])('of %i bytes: %s', async (bytes, isTaken) => {
    store(secretOf(bytes));
    const read = world().secrets().read();
    if (isTaken) expect(await read).toEqual([secretOf(bytes)]);
    else await expect(read).rejects.toMatchObject({ message: 'MALFORMED_WEBHOOK_SECRET' });
  });

  it.each([
    ['no JSON', OLD, 'WEBHOOK_SECRET_IS_NO_JSON'],
    ['another shape', JSON.stringify({ secret: OLD }), 'MALFORMED_WEBHOOK_SECRET'],
    ['none', '{"secrets":[]}', 'MALFORMED_WEBHOOK_SECRET'],
    ['one without its prefix', JSON.stringify({ secrets: [OLD.slice(6)] }), 'MALFORMED_WEBHOOK_SECRET'],
    ['one that is no base64', `{"secrets":["whsec_${'*'.repeat(44)}"]}`, 'MALFORMED_WEBHOOK_SECRET'],
    ['one cut short', JSON.stringify({ secrets: [OLD.slice(0, -2)] }), 'MALFORMED_WEBHOOK_SECRET'],
    ['eleven', JSON.stringify({ secrets: Array(11).fill(OLD) }), 'MALFORMED_WEBHOOK_SECRET'],
  ])('%s: is said by its name, without showing it', async (_what, value, message) => {
    manager.put(ARN, value);
    await expect(world().secrets().read()).rejects.toMatchObject({ name: 'ConfigurationError', message });
  });

  it('and AWS that cannot be reached is to be tried again', async () => {
    const away = new SecretsManagerClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    const kept: KeptSecrets = { secrets: null, askedAt: 0 };
    const { signal } = new AbortController();
    const secrets = createWebhookSecrets({ client: away, secretArn: ARN, signal, kept, elapsed: () => 1 });
    await expect(secrets.read()).rejects.toMatchObject({ name: 'AwsUnavailableError' });
    away.destroy();
  });
});
