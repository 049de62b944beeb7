/**
 * SendEnrollmentNotification (P13, P14): no letter; one mail, with a link of its own, to the address that the chart has
 * now. The record says INTENDED before the first byte leaves, so that a mail with unknown delivery is never sent twice
 * by itself.
 */
import * as z from 'zod/mini';
import type { Account } from '../domain/case/account.ts';
import { assertLease } from '../domain/case/lease.ts';
import { ending, stepInput } from '../domain/case/state-data.ts';
import { standingOf } from '../domain/chart/patient.ts';
import { languageFor } from '../domain/email/language.ts';
import {
  AddressUnusableError,
  EmailRejectedError,
  NotificationFateUnknownError,
  StepContractError,
} from '../domain/errors.ts';
import { reasonOf } from '../domain/outcomes.ts';
import { enrollmentMail } from '../notification/enrollment-mail.ts';
import type { FrontDesk } from '../ports/ehr/ehr.ts';
import type { Fingerprint } from '../ports/ehr/fingerprint.ts';
import type { Mailer } from '../ports/email/mailer.ts';
import type { SentMessages } from '../ports/email/sent-messages.ts';
import { clock } from '../runtime/clock.ts';
import type { Policy } from '../runtime/policy.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { mailer } from '../runtime/providers/email.ts';
import { fingerprint, metrics, policy, random } from '../runtime/providers/practice.ts';
import { caseRecords, pickupRecords, sentMessages, trackedPins } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { endNotNeeded, type NotNeededPorts } from '../usecases/case/end-not-needed.ts';
import { endTold, fileAgain } from '../usecases/email/end-told.ts';
import { type LinkPorts, makePickupLink } from '../usecases/email/pickup-link.ts';
import { fateUnknown, sendOnce } from '../usecases/email/send-once.ts';
import { usableAddress } from '../usecases/email/usable-address.ts';

const input = z.strictObject(stepInput);
type Input = z.infer<typeof input>;
type Ending = z.infer<typeof ending>;

interface Ports extends NotNeededPorts, LinkPorts {
  ehr: FrontDesk;
  sentMessages: SentMessages;
  mailer: Mailer;
  fingerprint: Fingerprint;
  practice: Policy;
}

/**
 * Throws EmailThrottledError (retried), ConfigurationError, EmailRejectedError, AddressUnusableError, NotificationFateUnknownError,
 * LeaseLostError and what EHR and records throw.
 */
export async function sendEnrollmentNotification(ports: Ports, { execution, patientId }: Input): Promise<Ending> {
  const account = await ports.cases.read(patientId);
  if (account?.endedBy === execution) return endedAs(account);
  assertLease(account, execution);
  const { message } = account;
  if (message === null || message.document !== account.document) throw new StepContractError('NO_MESSAGE_OWED');

  if (message.state === 'ACCEPTED') return fileAgain(ports, account, message, execution);
  if (message.state === 'INTENDED' || message.state === 'UNKNOWN') throw await fateUnknown(ports, account, message);
  if (message.gaveUp) throw new EmailRejectedError('GAVE_UP');
  const patient = await ports.ehr.readPatient(patientId);
  const standing = standingOf(patient);
  if (standing === 'UNCLEAR') throw new AddressUnusableError('CHART_UNCLEAR');
  if (standing !== 'ELIGIBLE') {
    await endNotNeeded(ports, account, execution, standing);
    return { outcome: 'NOT_NEEDED', reason: standing };
  }
  const chosen = await usableAddress(ports.fingerprint, patient, account, ports.clock.now());
  if (chosen.verdict !== 'USABLE') throw new AddressUnusableError(chosen.verdict);
  const { practice } = ports;
  const { link, hash } = await makePickupLink(ports, account);
  const mail = enrollmentMail({
    to: chosen.address,
    kind: message.kind,
    language: languageFor(patient.language, practice.languages),
    expiresAt: account.expiresAt ?? '',
    link,
    policy: practice,
  });
  const accepted = await sendOnce(ports, account, message, mail, hash);
  return endTold(ports, accepted.account, accepted.message, execution);
}

function endedAs(account: Account): Ending {
  const { outcome } = account;
  if (outcome === null || outcome === 'FAILED') throw new NotificationFateUnknownError('ENDED_BEFORE');
  return { outcome, reason: reasonOf(account) };
}

export const handler = stepHandler({
  name: 'SendEnrollmentNotification',
  input,
  output: ending,
  ports: {
    ehr: frontDesk,
    cases: caseRecords,
    pins: trackedPins,
    sentMessages,
    pickups: pickupRecords,
    pickupUrl: ({ config }) => config.pickupUrl,
    random,
    mailer,
    fingerprint,
    clock,
    metrics,
    practice: policy,
  },
  run: sendEnrollmentNotification,
});
