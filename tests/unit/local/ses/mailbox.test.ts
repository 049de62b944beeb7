import {
  SESClient,
  SendEmailCommand,
  type SendEmailCommandInput,
  SendRawEmailCommand,
  VerifyEmailIdentityCommand,
} from '@aws-sdk/client-ses';
import { getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../local/http/gateway.ts';
import { createMailbox, type Mail, type Mailbox } from '../../../../local/ses/mailbox.ts';
import { addressFault } from '../../../../local/ses/ses-protocol.ts';

const START = Date.parse('2027-03-01T09:00:00Z');
let now = START;
let gateway: Gateway;
let mailbox: Mailbox;
let client: SESClient;

beforeEach(async () => {
  now = START;
  gateway = await createGateway({ port: 0 });
  mailbox = createMailbox({ now: () => now });
  gateway.mount('/ses', mailbox.handleSes);
  gateway.mount('/mailbox', mailbox.handleViewer);
  client = new SESClient({
    endpoint: `${gateway.url}/ses`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await gateway.close();
});

const mail = (to: string[] = ['ada@example.com'], more: Partial<SendEmailCommandInput> = {}) =>
  new SendEmailCommand({
    Source: 'Portal <portal@practice.example>',
    Destination: { ToAddresses: to },
    Message: {
      Subject: { Data: 'Übersicht & mehr' },
      Body: { Text: { Data: 'Hello +1 %' }, Html: { Data: '<p>Hello</p>' } },
    },
    ...more,
  });
const store = async (query = '') =>
  (await (await fetch(`${gateway.url}/mailbox/store${query}`)).json()) as { templates: object; emails: Mail[] };

describe('sending', () => {
  it('puts the mail into the mailbox at the practice time', async () => {
    const { MessageId } = await client.send(mail(['ada@example.com', 'Bob <bob@example.com>']));
    expect(await store()).toMatchObject({
      templates: {},
      emails: [
        {
          messageId: MessageId,
          from: 'Portal <portal@practice.example>',
          destination: { to: ['ada@example.com', 'Bob <bob@example.com>'], cc: [], bcc: [] },
          subject: 'Übersicht & mehr',
          body: { text: 'Hello +1 %', html: '<p>Hello</p>' },
          at: START / 1000,
        },
      ],
    });
  });

  it('keeps configuration set, tags and recipients beside the mail', async () => {
    const { MessageId = '' } = await client.send(
      mail(undefined, {
        Destination: { ToAddresses: ['ada@example.com'], BccAddresses: ['copy@example.com'] },
        ConfigurationSetName: 'portal-pin',
        Tags: [
          { Name: 'kind', Value: 'enrollment' },
          { Name: 'try', Value: '2' },
        ],
      }),
    );
    const facts = {
      configurationSet: 'portal-pin',
      tags: { kind: 'enrollment', try: '2' },
      destination: ['ada@example.com', 'copy@example.com'],
    };
    expect(mailbox.sent.get(MessageId)).toEqual(facts);
    expect((await store()).emails).toMatchObject([{ sent: facts }]);
    const plain = await client.send(mail());
    expect(mailbox.sent.get(plain.MessageId ?? '')).toMatchObject({ configurationSet: null, tags: {} });
  });

  it('takes a raw mail, and its Destinations before its headers', async () => {
    const data = 'From: a@practice.example\r\nTo: ada@example.com\r\nSubject: Raw\r\nX-A: b\r\n\r\nText';
    const raw = (Destinations?: string[]) =>
      client.send(
        new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(data) }, ...(Destinations && { Destinations }) }),
      );
    const first = await raw();
    const second = await raw(['bob@example.com']);
    expect(mailbox.mails()).toMatchObject([{ messageId: first.MessageId, subject: 'Raw', body: { text: 'Text' } }, {}]);
    expect(mailbox.sent.get(first.MessageId ?? '')?.destination).toEqual(['ada@example.com']);
    expect(mailbox.sent.get(second.MessageId ?? '')?.destination).toEqual(['bob@example.com']);
  });

  it('gives every mail an id of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.send(mail())));
    expect(new Set(answers.map(({ MessageId }) => MessageId)).size).toBe(30);
    expect(mailbox.sent.size).toBe(30);
  });

  it('keeps two mailboxes of one process apart, and what was kept across a restart', async () => {
    await client.send(mail());
    const other = createMailbox({ now: () => now });
    expect(other.mails()).toEqual([]);
    expect(getStoreReadonly().emails).toEqual([]); // shared by the entire process
    other.restore(JSON.parse(JSON.stringify(mailbox.mails())));
    expect(other.mails()).toEqual(mailbox.mails());
    expect([...other.sent]).toEqual([...mailbox.sent]);
  });
});

