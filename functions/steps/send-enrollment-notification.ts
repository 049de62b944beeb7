/**
 * SendEnrollmentNotification (P13, P14): no letter; one mail to the address that the chart has now. The record says
 * INTENDED before the first byte leaves, so that a mail whose fate nobody knows is never sent twice by itself.
 */
import * as z from 'zod/mini';
import { type Account, assertLease, type Message } from '../domain/account.ts';
import {
  AddressUnusableError,
  EmailRejectedError,
  NotificationFateUnknownError,
  StepContractError,
} from '../domain/errors.ts';
import { toInstant } from '../domain/instant.ts';
import type { Reason } from '../domain/outcomes.ts';
import { addressCandidates, chooseAddress, standingOf } from '../domain/patient.ts';
import { ending, stepInput } from '../domain/state-data.ts';
import { enrollmentMail } from '../notification/enrollment-mail.ts';
import type { Fingerprint, Mail, Mailer } from '../ports.ts';
import { clock } from '../runtime/clock.ts';
import { ehr, fingerprint, mailer, pinRecords, policy } from '../runtime/container.ts';
import type { Policy } from '../runtime/policy.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type EndPorts, endCase } from '../usecases/end-case.ts';

const input = z.strictObject(stepInput);
type Input = z.infer<typeof input>;
type Ending = z.infer<typeof ending>;

interface Ports extends EndPorts {
  mailer: Mailer;
  fingerprint: Fingerprint;
  practice: Policy;
}

/**
 * Throws EmailThrottledError (retried), EmailRejectedError, AddressUnusableError, NotificationFateUnknownError,
 * LeaseLostError and what EHR and records throw.
 */
export async function sendEnrollmentNotification(ports: Ports, { execution, patientId }: Input): Promise<Ending> {
  const account = await ports.records.read(patientId);
  if (account?.endedBy === execution) return endedAs(account);
  assertLease(account, execution);
  const { message } = account;
  if (message === null || message.document !== account.document) throw new StepContractError('NO_MESSAGE_OWED');

  if (message.state === 'ACCEPTED') return file(ports, account, message, execution);
  if (message.state === 'INTENDED' || message.state === 'UNKNOWN') throw await fateUnknown(ports, account, message);
  const patient = await ports.ehr.readPatient(patientId);
  const standing = standingOf(patient);
  if (standing !== 'ELIGIBLE') return end(ports, account, execution, { outcome: 'NOT_NEEDED', reason: standing });
  const { now, rejected } = { now: ports.clock.now(), rejected: new Set<string>() };
  if (account.rejectedAddresses.length > 0) {
    for (const address of addressCandidates(patient, now)) {
      if (account.rejectedAddresses.includes(await ports.fingerprint.of(address))) rejected.add(address);
    }
  }
  const chosen = chooseAddress(patient, now, (address) => rejected.has(address));
  if (chosen.verdict !== 'USABLE') throw new AddressUnusableError(chosen.verdict);
  const mail = enrollmentMail({ to: chosen.address, expiresAt: account.expiresAt ?? '', policy: ports.practice });
  const accepted = await send(ports, account, message, mail);
  return file(ports, accepted.account, accepted.message, execution);
}

function endedAs({ outcome, reason }: Account): Ending {
  if (outcome === null || outcome === 'FAILED') throw new NotificationFateUnknownError('ENDED_BEFORE');
  return { outcome, reason: reason as Reason | null };
}

/** The record of a mail that left and got no answer. */
async function fateUnknown(ports: Ports, account: Account, message: Message): Promise<Error> {
  if (message.state !== 'UNKNOWN')
    await ports.records.save(account, { ...account, message: { ...message, state: 'UNKNOWN' } });
  return new NotificationFateUnknownError('ANSWER_LOST');
}

async function send(
  ports: Ports,
  account: Account,
  message: Message,
  mail: Mail,
): Promise<{ account: Account; message: Message }> {
  const intended = await ports.records.save(account, { ...account, message: { ...message, state: 'INTENDED' } });
  try {
    const sesId = await ports.mailer.send(mail);
    const accepted: Message = { ...message, state: 'ACCEPTED', sesId, filed: false };
    return { account: await ports.records.save(intended, { ...intended, message: accepted }), message: accepted };
  } catch (error) {
    if (error instanceof NotificationFateUnknownError) throw await fateUnknown(ports, intended, message);
    const isRefusal =
      error instanceof Error && (error.name === 'EmailThrottledError' || error.name === 'EmailRejectedError');
    if (isRefusal)
      await ports.records.save(intended, { ...intended, ...(await refused(ports, intended, message, error, mail.to)) });
    throw error;
  }
}

/** SES says InvalidParameterValue of an address it will never take; other refusals are about the sender or the account. */
async function refused(
  ports: Ports,
  account: Account,
  message: Message,
  error: Error,
  address: string,
): Promise<Partial<Account>> {
  const isAddressRefused = error instanceof EmailRejectedError && error.code === 'InvalidParameterValue';
  const rejectedAddresses = isAddressRefused
    ? [...account.rejectedAddresses, await ports.fingerprint.of(address)]
    : account.rejectedAddresses;
  return { message: { ...message, state: 'REFUSED' }, rejectedAddresses };
}

/** Accepted: noted by its SES id, filed in the chart once, and the case is over. */
async function file(ports: Ports, account: Account, message: Message, execution: string): Promise<Ending> {
  const filed = { patientId: account.patientId, document: message.document, sesId: message.sesId ?? '' };
  const sentAt = toInstant(ports.clock.now());
  await ports.records.putMessage({ ...filed, sentAt });
  if (!message.filed) await ports.ehr.fileMessage({ ...filed, sentAt });
  return end(ports, { ...account, message: { ...message, filed: true } }, execution, {
    outcome: 'REGENERATED',
    reason: null,
  });
}

async function end(ports: Ports, account: Account, execution: string, ended: Ending): Promise<Ending> {
  await endCase(ports, account, { execution, ...ended, staffTask: null });
  return ended;
}

export const handler = stepHandler({
  name: 'SendEnrollmentNotification',
  input,
  output: ending,
  run: (event, call) =>
    sendEnrollmentNotification(
      {
        ehr: ehr(call),
        records: pinRecords(call),
        mailer: mailer(call),
        fingerprint: fingerprint(),
        clock: clock(),
        practice: policy(),
      },
      event,
    ),
});
