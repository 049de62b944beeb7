/** Locks a PIN's links and reports it once to the front desk and the audit trail. */
import type { StaffTask } from '../../domain/case/account.ts';
import { withTaskAboutPin } from '../../domain/case/staff.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PickupChart } from '../../ports/ehr/ehr.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { AnswersOf, PickupRecords } from '../../ports/pickup/pickup-records.ts';
import { changeAccount } from '../case/change-account.ts';

export interface LockPorts {
  ehr: PickupChart;
  cases: CaseRecords;
  pickups: PickupRecords;
  metrics: Metrics;
  clock: Clock;
}

export interface Lock {
  /** null: no call is needed, because the PIN is no longer the patient's newest or no longer needed. */
  reason: 'PICKUP_LOCKED' | 'BIRTH_DATE_MISSING' | null;
  /** false if the caller only found no answer left. */
  isCertain: boolean;
}

/**
 * Locks the document and reports it, unless that is done. If a call dies on the way, the next one that finds the lock continues, so
 * that the Task is opened once and the audit trail tells it once at least. Throws what EHR and records throw.
 */
export async function lockPickup(ports: LockPorts, of: AnswersOf, { reason, isCertain }: Lock): Promise<void> {
  const now = ports.clock.now();
  if (!(await ports.pickups.lock(of, now, isCertain))) return;
  if (reason !== null) await askFrontDesk(ports, of, { code: 'notify-patient', reason, document: of.document });
  await ports.ehr.audit({ ...of, what: 'LOCKED', at: toInstant(now) });
  if (await ports.pickups.noteTold(of, now)) ports.metrics.pickupLocked();
}

/** Recorded before it is opened, as every Task: then no Task is orphaned. */
async function askFrontDesk(
  ports: LockPorts,
  { patientId, document }: AnswersOf,
  task: StaffTask & { document: string },
): Promise<void> {
  let isAbout = false;
  await changeAccount(ports.cases, patientId, (account) => {
    isAbout = account.document === document;
    return isAbout ? withTaskAboutPin(account, task) : null;
  });
  if (isAbout) await ports.ehr.openStaffTask({ patientId, code: task.code, reason: task.reason });
}
