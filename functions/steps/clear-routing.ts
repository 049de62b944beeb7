/**
 * ClearRouting (P9, P10): ends the update, whereupon the EHR puts names into "Route to" by itself; removes every one
 * of them and proves that none is left, so that the document reaches no provider's desktop.
 */
import * as z from 'zod/mini';
import { assertLease } from '../domain/case/lease.ts';
import { stepInput } from '../domain/case/state-data.ts';
import { DraftGoneError } from '../domain/errors.ts';
import type { CaseRecords } from '../ports/case/case-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ehr } from '../ports/ehr/ehr.ts';
import { clock } from '../runtime/clock.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { caseRecords } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { emptyRouting } from '../usecases/regeneration/empty-routing.ts';

const input = z.strictObject(stepInput);
const output = z.strictObject({ removed: z.int() });

interface Ports {
  ehr: Ehr;
  cases: CaseRecords;
  clock: Clock;
}

/** Throws DraftGoneError, LeaseLostError, RoutingNotEmptyError and what the EHR throws. */
export async function clearRouting(
  ports: Ports,
  { execution, patientId }: z.infer<typeof input>,
): Promise<z.infer<typeof output>> {
  const account = await ports.cases.read(patientId);
  assertLease(account, execution);
  if (account.draft === null) throw new DraftGoneError('NO_DRAFT_NOTED');
  await ports.ehr.endUpdate(account.draft, ports.clock.now());
  const { document } = account.draft;
  return { removed: await emptyRouting(ports.ehr, document, await ports.ehr.readRouting(document)) };
}

export const handler = stepHandler({
  name: 'ClearRouting',
  input,
  output,
  ports: { ehr, cases: caseRecords, clock },
  run: clearRouting,
});
