/** The end of a case whose mail SES has accepted (P14): filed in the chart once, and over. */
import type { Account, Message } from '../domain/account.ts';
import { toInstant } from '../domain/instant.ts';
import type { Ending } from '../domain/outcomes.ts';
import { type EndPorts, endCase } from './end-case.ts';

/** A mere reminder regenerated nothing. Throws what EHR and records throw. */
export async function endTold(ports: EndPorts, account: Account, message: Message, execution: string): Promise<Ending> {
  const filed = { patientId: account.patientId, document: message.document, sesId: message.sesId ?? '' };
  if (!message.filed) await ports.ehr.fileMessage({ ...filed, sentAt: toInstant(ports.clock.now()) });
  const ended: Ending =
    message.kind === 'REMINDER'
      ? { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' }
      : { outcome: 'REGENERATED', reason: null };
  const noting = { message: { ...message, filed: true } };
  await endCase(ports, account, { execution, ...ended, staffTask: null, noting });
  return ended;
}
