/** RequestEmail (P1): without a usable address nothing is regenerated; the front desk is asked to enter one. */
import * as z from 'zod/mini';
import type { Account, StaffTask } from '../domain/case/account.ts';
import { assertLease } from '../domain/case/lease.ts';
import { withoutUsableAddress } from '../domain/case/message.ts';
import { ending, stepInput } from '../domain/case/state-data.ts';
import { EMAIL_MISSING_REASONS } from '../domain/outcomes.ts';
import { clock } from '../runtime/clock.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type EndPorts, endCase } from '../usecases/case/end-case.ts';

const input = z.strictObject({ ...stepInput, reason: z.enum(EMAIL_MISSING_REASONS) });

/** Throws LeaseLostError and what EHR and records throw. */
export async function requestEmail(
  ports: EndPorts,
  { execution, patientId, reason }: z.infer<typeof input>,
): Promise<z.infer<typeof ending>> {
  const account = await ports.cases.read(patientId);
  if (account?.endedBy !== execution) {
    assertLease(account, execution);
    const staffTask: StaffTask = { code: 'enter-email', reason };
    const noting = (stored: Account) => withoutUsableAddress(stored, reason);
    await endCase(ports, account, { execution, outcome: 'EMAIL_MISSING', reason, staffTask, noting });
  }
  return { outcome: 'EMAIL_MISSING', reason };
}

export const handler = stepHandler({
  name: 'RequestEmail',
  input,
  output: ending,
  ports: { ehr: frontDesk, cases: caseRecords, clock, metrics, practice: policy },
  run: requestEmail,
});
