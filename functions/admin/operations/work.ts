/** What needs a person. */

import { TODOS } from '../../domain/case/work.ts';
import { addDays, dayOf, startOfDay } from '../../domain/time/calendar.ts';
import { toInstant } from '../../domain/time/instant.ts';
import { listWork } from '../../usecases/staff/list-cases.ts';
import { latestSweep } from '../../usecases/staff/list-sweeps.ts';
import { sweepView, workItem } from '../views.ts';
import type { Perform } from './operation.ts';

/** Of each outcome: some 4 MB of the index, which is a second and a twentieth of a cent. */
const COUNTED = 20_000;
/** What Step Functions lists at once. */
const RUNNING_COUNTED = 1_000;

export const readOverview: Perform<'readOverview'> = async (ports) => {
  const { lists, reader, pauseSwitch, clock, practice } = ports;
  const now = clock.now();
  const today = dayOf(now, practice.timeZone);
  const [paused, work, due, running, lastSweep] = await Promise.all([
    pauseSwitch.read(),
    lists.countWork(COUNTED),
    lists.countDue(today, COUNTED),
    reader.list('regenerate-pin', 'RUNNING', null, RUNNING_COUNTED),
    latestSweep(ports, today),
  ]);
  return {
    ...{ now: toInstant(now), today, timeZone: practice.timeZone, paused },
    work: TODOS.flatMap((todo) => work.counts.filter((each) => each.todo === todo)).map((each) => ({
      ...each,
      isComplete: work.isComplete,
    })),
    due,
    running: { count: running?.executions.length ?? 0, isComplete: running === null || running.next === null },
    lastSweep: lastSweep === null ? null : sweepView(lastSweep),
  };
};

export const readWorkList: Perform<'readWorkList'> = async (ports, { query }) => {
  const { outcome = null, reason = null, todo = null, location = null, day, cursor = null, limit } = query;
  const { timeZone } = ports.practice;
  const from = day === undefined ? null : toInstant(startOfDay(day, timeZone));
  const before = day === undefined ? null : toInstant(startOfDay(addDays(day, 1), timeZone));
  const filter = { outcome, reason, todo, location, from, before };
  const { accounts, next } = await listWork(ports, filter, cursor, limit);
  const now = ports.clock.now();
  return { items: accounts.flatMap((account) => workItem(account, now) ?? []), next };
};
