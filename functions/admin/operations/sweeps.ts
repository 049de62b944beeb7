/** Sweeps: what each did, and starting one. */
import { addDays, dayOf } from '../../domain/time/calendar.ts';
import { listSweeps as listKnown, withStatus } from '../../usecases/staff/list-sweeps.ts';
import { startSweep as start } from '../../usecases/staff/steer-practice.ts';
import { sweepReport } from '../../usecases/staff/sweep-report.ts';
import { adminProblem } from '../problems.ts';
import { sweepView } from '../views.ts';
import type { Perform } from './operation.ts';

export const listSweeps: Perform<'listSweeps'> = async (ports, { query }) => {
  const { day: to = dayOf(ports.clock.now(), ports.practice.timeZone), days } = query;
  const sweeps = await listKnown(ports, to, days);
  return { from: addDays(to, 1 - days), to, items: sweeps.map(sweepView) };
};

export const readSweep: Perform<'readSweep'> = async (ports, { parameters: { day = '', execution = '' } }) => {
  const report = await sweepReport(ports, day, execution);
  if (report === null) throw adminProblem('sweep-unknown');
  const { outcomes, conversion } = report;
  return { ...sweepView(await withStatus(ports, report)), outcomes, conversion };
};

export const startSweep: Perform<'startSweep'> = async (ports, { body, id, caller }) => {
  const { dryRun, reason } = body;
  const started = await start(ports, { id, actor: caller.name, reason, dryRun });
  return { ...started, dryRun };
};
