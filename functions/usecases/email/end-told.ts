/** Ends a case after SES accepted its mail (P14): files the mail in the chart once. */
import type { Account, Message } from '../../domain/case/account.ts';
import { withMessageFiled } from '../../domain/case/message.ts';
import type { Ending } from '../../domain/outcomes.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import type { SentMessages } from '../../ports/email/sent-messages.ts';
import { type EndPorts, endCase } from '../case/end-case.ts';

export interface EndToldPorts extends EndPorts {
  ehr: EndPorts['ehr'] & Pick<FrontDesk, 'fileMessage'>;
}

/** A reminder alone ends as NOT_NEEDED: it regenerated nothing. Throws what EHR and records throw. */
export async function endTold(
  ports: EndToldPorts,
  account: Account,
  message: Message,
  execution: string,
): Promise<Ending> {
  const filed = { patientId: account.patientId, document: message.document, sesId: message.sesId ?? '' };
  if (!message.filed) await ports.ehr.fileMessage({ ...filed, sentAt: toInstant(ports.clock.now()) });
  const ended: Ending =
    message.kind === 'REMINDER'
      ? { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' }
      : { outcome: 'REGENERATED', reason: null };
  const noting = (stored: Account) => withMessageFiled(stored, message);
  await endCase(ports, account, { execution, ...ended, staffTask: null, noting });
  return ended;
}

/** An earlier run got the mail accepted, and may have stopped before it was noted by its SES id. */
export async function fileAgain(
  ports: EndToldPorts & { sentMessages: Pick<SentMessages, 'put'> },
  account: Account,
  message: Message,
  execution: string,
): Promise<Ending> {
  const { patientId } = account;
  const { document, sesId } = message;
  await ports.sentMessages.put({ patientId, document, sesId: sesId ?? '', sentAt: toInstant(ports.clock.now()) });
  return endTold(ports, account, message, execution);
}
