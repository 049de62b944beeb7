/**
 * CheckExpiry (P2): takes the patient's lease, brings the record up to the chart, and decides what is due. Where
 * nothing is, the case ends here.
 */
import * as z from 'zod/mini';
import {
  type Account,
  isMessageOwed,
  isUnsent,
  newAccount,
  withReminder,
  withReminderDone,
} from '../domain/case/account.ts';
import { caseFacts, hasDraftToDiscard } from '../domain/case/case-facts.ts';
import { type Limits, whatIsDue } from '../domain/case/due.ts';
import { withLease } from '../domain/case/lease.ts';
import { reminderDue } from '../domain/case/reminder.ts';
import { type Decision, decision, patientFacts, stepInput } from '../domain/case/state-data.ts';
import { type Chart, readChart } from '../domain/chart/chart.ts';
import { cycleIdentifier } from '../domain/identity.ts';
import { type Reason, reasonOf } from '../domain/outcomes.ts';
import { dayOf } from '../domain/time/calendar.ts';
import { millisecondsOf } from '../domain/time/instant.ts';
import type { StaffRequests } from '../ports/case/staff-requests.ts';
import { clock } from '../runtime/clock.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { fingerprint, metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords, pinReservations, staffRequests, trackedPins } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { endNotNeeded, type NotNeededPorts } from '../usecases/case/end-not-needed.ts';
import { type AdoptPorts, adoptPin } from '../usecases/regeneration/adopt-pin.ts';
import { type CompletePorts, completeSigned } from '../usecases/regeneration/complete-signed.ts';

const input = z.strictObject({ ...stepInput, force: z.nullable(z.string()), patient: patientFacts });
type Input = z.infer<typeof input>;

type Ports = AdoptPorts &
  NotNeededPorts &
  CompletePorts & { limits: Limits; staffRequests: Pick<StaffRequests, 'read'> };

/** Throws LeaseHeldError while another execution works on the patient. */
export async function checkExpiry(ports: Ports, event: Input): Promise<Decision> {
  const { execution, patientId } = event;
  const { cases, clock } = ports;
  const stored = await cases.read(patientId);
  if (stored?.endedBy === execution) return nothing(reasonOf(stored), stored.document);

  const leased = withLease(stored ?? newAccount(patientId), execution, clock.now());
  let account = leased === stored ? stored : await cases.save(stored, leased);
  const chart = readChart(await ports.ehr.readPinDocuments(patientId), clock.now());
  // Beyond the limit even the cleanup fails; then it is left to staff.
  const isExhausted = account.failures > ports.limits.attemptLimit;
  if (!isExhausted) account = await upToChart(ports, account, chart);

  const reminder = reminderDue(account, clock.now(), ports.practice);
  const today = dayOf(clock.now(), ports.practice.timeZone);
  const { force } = event;
  const forcedAt = force === null ? null : millisecondsOf((await ports.staffRequests.read(patientId, force))?.at ?? '');
  const facts = { ...event.patient, ...caseFacts(account, chart, { force, forcedAt, reminder, today }) };
  const verdict = whatIsDue(facts, ports.limits, clock.now());
  if (verdict.due === 'NOTIFY') account = await withReminderOwed(ports, account, reminder);
  const cycle = chart.newest?.id ?? null;
  if (hasDraftToDiscard(account, chart, verdict)) {
    if (isExhausted) return { due: 'HOLD', next: null, reason: 'ATTEMPTS_EXHAUSTED', cycle, error: null };
    return { due: 'DISCARD', next: verdict.due, reason: verdict.reason, cycle, error: null };
  }
  if (verdict.due === 'NOTHING') {
    // One that the EHR's word held back is passed over.
    const isPassedOver = verdict.reason === 'NOT_EXPIRED' && reminder !== null;
    const noting = (stored: Account) => (isPassedOver ? withReminderDone(stored, reminder) : stored);
    await endNotNeeded(ports, account, execution, verdict.reason, noting);
    return nothing(verdict.reason, cycle);
  }
  return { due: verdict.due, next: null, reason: verdict.reason, cycle, error: null };
}

function nothing(reason: Reason | null, cycle: string | null): Decision {
  return { due: 'NOTHING', next: null, reason, cycle, error: null };
}

/** A document of ours that was signed while its answer got lost is completed; any other newer one is adopted. */
async function upToChart(ports: Ports, account: Account, chart: Chart): Promise<Account> {
  const { newest } = chart;
  if (newest === null || newest.id === account.document) return account;
  const { draft, patientId } = account;
  if (draft !== null && newest.cycleIdentifier === cycleIdentifier(patientId, draft.cycle)) {
    return completeSigned(ports, account, { ...draft, document: newest.id });
  }
  return ports.cases.save(account, await adoptPin(ports, account, newest));
}

/** A message that may have left, or that has to be filed, comes first; the reminder stays due until then. */
async function withReminderOwed(ports: Ports, account: Account, reminder: number | null): Promise<Account> {
  const { message } = account;
  const comesLater = message !== null && isMessageOwed(account) && !isUnsent(message);
  return reminder === null || comesLater ? account : ports.cases.save(account, withReminder(account, reminder));
}

export const handler = stepHandler({
  name: 'CheckExpiry',
  input,
  output: decision,
  ports: {
    ehr,
    cases: caseRecords,
    pins: trackedPins,
    reservations: pinReservations,
    staffRequests,
    fingerprint,
    clock,
    metrics,
    practice: policy,
    limits: policy,
  },
  run: checkExpiry,
});
