/** HoldForStaff (P5 and what else a person must decide): a Task names what is to be decided, the case waits. */
import * as z from 'zod/mini';
import { holdTask } from '../domain/case/ending.ts';
import { assertLease } from '../domain/case/lease.ts';
import { ending, stepInput } from '../domain/case/state-data.ts';
import { HELD_REASONS } from '../domain/outcomes.ts';
import { clock } from '../runtime/clock.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type EndPorts, endCase } from '../usecases/case/end-case.ts';

const input = z.strictObject({ ...stepInput, reason: z.enum(HELD_REASONS) });

/** Throws LeaseLostError and what EHR and records throw. */
export async function holdForStaff(
  ports: EndPorts,
  { execution, patientId, reason }: z.infer<typeof input>,
): Promise<z.infer<typeof ending>> {
  const account = await ports.cases.read(patientId);
  if (account?.endedBy !== execution) {
    assertLease(account, execution);
    await endCase(ports, account, { execution, outcome: 'HELD', reason, staffTask: holdTask(account, reason) });
  }
  return { outcome: 'HELD', reason };
}

export const handler = stepHandler({
  name: 'HoldForStaff',
  input,
  output: ending,
  ports: { ehr: frontDesk, cases: caseRecords, clock, metrics, practice: policy },
  run: holdForStaff,
});
