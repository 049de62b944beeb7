/** One mail, sent at most once: the record knows more than a process that may stop anywhere (P14). */
import type { Account, Message } from '../domain/account.ts';
import { EmailRejectedError, NotificationFateUnknownError } from '../domain/errors.ts';
import { toInstant } from '../domain/instant.ts';
import type { Clock, Fingerprint, Mail, Mailer, PinRecords } from '../ports.ts';

interface SendPorts {
  records: PinRecords;
  mailer: Mailer;
  fingerprint: Fingerprint;
  clock: Clock;
}

/** The record of a mail that left and got no answer. */
export async function fateUnknown(ports: { records: PinRecords }, account: Account, message: Message): Promise<Error> {
  if (message.state !== 'UNKNOWN')
    await ports.records.save(account, { ...account, message: { ...message, state: 'UNKNOWN' } });
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
  const intention = { ...account, message: { ...message, state: 'INTENDED' }, pickupToken } as const;
  const intended = await ports.records.save(account, intention);
  try {
    const sesId = await ports.mailer.send(mail);
    const unnoted = await noteSent(ports, account.patientId, message.document, sesId);
    const accepted: Message = { ...message, state: 'ACCEPTED', sesId, filed: false };
    const saved = await ports.records.save(intended, { ...intended, message: accepted });
    if (unnoted !== null) throw unnoted;
    return { account: saved, message: accepted };
  } catch (error) {
    if (error instanceof NotificationFateUnknownError) throw await fateUnknown(ports, intended, message);
    const isRefusal =
      error instanceof Error && (error.name === 'EmailThrottledError' || error.name === 'EmailRejectedError');
    if (isRefusal) await noteRefusal(ports, intended, { ...account, message }, error, mail.to);
    throw error;
  }
}

/**
 * Notes whose mail it is before the record says that it was accepted: from then on SES may tell of it, and a mail that nobody could
 * find is one whose fate is unknown. The error is thrown later; the record must learn of the mail in any case.
 */
async function noteSent(
  { records, clock }: SendPorts,
  patientId: string,
  document: string,
  sesId: string,
): Promise<unknown> {
  try {
    await records.putMessage({ patientId, document, sesId, sentAt: toInstant(clock.now()) });
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * Notes first that nothing was sent, so that whatever fails next leaves no mail of unknown fate; then whose fault it was.
 * SES says InvalidParameterValue of an address it will never take; other refusals are about the sender or the account.
 */
async function noteRefusal(
  ports: SendPorts,
  intended: Account,
  { message, pickupToken }: { message: Message; pickupToken: string | null },
  error: Error,
  address: string,
): Promise<void> {
  const unsent = { ...intended, message: { ...message, state: 'REFUSED' }, pickupToken } as const;
  const refused = await ports.records.save(intended, unsent);
  if (!(error instanceof EmailRejectedError) || error.code !== 'InvalidParameterValue') return;
  const rejectedAddresses = [...refused.rejectedAddresses, await ports.fingerprint.of(address)];
  await ports.records.save(refused, { ...refused, rejectedAddresses });
}
