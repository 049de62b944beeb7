/**
 * The Mailer over Amazon SES. SES composes the MIME message, multipart/alternative, from the text and HTML parts.
 * SES has no idempotency key: the client is made with maxAttempts 1, and whatever may have left is never sent twice.
 * https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
 */
import { type SESClient, SESServiceException, SendEmailCommand } from '@aws-sdk/client-ses';
import {
  ConfigurationError,
  EmailRejectedError,
  EmailThrottledError,
  NotificationFateUnknownError,
} from '../../domain/errors.ts';
import type { Mailer } from '../../ports/email/mailer.ts';
import { isBeforeFirstByte } from './ses-connections.ts';

/** Refusals that pass: try again later, nothing was sent. */
const PASSING = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'ServiceUnavailable',
  'LimitExceededException',
  'RequestTimeTooSkewed',
]);

/** Refusals of the sender, whatever the mail: a permission, the configuration set or the MAIL FROM domain is wrong. */
const ABOUT_THE_SENDER = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ConfigurationSetDoesNotExist',
  'ConfigurationSetDoesNotExistException',
  'MailFromDomainNotVerifiedException',
]);

/** System errors of a connection that never stood: not a byte of the mail left. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export interface SesOptions {
  client: SESClient;
  /** Configuration set that requires TLS and publishes events; null where there is none. */
  configurationSet: string | null;
  signal: AbortSignal;
}

export function createSesMailer({ client, configurationSet, signal }: SesOptions): Mailer {
  return {
    async send(mail) {
      const command = new SendEmailCommand({
        Source: mail.from,
        Destination: { ToAddresses: [mail.to] },
        Message: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: { Text: { Data: mail.text, Charset: 'UTF-8' }, Html: { Data: mail.html, Charset: 'UTF-8' } },
        },
        ...(configurationSet !== null && { ConfigurationSetName: configurationSet }),
      });
      let id: string | undefined;
      try {
        id = (await client.send(command, { abortSignal: signal })).MessageId;
      } catch (error) {
        throw sendingError(error);
      }
      if (id === undefined) throw new NotificationFateUnknownError('ANSWER_WITHOUT_ID');
      return id;
    },
  };
}

/** What a failed call says about the mail; SES's message may quote the address and is dropped. */
export function sendingError(error: unknown): Error {
  if (error instanceof SESServiceException) {
    if (PASSING.has(error.name)) return new EmailThrottledError(error.name);
    if (ABOUT_THE_SENDER.has(error.name)) return new ConfigurationError(error.name);
    if (error.$fault === 'client' && (error.$metadata.httpStatusCode ?? 500) < 500)
      return new EmailRejectedError(error.name);
    return new NotificationFateUnknownError(error.name);
  }
  const code = systemCode(error);
  if (isBeforeFirstByte(error) || (code !== null && NEVER_CONNECTED.has(code)))
    return new EmailThrottledError(code ?? 'NO_CONNECTION');
  return new NotificationFateUnknownError(code ?? 'ANSWER_LOST');
}

function systemCode(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z_]{1,30}$/.test(code) ? code : null;
}