describe('listeners for mails', () => {
  it('is told of each that was accepted, also where its answer got lost, and of no other', async () => {
    const told: Mail[] = [];
    const own = createMailbox({ now: () => now, onSent: (each) => told.push(each) });
    gateway.mount('/own', own.handleSes);
    const endpoint = `${gateway.url}/own`;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const ses = new SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    const { MessageId } = await ses.send(mail());
    own.fail({ kind: 'drop' });
    own.fail({ kind: 'drop', when: 'after' });
    await expect(ses.send(mail(['never@example.com']))).rejects.toThrow();
    await expect(ses.send(mail(['lost@example.com']))).rejects.toThrow();
    await expect(ses.send(mail(['ada']))).rejects.toThrow();
    await expect
      .poll(() => told.map(({ sent }) => sent.destination[0]))
      .toEqual(['ada@example.com', 'lost@example.com']);
    expect(told[0]?.messageId).toBe(MessageId);
    expect(told).toEqual(own.mails());
    ses.destroy();
  });
});

describe('refusals of SES', () => {
  it.each([
    ['ada', "Missing final '@domain'"],
    ['ada@', "Missing final '@domain'"],
    ['Ada <ada>', "Missing final '@domain'"],
    ['a da@example.com', 'Local address contains control or whitespace'],
    ['ad\u0007a@example.com', 'Local address contains control or whitespace'],
    ['zoë@example.com', 'Local address contains control or whitespace'],
    ['ada@exam ple.com', 'Domain contains control or whitespace'],
    ['ada@example..com', 'Domain contains dot-dot'],
    ['ada@exa_mple.com', 'Domain contains illegal character'],
    ['@example.com', 'Missing local address'],
  ])('%j: %s', async (address, message) => {
    await expect(client.send(mail([address]))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message,
      $metadata: { httpStatusCode: 400 },
    });
    expect(mailbox.mails()).toEqual([]);
  });

  it.each([
    'ada@example.com',
    'Ada <ada@example.com>',
    'ada+pin@mail.example.co.uk',
    "o'neil@example.com",
    '"Doe, J" <j@x.org>',
  ])('not of %s', (address) => {
    expect(addressFault(address)).toBeNull();
  });

  it('looks at every address, the sender included', async () => {
    const wrong = { name: 'InvalidParameterValue' };
    await expect(client.send(mail(['ada@example.com', 'bob']))).rejects.toMatchObject(wrong);
    await expect(client.send(mail(undefined, { Source: 'portal' }))).rejects.toMatchObject(wrong);
    await expect(client.send(mail(undefined, { ReplyToAddresses: ['x'] }))).rejects.toMatchObject(wrong);
    await expect(client.send(mail([]))).rejects.toMatchObject({ ...wrong, message: "Missing required header 'To'." });
  });

  it('of a mail without a body', async () => {
    const empty = mail(undefined, { Message: { Subject: { Data: 's' }, Body: {} } });
    await expect(client.send(empty)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('of an action that is not served: at once, instead of never', async () => {
    await expect(client.send(new VerifyEmailIdentityCommand({ EmailAddress: 'a@b.example' }))).rejects.toMatchObject({
      name: 'InvalidAction',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('of a request that is not signed, and of another version of the API', async () => {
    const form = new URLSearchParams({ Action: 'SendEmail', Source: 'a@b.example' });
    expect((await fetch(`${gateway.url}/ses`, { method: 'POST', body: form })).status).toBe(403);
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a' };
    const v2 = await fetch(`${gateway.url}/ses/v2/email/outbound-emails`, { method: 'POST', headers, body: '{}' });
    expect([v2.status, await v2.text()]).toEqual([400, expect.stringContaining('InvalidAction')]);
  });
});

describe('faults', () => {
  it.each([
    ['Throttling', 400],
    ['MessageRejected', 400],
    ['MailFromDomainNotVerifiedException', 400],
    ['InternalFailure', 500],
  ])('SES answers %s', async (code, status) => {
    mailbox.fail({ kind: 'status', code, status, message: 'Because <&>' });
    await expect(client.send(mail())).rejects.toMatchObject({
      name: code,
      message: 'Because <&>',
      $metadata: { httpStatusCode: status },
    });
    expect(mailbox.mails()).toEqual([]);
    await client.send(mail());
    expect(mailbox.mails()).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('the connection drops %s the mail is accepted', async (when) => {
    mailbox.fail({ kind: 'drop', when });
    await expect(client.send(mail())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(mailbox.mails()).toHaveLength(when === 'after' ? 1 : 0);
  });

  it.each(['before', 'after'] as const)('no answer comes %s the mail is accepted', async (when) => {
    mailbox.fail({ kind: 'hang', when });
    await expect(client.send(mail(), { abortSignal: AbortSignal.timeout(150) })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(mailbox.mails()).toHaveLength(when === 'after' ? 1 : 0);
  });

  it('the answer of an accepted mail is lost', async () => {
    mailbox.fail({ kind: 'status', code: 'ServiceUnavailable', status: 503, when: 'after' });
    await expect(client.send(mail())).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(mailbox.mails()).toHaveLength(1);
  });

  it('come in order, as often as asked, until healed', async () => {
    mailbox.fail({ kind: 'status', code: 'Throttling', times: 2 });
    mailbox.fail({ kind: 'status', code: 'MessageRejected', times: Number.POSITIVE_INFINITY });
    const names: string[] = [];
    for (let count = 0; count < 5; count += 1) await client.send(mail()).catch(({ name }) => names.push(name));
    expect(names).toEqual(['Throttling', 'Throttling', 'MessageRejected', 'MessageRejected', 'MessageRejected']);
    mailbox.heal();
    await client.send(mail());
    expect(mailbox.mails()).toHaveLength(1);
  });
});

describe('the viewer', () => {
  it.each(['/mailbox', '/mailbox/'])('at %s requests only paths under its own prefix', async (path) => {
    const answer = await fetch(gateway.url + path);
    const page = await answer.text();
    expect(page).toContain('aws-ses-v2-local viewer');
    expect(page.match(/\/mailbox\/(store|clear-store|get-emlContent)/g)).toHaveLength(4);
    expect(page).not.toMatch(/["'`]\/(?!mailbox\/)[a-z]/);
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it("runs no script of a mail's HTML", async () => {
    const page = await (await fetch(`${gateway.url}/mailbox/`)).text();
    const [sandbox = ''] = page.match(/<iframe [^>]*/) ?? [];
    expect(sandbox).toContain('sandbox=');
    expect(sandbox).not.toContain('allow-scripts');
  });

  it('lists the mails since an instant', async () => {
    await client.send(mail());
    now += 60_000;
    const { MessageId } = await client.send(mail());
    const { emails } = await store(`?since=${START / 1000 + 1}`);
    expect(emails.map(({ messageId }) => messageId)).toEqual([MessageId]);
    expect((await fetch(`${gateway.url}/mailbox/store?since=yesterday`)).status).toBe(400);
  });

  it('hands out a mail as a file, and survives being asked for one that is not there', async () => {
    const { MessageId } = await client.send(mail());
    const answer = await fetch(`${gateway.url}/mailbox/get-emlContent?messageId=${MessageId}`);
    const { body } = (await answer.json()) as { body: { data: number[] } };
    expect(Buffer.from(body.data).toString()).toContain('To: ada@example.com');
    expect((await fetch(`${gateway.url}/mailbox/get-emlContent?messageId=none`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/mailbox/none`)).status).toBe(404);
  });

  it('is cleared, and what was sent is still known', async () => {
    await client.send(mail());
    expect((await fetch(`${gateway.url}/mailbox/clear-store`, { method: 'POST' })).status).toBe(200);
    expect((await store()).emails).toEqual([]);
    expect(mailbox.sent.size).toBe(1);
  });
});
