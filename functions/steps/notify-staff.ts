/**
 * NotifyStaff (P12, P14): a notification could not be sent, or a signing broke what it must not. A person gets a Task,
 * unless a setting is wrong; the execution ends as failed.
 */
import * as z from 'zod/mini';
import type { Account, StaffTask } from '../domain/case/account.ts';
import { checkSigningTask } from '../domain/case/ending.ts';
import { assertLease } from '../domain/case/lease.ts';
import { stepInput } from '../domain/case/state-data.ts';
import { clock } from '../runtime/clock.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type EndPorts, endCase } from '../usecases/case/end-case.ts';

/** The caught error's name, e.g. EmailRejectedError. */
const errorName = z.string().check(z.minLength(1), z.maxLength(80));
const input = z.strictObject({ ...stepInput, error: errorName });
/** null: the case ends without a Task. */
const output = z.strictObject({ task: z.nullable(z.string()) });

/** Throws LeaseLostError and what EHR and records throw. */
export async function notifyStaff(
  ports: EndPorts,
  { execution, patientId, error }: z.infer<typeof input>,
): Promise<z.infer<typeof output>> {
  const account = await ports.cases.read(patientId);
  if (account?.endedBy === execution) return { task: taskFor(account, error)?.code ?? null };
  assertLease(account, execution);
  const staffTask = taskFor(account, error);
  await endCase(ports, account, { execution, outcome: 'FAILED', reason: error, staffTask });
  return { task: staffTask?.code ?? null };
}

/**
 * None for a wrong setting, which stops every mail and which no front desk can mend: an alarm tells of it once, and the
 * next day's sweep sends the mails.
 */
function taskFor(account: Account, error: string): StaffTask | null {
  if (account.violations.length > 0) return checkSigningTask(account);
  return error === 'ConfigurationError' ? null : { code: 'notify-patient', reason: error };
}

export const handler = stepHandler({
  name: 'NotifyStaff',
  input,
  output,
  ports: { ehr: frontDesk, cases: caseRecords, clock, metrics, practice: policy },
  run: notifyStaff,
});
