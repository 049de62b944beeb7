/** The Communication about a mail (P14): without address and without text, it says that one was sent, when, and what became of it. */
import type { CodeableConcept, Communication } from 'fhir/r4';
import type { MailFate } from '../../domain/email/email-feedback.ts';
import type { Instant } from '../../domain/time/instant.ts';
import type { AsRead, FiledMessage } from '../../ports/ehr/ehr.ts';
import { changed } from './chart-update/change.ts';
import type { FhirClient } from './client/client.ts';
import { asReadOf, type Resource } from './client/resource.ts';
import type { Search } from './client/search.ts';
import { COMMUNICATION_NOT_DONE_REASON, PARTICIPATION_EMAIL, SES_MESSAGE_IDENTIFIER } from './codes.ts';
import { keepOne } from './keep-one.ts';
import { withId } from './read/pin-document.ts';

/** FHIR's own reasons stand for ours as well as they can; ours is the text. */
const FATES: Record<MailFate, { status: Communication['status']; reason?: string }> = {
  SENT: { status: 'completed' },
  DELIVERED: { status: 'completed' },
  COMPLAINED: { status: 'completed', reason: 'patient-objection' },
  RETURNED: { status: 'stopped', reason: 'recipient-unavailable' },
  BOUNCED: { status: 'stopped', reason: 'recipient-unavailable' },
  NOT_SENT: { status: 'not-done', reason: 'system-error' },
};

/** Every status but entered-in-error, which marks what a race filed twice. */
const FILED = ['preparation', 'in-progress', 'not-done', 'on-hold', 'stopped', 'completed', 'unknown'] as const;

export async function fileMessage(fhir: FhirClient, message: FiledMessage): Promise<void> {
  const wanted = communicationOf(message, 'SENT', null);
  await keepOne(fhir, communicationsIn(await fhir.createUnlessFound(wanted, filedOf(message))));
}

/**
 * Says on the Communication what became of the mail; files it where that has not been done. Reads again after filing: one that
 * was filed in between says only that the mail was sent.
 */
export async function noteFate(
  fhir: FhirClient,
  message: FiledMessage,
  fate: MailFate,
  receivedAt: Instant | null,
): Promise<void> {
  const wanted = communicationOf(message, fate, receivedAt);
  let filed = await readFiled(fhir, message);
  if (filed === null) {
    await fhir.createUnlessFound(wanted, filedOf(message));
    filed = await readFiled(fhir, message);
  }
  if (filed === null) return;
  const { resource } = filed;
  const { status, statusReason, received } = wanted;
  const members = { status, statusReason, received };
  const isSaid = (Object.keys(members) as (keyof typeof members)[]).every(
    (member) => JSON.stringify(resource[member]) === JSON.stringify(members[member]),
  );
  if (!isSaid) await fhir.replace(changed(filed, members));
}

async function readFiled(fhir: FhirClient, message: FiledMessage): Promise<AsRead | null> {
  return keepOne(fhir, communicationsIn(await fhir.search(filedOf(message))));
}

function communicationsIn(resources: readonly Resource[]): AsRead[] {
  return withId(resources, 'Communication').map(({ resource, id }) => asReadOf(resource, id));
}

function filedOf({ sesId }: FiledMessage): Search {
  return {
    type: 'Communication',
    where: { identifier: [{ system: SES_MESSAGE_IDENTIFIER, value: sesId }], status: FILED },
  };
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
