/**
 * SignDocument (P11, P12): looks once more, signs as the service's Device, declines responsibility, reads back that
 * P10–P12 hold, and records the PIN with its 30 days (P8).
 */
import * as z from 'zod/mini';
import type { Account, Draft } from '../domain/case/account.ts';
import { assertLease } from '../domain/case/lease.ts';
import { fhirId, stepInput } from '../domain/case/state-data.ts';
import { readChart } from '../domain/chart/chart.ts';
import {
  DraftGoneError,
  NewerPinError,
  PatientNotEligibleError,
  PostconditionViolatedError,
} from '../domain/errors.ts';
import { clock } from '../runtime/clock.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { fingerprint, metrics } from '../runtime/providers/practice.ts';
import { caseRecords, trackedPins } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type CompletePorts, completeSigned } from '../usecases/regeneration/complete-signed.ts';
import { emptyRouting } from '../usecases/regeneration/empty-routing.ts';

const input = z.strictObject({ ...stepInput, cycle: fhirId });
const output = z.strictObject({ document: fhirId, expiresAt: z.string() });

/**
 * Throws NewerPinError, PatientNotEligibleError, DraftGoneError, PostconditionViolatedError, LeaseLostError and what the EHR
 * throws.
 */
export async function signDocument(
  ports: CompletePorts,
  { execution, patientId, cycle }: z.infer<typeof input>,
): Promise<z.infer<typeof output>> {
  const account = await ports.cases.read(patientId);
  assertLease(account, execution);
  const recorded = account.draft === null && account.document !== cycle;
  if (recorded) return signedAs(account);
  if (account.draft === null) throw new DraftGoneError('NO_DRAFT_NOTED');
  await signUnlessSigned(ports, patientId, account.draft, cycle);
  return signedAs(await completeSigned(ports, account, account.draft));
}

async function signUnlessSigned(ports: CompletePorts, patientId: string, draft: Draft, cycle: string): Promise<void> {
  const { ehr, clock } = ports;
  const review = await ehr.reviewDraft(patientId, draft);
  const { newest, unclear } = readChart(review.documents, clock.now());
  // An answer to the sign request got lost: the chart says that it was heard.
  if (newest?.id === draft.document) return;
  if (newest?.id !== cycle || unclear.length > 0) throw new NewerPinError('SIGNED_BY_HAND');
  // Registered, opted out or dead since VerifyEmail, which may be most of an hour ago where the EHR was down.
  if (review.standing !== 'ELIGIBLE') throw new PatientNotEligibleError(review.standing);
  if (!review.draftIntact) throw new DraftGoneError('DRAFT_NOT_INTACT');
  if (review.author !== draft.compared.author) throw new DraftGoneError('AUTHOR_CHANGED');
  await emptyRouting(ehr, draft.document, review.routing);
  await ehr.sign({ patientId, draft, cycle, asRead: review.asRead, now: clock.now() });
}

function signedAs(account: Account): z.infer<typeof output> {
  if (account.violations.length > 0) throw new PostconditionViolatedError(account.violations.join(' '));
  return { document: account.document ?? '', expiresAt: account.expiresAt ?? '' };
}

export const handler = stepHandler({
  name: 'SignDocument',
  input,
  output,
  ports: { ehr, cases: caseRecords, pins: trackedPins, fingerprint, clock, metrics },
  run: signDocument,
});
