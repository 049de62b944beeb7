/**
 * DiscardDraft (P7): undoes an update that will not be signed. It looks before it acts: what was signed after all is
 * completed, a newer PIN made by hand wins, and only then is the draft entered in error.
 */
import * as z from 'zod/mini';
import type { Account } from '../domain/case/account.ts';
import { withDraft } from '../domain/case/attempt.ts';
import { type DiscardOutcome, identifiersOf, isOurs, verdictOf } from '../domain/case/discard-outcome.ts';
import { assertLease } from '../domain/case/lease.ts';
import { type Decision, decision, stepInput } from '../domain/case/state-data.ts';
import { type Chart, readChart } from '../domain/chart/chart.ts';
import { isExpired } from '../domain/chart/expiry.ts';
import { standingOf } from '../domain/chart/patient.ts';
import { reasonOf } from '../domain/outcomes.ts';
import { clock } from '../runtime/clock.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { fingerprint, metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords, pinReservations, trackedPins } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { endCase } from '../usecases/case/end-case.ts';
import { endNotNeeded, type NotNeededPorts } from '../usecases/case/end-not-needed.ts';
import { type AdoptPorts, adoptPin } from '../usecases/regeneration/adopt-pin.ts';
import { type CompletePorts, completeSigned } from '../usecases/regeneration/complete-signed.ts';

const input = z.strictObject({ ...stepInput, decision });
type Input = z.infer<typeof input>;
type Ports = AdoptPorts & NotNeededPorts & CompletePorts;

/** Throws LeaseLostError and what EHR and records throw; `next` says what remains to be done. */
export async function discardDraft(ports: Ports, event: Input): Promise<Decision> {
  const { execution, patientId } = event;
  const { cycle } = event.decision;
  const account = await ports.cases.read(patientId);
  if (account?.endedBy === execution) return { due: 'DISCARD', cycle, ...endedAs(account, event.decision) };
  assertLease(account, execution);
  const chart = readChart(await ports.ehr.readPinDocuments(patientId), ports.clock.now());
  return { due: 'DISCARD', cycle, ...(await remains(ports, event, account, chart)) };
}

function endedAs(account: Account, { error }: Decision): DiscardOutcome {
  if (account.outcome === 'FAILED') return { next: 'FAIL', reason: null, error };
  return { next: 'NOTHING', reason: reasonOf(account), error: null };
}

async function remains(ports: Ports, event: Input, account: Account, chart: Chart): Promise<DiscardOutcome> {
  const { newest } = chart;
  // Signed, but the date is unknown: the record stays until the date is clear.
  if (chart.unclear.includes(account.draft?.document ?? '')) {
    return { next: 'HOLD', reason: 'CHART_UNCLEAR', error: null };
  }
  const isNewer = newest !== null && newest.id !== event.decision.cycle;
  if (isNewer && isOurs(account, chart)) return signedAfterAll(ports, account, newest.id);

  await ports.ehr.discardDrafts(identifiersOf(account, chart, event.decision.cycle));
  let current = account.draft === null ? account : await ports.cases.save(account, withDraft(account, null));
  if (isNewer) current = await ports.cases.save(current, await adoptPin(ports, current, newest));
  const isLiving = isNewer && !isExpired(newest.signedAt, ports.clock.now());
  const verdict = (await ineligible(ports, event, isLiving)) ?? verdictOf(event.decision, isLiving);
  await endIfOver(ports, event.execution, current, verdict);
  return verdict;
}

async function signedAfterAll(ports: Ports, account: Account, document: string): Promise<DiscardOutcome> {
  const completed =
    account.draft === null ? account : await completeSigned(ports, account, { ...account.draft, document });
  if (completed.violations.length === 0) return { next: 'NOTIFY', reason: null, error: null };
  const Cause = completed.violations.join(' ');
  return { next: 'VIOLATED', reason: null, error: { Error: 'PostconditionViolatedError', Cause } };
}

/** SignDocument found that the portal is for the patient no more; why, says the chart as it is now. */
async function ineligible(
  ports: Ports,
  { patientId, decision }: Input,
  isLiving: boolean,
): Promise<DiscardOutcome | null> {
  if (isLiving || decision.error?.Error !== 'PatientNotEligibleError') return null;
  const standing = standingOf(await ports.ehr.readPatient(patientId));
  if (standing === 'UNCLEAR') return { next: 'HOLD', reason: 'CHART_UNCLEAR', error: null };
  return standing === 'ELIGIBLE' ? null : { next: 'NOTHING', reason: standing, error: null };
}

async function endIfOver(ports: Ports, execution: string, account: Account, verdict: DiscardOutcome): Promise<void> {
  if (verdict.next === 'FAIL') {
    const reason = verdict.error?.Error ?? null;
    await endCase(ports, account, { execution, outcome: 'FAILED', reason, staffTask: null });
  }
  if (verdict.next === 'NOTHING') await endNotNeeded(ports, account, execution, verdict.reason);
}

export const handler = stepHandler({
  name: 'DiscardDraft',
  input,
  output: decision,
  ports: {
    ehr,
    cases: caseRecords,
    pins: trackedPins,
    reservations: pinReservations,
    fingerprint,
    clock,
    metrics,
    practice: policy,
  },
  run: discardDraft,
});
