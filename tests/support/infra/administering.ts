/** Asks AdminApi for every operation, so that each of its calls is watched. */
import type { OperationName } from '../../../functions/admin/contract.ts';
import { beginRun } from '../../../functions/domain/batch/sweep.ts';
import { dayOf } from '../../../functions/domain/time/calendar.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { CLAIMS, eventOf, requestOf, type Sent } from '../admin/http-events.ts';
import type { FailingPractice } from '../harness/failing-practice.ts';

interface Answer {
  statusCode: number;
  body: string;
}

/**
 * The actions are on a patient with an ended execution.
 * @param run calls the function with the event
 */
export async function administerAll(
  practice: FailingPractice,
  run: (event: object) => Promise<unknown>,
  patientId: string,
): Promise<void> {
  let keys = 0;
  /** As an operator with a token that no clock has expired. */
  async function ask(name: OperationName, sent: Sent = {}): Promise<Record<string, unknown>> {
    const headers = { 'idempotency-key': `key-of-its-own-${++keys}` };
    const event = eventOf({ ...requestOf(name, { ...sent, headers }), claims: { ...CLAIMS, exp: '99999999999' } });
    const { statusCode, body } = (await run(event)) as Answer;
    if (statusCode >= 500) throw new Error(`${name}: ${body}`);
    return JSON.parse(body) as Record<string, unknown>;
  }

  const { execution } = (await practice.ports.cases.read(patientId)) ?? {};
  for (const name of ['readOverview', 'readWorkList', 'listPatients', 'listExecutions', 'listDecisions'] as const) {
    await ask(name);
  }
  await ask('readExecution', { path: `/api/executions/${execution}` });
  await ask('readHistory', { path: `/api/executions/${execution}/history` });
  await ask('readStateMachine');
  await ask('readStateMachine', { query: `execution=${execution}` });

  const path = `/api/patients/${patientId}`;
  for (const action of ['redrive', 'acknowledge'] as const) {
    const { version } = await ask('readPatient', { path });
    await ask('actOnPatient', { path: `${path}/actions`, body: JSON.stringify({ action, reason: 'r', version }) });
    await practice.quiet();
    const account = await practice.ports.cases.read(patientId);
    const staffTasks = [{ code: 'notify-patient', reason: 'PICKUP_LOCKED' } as const];
    if (account !== null) await practice.ports.cases.save(account, { ...account, staffTasks });
  }

  await ask('pause');
  await ask('resume');
  // One that seems to be under way is asked about before another is started.
  const now = practice.platform.clock.now();
  const day = dayOf(now, practice.ports.practice.timeZone);
  await practice.ports.sweeps.save(beginRun(day, 'stopped', false, toInstant(now)));
  await ask('startSweep', { body: JSON.stringify({ dryRun: false, reason: 'r' }) });
  await ask('listSweeps');
}
