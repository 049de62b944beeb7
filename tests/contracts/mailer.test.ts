import { SESClient } from '@aws-sdk/client-ses';
import { createSesMailer } from '../../functions/adapters/aws/ses-mailer.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { createMailbox, type Mailbox } from '../../local/ses/mailbox.ts';
import type { MailFault } from '../../local/ses/mailbox-faults.ts';
import { describeMailer, type MailerUnderTest } from './mailer.contract.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
/** Discard (RFC 863): nothing listens there. */
const DEAD = 'http://127.0.0.1:9';

const FAULTS: Record<Parameters<MailerUnderTest['next']>[0], MailFault> = {
  throttled: { kind: 'status', code: 'Throttling' },
  refused: { kind: 'status', code: 'MessageRejected', message: 'pat@example.com is not verified: Übersicht' },
  'server-error': { kind: 'status', code: 'InternalFailure', status: 500 },
  dropped: { kind: 'drop' },
  lost: { kind: 'drop', when: 'after' },
};

/** The SES adapter with the SDK's own client, over HTTP, against the local mailbox. */
async function sesOverHttp(): Promise<MailerUnderTest> {
  const gateway = await createGateway({ port: 0 });
  const mailbox: Mailbox = createMailbox({ now: () => NOW });
  gateway.mount('/ses', mailbox.handleSes);
  const clients: SESClient[] = [];
  const mailerAt = (endpoint: string, milliseconds: number) => {
    const client = new SESClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    clients.push(client);
    return createSesMailer({ client, configurationSet: null, signal: AbortSignal.timeout(milliseconds) });
  };
  let seen = 0;
  return {
    mailer: mailerAt(`${gateway.url}/ses`, 60_000),
    accepted: () =>
      mailbox
        .mails()
        .slice(seen)
        .map(({ messageId, destination, from, subject, body }) => ({
          id: messageId,
          to: destination.to.join(),
          from,
          subject,
          text: body.text ?? '',
          html: body.html ?? '',
        })),
    empty() {
      mailbox.heal();
      seen = mailbox.mails().length;
    },
    next: (fate) => mailbox.fail(FAULTS[fate]),
    unreachable: () => mailerAt(DEAD, 60_000),
    hanging() {
      mailbox.fail({ kind: 'hang' });
      return mailerAt(`${gateway.url}/ses`, 100);
    },
    async close() {
      for (const client of clients) client.destroy();
      await gateway.close();
    },
  };
}

describeMailer('SES over HTTP, the local mailbox', sesOverHttp);
