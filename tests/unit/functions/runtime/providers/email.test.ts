import { SESClient } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mailer } from '../../../../../functions/runtime/providers/email.ts';

const call = { signal: new AbortController().signal, config: { sesConfigurationSet: 'tls-required' } };
const MAIL = { to: 'pat@example.com', from: 'a@practice.example', subject: 's', text: 't', html: 'h' };
/** The clients in use. */
const clients: SESClient[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.spyOn(SESClient.prototype, 'send').mockImplementation(async function (this: SESClient) {
    clients.push(this);
    return { MessageId: 'm1' };
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('never lets the SDK send a mail twice, and does not wait for SES for ever', async () => {
  await mailer(call).send(MAIL);
  expect(await clients[0]?.config.maxAttempts()).toBe(1);
  const handler = clients[0]?.config.requestHandler;
  // The handler reads its options when it connects.
  const { requestTimeout, httpsAgent } = (await Reflect.get(handler ?? {}, 'configProvider')) ?? {};
  // The sockets keep the two seconds to connect: tests/unit/functions/adapters/aws/ses-connections.test.ts.
  expect({ requestTimeout, keepAlive: httpsAgent.options.keepAlive }).toEqual({
    requestTimeout: 5_000,
    keepAlive: false,
  });
});

it('names the configuration set, and none where the variable is empty', async () => {
  const sent = vi.mocked(SESClient.prototype.send).mock.calls;
  await mailer(call).send(MAIL);
  await mailer({ ...call, config: { sesConfigurationSet: '' } }).send(MAIL);
  expect(sent.map(([command]) => command.input)).toMatchObject([{ ConfigurationSetName: 'tls-required' }, {}]);
  expect(sent[1]?.[0].input).not.toHaveProperty('ConfigurationSetName');
});

it('keeps a client between invocations', async () => {
  clients.length = 0;
  await mailer(call).send(MAIL);
  await mailer(call).send(MAIL);
  expect(clients).toHaveLength(2);
  expect(clients[0]).toBe(clients[1]);
});
