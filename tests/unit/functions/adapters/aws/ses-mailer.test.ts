import { SESClient, SESServiceException, SendEmailCommand } from '@aws-sdk/client-ses';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSesMailer } from '../../../../../functions/adapters/aws/ses-mailer.ts';

const CANARY = 'pat@example.com';
const MAIL = {
  to: CANARY,
  from: 'portal@practice.example',
  subject: 'Übersicht',
  text: 'Hello\n',
  html: '<p>Hello</p>',
};
const ses = mockClient(SESClient);
beforeEach(() => ses.reset());

const { signal } = new AbortController();
const client = new SESClient({ region: 'us-east-1' });
const send = (configurationSet: string | null = null) =>
  createSesMailer({ client, configurationSet, signal }).send(MAIL);
const refusal = (name: string, httpStatusCode?: number, fault: 'client' | 'server' = 'client') =>
  new SESServiceException({
    name,
    $fault: fault,
    message: `Address ${CANARY} …`,
    $metadata: httpStatusCode === undefined ? {} : { httpStatusCode },
  });
const systemError = (code: string) => Object.assign(new Error(`${code} ${CANARY}`), { code });

describe('what is sent', () => {
  const input = {
    Source: 'portal@practice.example',
    Destination: { ToAddresses: [CANARY] },
    Message: {
      Subject: { Data: 'Übersicht', Charset: 'UTF-8' },
      Body: { Text: { Data: 'Hello\n', Charset: 'UTF-8' }, Html: { Data: '<p>Hello</p>', Charset: 'UTF-8' } },
    },
  };
  it('is one mail in text and HTML, by one call that ends with the deadline', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm1' });
    expect(await send()).toBe('m1');
    expect(ses.calls()).toHaveLength(1);
    expect(ses.commandCalls(SendEmailCommand)[0]?.args[0].input).toEqual(input);
    expect(ses.calls()[0]?.args).toEqual([expect.anything(), { abortSignal: signal }]);
  });
  it('names the configuration set where there is one', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm1' });
    await send('tls-required');
    const sent = ses.commandCalls(SendEmailCommand)[0]?.args[0].input;
    expect(sent).toEqual({ ...input, ConfigurationSetName: 'tls-required' });
  });
});

describe('what a failure means', () => {
  it.each<[string, Error, string, string]>([
    ['asked to wait', refusal('Throttling', 400), 'EmailThrottledError', 'Throttling'],
    ['asked to wait', refusal('ThrottlingException', 429), 'EmailThrottledError', 'ThrottlingException'],
    ['asked to wait', refusal('TooManyRequestsException', 429), 'EmailThrottledError', 'TooManyRequestsException'],
    ['the quota is used up', refusal('LimitExceededException', 400), 'EmailThrottledError', 'LimitExceededException'],
    ['not accepted', refusal('ServiceUnavailable', 503, 'server'), 'EmailThrottledError', 'ServiceUnavailable'],
    ['refused', refusal('MessageRejected', 400), 'EmailRejectedError', 'MessageRejected'],
    ['refused', refusal('InvalidParameterValue', 400), 'EmailRejectedError', 'InvalidParameterValue'],
    [
      'no MAIL FROM domain',
      refusal('MailFromDomainNotVerifiedException', 400),
      'ConfigurationError',
      'MailFromDomainNotVerifiedException',
    ],
    [
      'no such configuration set',
      refusal('ConfigurationSetDoesNotExist', 400),
      'ConfigurationError',
      'ConfigurationSetDoesNotExist',
    ],
    ['no permission', refusal('AccessDenied', 403), 'ConfigurationError', 'AccessDenied'],
    ['no permission', refusal('AccessDeniedException', 403), 'ConfigurationError', 'AccessDeniedException'],
    ['500', refusal('InternalFailure', 500, 'server'), 'NotificationFateUnknownError', 'InternalFailure'],
    ['a refusal without a status', refusal('Strange'), 'NotificationFateUnknownError', 'Strange'],
    ['connection refused', systemError('ECONNREFUSED'), 'EmailThrottledError', 'ECONNREFUSED'],
    ['no such name', systemError('ENOTFOUND'), 'EmailThrottledError', 'ENOTFOUND'],
    ['no name server', systemError('EAI_AGAIN'), 'EmailThrottledError', 'EAI_AGAIN'],
    ['no way there', systemError('ENETUNREACH'), 'EmailThrottledError', 'ENETUNREACH'],
    ['a connection that broke', systemError('ECONNRESET'), 'NotificationFateUnknownError', 'ECONNRESET'],
    ['a pipe that broke', systemError('EPIPE'), 'NotificationFateUnknownError', 'EPIPE'],
    ['a code that is text', systemError(`sent to ${CANARY}`), 'NotificationFateUnknownError', 'ANSWER_LOST'],
    [
      'a timeout',
      Object.assign(new Error(CANARY), { name: 'TimeoutError' }),
      'NotificationFateUnknownError',
      'ANSWER_LOST',
    ],
    ['the deadline', new DOMException(CANARY, 'AbortError'), 'NotificationFateUnknownError', 'ANSWER_LOST'],
    ['an answer that is no XML', new SyntaxError(CANARY), 'NotificationFateUnknownError', 'ANSWER_LOST'],
  ])('%s: %s', async (_case, thrown, name, code) => {
    ses.on(SendEmailCommand).rejects(thrown);
    const error: unknown = await send().catch((caught) => caught);
    expect(error).toMatchObject({ name, message: code });
    expect(error instanceof Error && `${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain(
      CANARY,
    );
    expect(ses.calls()).toHaveLength(1);
  });

  it('an answer without an id is no proof of acceptance', async () => {
    ses.on(SendEmailCommand).resolves({});
    await expect(send()).rejects.toMatchObject({ name: 'NotificationFateUnknownError', message: 'ANSWER_WITHOUT_ID' });
  });
});
