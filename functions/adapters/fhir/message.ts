/** The Communication about a mail (P14): without address and without text, it says that one was sent, when, and what became of it. */
import type { CodeableConcept, Communication } from 'fhir/r4';
import type { MailFate } from '../../domain/email/email-feedback.ts';
import type { Instant } from '../../domain/time/instant.ts';
import type { FiledMessage } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client.ts';
import { COMMUNICATION_NOT_DONE_REASON, PARTICIPATION_EMAIL, SES_MESSAGE_IDENTIFIER } from './codes.ts';
import { askedFor, ofType } from './read.ts';

/** FHIR's own reasons stand for ours as well as they can; ours is the text. */
const FATES: Record<MailFate, { status: Communication['status']; reason?: string }> = {
  SENT: { status: 'completed' },
  DELIVERED: { status: 'completed' },
  COMPLAINED: { status: 'completed', reason: 'patient-objection' },
  RETURNED: { status: 'stopped', reason: 'recipient-unavailable' },
  BOUNCED: { status: 'stopped', reason: 'recipient-unavailable' },
  NOT_SENT: { status: 'not-done', reason: 'system-error' },
};

export async function fileMessage(fhir: FhirClient, message: FiledMessage): Promise<void> {
  await fhir.createIfNone(communicationOf(message, 'SENT', null), queryOf(message));
}

/** Files it, too, where that has not been done. */
export async function noteFate(
  fhir: FhirClient,
  message: FiledMessage,
  fate: MailFate,
  receivedAt: Instant | null,
): Promise<void> {
  const wanted = communicationOf(message, fate, receivedAt);
  const isThis = ({ identifier }: Communication) => identifier?.some(({ value }) => value === message.sesId) ?? false;
  const filed = askedFor(ofType(await fhir.search(`Communication?${queryOf(message)}`), 'Communication'), isThis);
  if (filed.length === 0) await fhir.createIfNone(wanted, queryOf(message));
  for (const communication of filed) {
    const changes = (['status', 'statusReason', 'received'] as const).flatMap((member) =>
      changeOf(`/${member}`, communication[member], wanted[member]),
    );
    if (changes.length === 0) continue;
    const asRead = { op: 'test', path: '/status', value: communication.status };
    await fhir.patch(`Communication/${communication.id}`, [asRead, ...changes]);
  }
}

function queryOf({ sesId }: FiledMessage): string {
  return `identifier=${SES_MESSAGE_IDENTIFIER}|${sesId}`;
}

function communicationOf(message: FiledMessage, fate: MailFate, receivedAt: Instant | null): Communication {
  const { status, reason } = FATES[fate];
  const statusReason: CodeableConcept | null =
    reason === undefined ? null : { coding: [{ system: COMMUNICATION_NOT_DONE_REASON, code: reason }], text: fate };
  return {
    resourceType: 'Communication',
    identifier: [{ system: SES_MESSAGE_IDENTIFIER, value: message.sesId }],
    status,
    ...(statusReason && { statusReason }),
    medium: [{ coding: [PARTICIPATION_EMAIL] }],
    subject: { reference: `Patient/${message.patientId}` },
    about: [{ reference: `DocumentReference/${message.document}` }],
    recipient: [{ reference: `Patient/${message.patientId}` }],
    sent: message.sentAt,
    // What came back later was not received, whatever a server on the way had said.
    ...(status === 'completed' && receivedAt !== null && { received: receivedAt }),
  };
}

/** JSON Patch (RFC 6902): `add` replaces a member that is there. */
function changeOf(path: string, is: unknown, wanted: unknown): object[] {
  if (JSON.stringify(is) === JSON.stringify(wanted)) return [];
  return wanted === undefined ? [{ op: 'remove', path }] : [{ op: 'add', path, value: wanted }];
}
