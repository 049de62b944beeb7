/** One mail, sent at most once: the record knows more than a process that may stop anywhere (P14). */

import type { Account, Message } from '../../domain/case/account.ts';
import {
  withMessageAccepted,
  withMessageIntended,
  withMessageRefused,
  withMessageUnknown,
  withRejectedAddress,
} from '../../domain/case/message.ts';
import { EmailRejectedError, NotificationFateUnknownError, RecordConflictError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { Mail, Mailer } from '../../ports/email/mailer.ts';
import type { SentMessages } from '../../ports/email/sent-messages.ts';
import { RACES } from '../case/racing.ts';

interface SendPorts {
  cases: CaseRecords;
  sentMessages: Pick<SentMessages, 'put'>;
  mailer: Mailer;
  fingerprint: Fingerprint;
  clock: Clock;
}

/** Errors of the mailer after which the mail has certainly not left. */
const NOT_SENT: ReadonlySet<string> = new Set(['EmailThrottledError', 'EmailRejectedError', 'ConfigurationError']);

/** Records unknown delivery and returns the error to throw. */
export async function fateUnknown(ports: { cases: CaseRecords }, account: Account, message: Message): Promise<Error> {
  if (message.state !== 'UNKNOWN') await ports.cases.save(account, withMessageUnknown(account, message));
  return new NotificationFateUnknownError('ANSWER_LOST');
}

/**
 * Sends the mail, saying INTENDED before the first byte leaves and what became of it afterwards. Throws what the mailer
 * throws; NotificationFateUnknownError also stands in the record, so that no run sends the mail again by itself.
 * @param pickupToken digest of the mail's link, which counts as soon as the mail may have left, and alone; a mail that
 * certainly did not leave brings the earlier one's back
 */
export async function sendOnce(
  ports: SendPorts,
  account: Account,
  message: Message,
  mail: Mail,
  pickupToken: string,
): Promise<{ account: Account; message: Message }> {
  const intended = await ports.cases.save(account, withMessageIntended(account, message, pickupToken));
  let sesId: string;
  try {
    sesId = await ports.mailer.send(mail);
  } catch (error) {
    if (error instanceof NotificationFateUnknownError) throw await fateUnknown(ports, intended, message);
    if (error instanceof Error && NOT_SENT.has(error.name))
      await noteRefusal(ports, intended, { message, pickupToken: account.pickupToken }, error, mail.to);
    throw error;
  }
  const unnoted = await noteSent(ports, account.patientId, message.document, sesId);
  const saved = await saveFate(ports, intended, (stored) => withMessageAccepted(stored, message, sesId));
  if (unnoted !== null) throw unnoted;
  return { account: saved, message: saved.message ?? message };
}

/**
 * Saves what became of the mail. A registration or a link that was opened may have been written since: then it is saved
 * beside that, or an accepted mail would count as unknown delivery. RecordConflictError where the
 * case is another execution's by now, or the message was decided about.
 */
async function saveFate({ cases }: SendPorts, intended: Account, fate: (stored: Account) => Account): Promise<Account> {
  let current = intended;
  for (let race = 0; race < RACES; race++) {
    try {
      return await cases.save(current, fate(current));
    } catch (error) {
      const stored = error instanceof RecordConflictError ? await cases.read(intended.patientId) : null;
      if (stored === null || !isSameSending(stored, intended)) throw error;
      current = stored;
    }
  }
  throw new RecordConflictError('SENDING_RACES_LOST');
}

/** Each sending has a link of its own. */
function isSameSending(stored: Account, intended: Account): boolean {
  const isOurs = stored.lease?.owner === intended.lease?.owner && stored.pickupToken === intended.pickupToken;
  return isOurs && stored.message?.state === 'INTENDED' && stored.document === intended.document;
}

/**
 * Records the mail's patient before the case says that it was accepted: from then on SES may report on it, and a mail that cannot be
 * found counts as unknown delivery. The error is thrown later; the case must learn of the mail in any case.
 */
async function noteSent(
  { sentMessages, clock }: SendPorts,
  patientId: string,
  document: string,
  sesId: string,
): Promise<unknown> {
  try {
    await sentMessages.put({ patientId, document, sesId, sentAt: toInstant(clock.now()) });
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * Notes first that nothing was sent, so that a later failure leaves no unknown delivery; then the cause.
 * SES says InvalidParameterValue of an address it will never take; other refusals are about the sender or the account.
 */
async function noteRefusal(
  ports: SendPorts,
  intended: Account,
  { message, pickupToken }: { message: Message; pickupToken: string | null },
  error: Error,
  address: string,
): Promise<void> {
  const refused = await saveFate(ports, intended, (stored) => withMessageRefused(stored, message, pickupToken));
  if (!(error instanceof EmailRejectedError) || error.code !== 'InvalidParameterValue') return;
  await ports.cases.save(refused, withRejectedAddress(refused, await ports.fingerprint.of(address)));
}
