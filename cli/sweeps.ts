/** Commands about all starts: sweep now, pause, resume. */
import { randomUUID } from 'node:crypto';
import { executionArn } from '../functions/adapters/aws/stepfunctions-executions.ts';
import type { SweepRun } from '../functions/domain/batch/sweep.ts';
import type { Conversions } from '../functions/domain/case/conversion.ts';
import { dayOf } from '../functions/domain/time/calendar.ts';
import { pauseStarts, resumeStarts, type Steering, startSweep } from '../functions/usecases/staff/steer-practice.ts';
import { sweepReport } from '../functions/usecases/staff/sweep-report.ts';
import type { Connection } from './connection.ts';
import { follow } from './follow.ts';
import { uninterrupted } from './interrupt.ts';
import { type Answer, countsOf } from './show.ts';

/** The user and the reason. */
type By = Omit<Steering, 'id'>;

/** Starts one sweep and follows it; `isQuiet` shows no progress. The sweep goes on when this command is stopped. */
export async function sweep(
  connection: Connection,
  options: By & { dryRun: boolean; isQuiet: boolean },
): Promise<Answer> {
  const { ports, sweepArn, lookEveryMs } = connection;
  const { dryRun, actor, reason } = options;
  const { day, execution } = await uninterrupted(() => startSweep(ports, { id: randomUUID(), actor, reason, dryRun }));
  const { error } = await follow<SweepRun>(executionArn(sweepArn, execution), {
    everyMs: lookEveryMs,
    read: () => ports.sweeps.read(day, execution),
    isOver: ({ endedAt }) => endedAt !== null,
    progress: options.isQuiet ? null : (run) => (run === null ? 'begins' : progressOf(run)),
  });
  return reported(connection, day, execution, error);
}

function progressOf({ counts, minutes }: SweepRun): string {
  const lookedAt = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `minute ${minutes + 1}: looked at ${lookedAt}, ${counts.STARTED} started`;
}

async function reported({ ports }: Connection, day: string, execution: string, error: string | null): Promise<Answer> {
  const report = await sweepReport(ports, day, execution);
  const where = `"portal-pin history ${execution}" says where; the next sweep takes up what is left.`;
  const broke = error === null ? [] : [`The sweep broke off (${error}): ${where}`];
  const isFailure = error !== null || report === null;
  if (report === null) return { json: null, lines: ['The sweep left no record.', ...broke], isFailure };
  const { counts, stoppedBy, outcomes, conversion } = report;
  const rows = [...Object.entries(counts), ...Object.entries(outcomes)].map(([what, count]) => [what, count]);
  const stopped = stoppedBy === null ? [] : [`Stopped before the last patient: ${stoppedBy}`];
  const dry = report.dryRun ? ['Dry run: STARTED counts what would be started; nothing was.'] : [];
  const lines = [`Sweep ${execution} of ${day}`, ...dry, ...stopped, ...broke, ...conversionLines(conversion)];
  return { json: report, lines, table: { head: ['', ''], rows }, isFailure };
}

/** `demo-org-1: 12 issued, 7 picked up, 5 registered, 1 replaced by a newer PIN`, a line a location. */
function conversionLines(conversion: Conversions): string[] {
  return Object.entries(conversion)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([location, { issued, pickedUp, registered, replaced }]) => {
      const newer = replaced === 0 ? '' : `, ${replaced} replaced by a newer PIN`;
      return `${location}: ${issued} issued, ${pickedUp} picked up, ${registered} registered${newer}`;
    });
}

/** A day's sweeps with what became of what they started; today where no day is given. */
export async function reports(connection: Connection, day: string | null): Promise<Answer> {
  const { ports } = connection;
  const asked = day ?? dayOf(ports.clock.now(), ports.practice.timeZone);
  const runs = await ports.sweeps.list(asked);
  const json = await Promise.all(runs.map((run) => sweepReport(ports, asked, run.execution)));
  const rows = json.flatMap((report) =>
    report === null
      ? []
      : [
          [
            report.execution,
            report.startedAt,
            report.stoppedBy ?? '',
            countsOf(report.counts),
            countsOf(report.outcomes),
            conversionLines(report.conversion).join('\n'),
          ],
        ],
  );
  const lines = rows.length === 0 ? [`No sweep ran on ${asked}.`] : [];
  return {
    json,
    lines,
    table: { head: ['Sweep', 'Began', 'Stopped by', 'Looks', 'Outcomes', 'PINs by location'], rows },
  };
}

export async function pause({ ports }: Connection, by: By): Promise<Answer> {
  const paused = await uninterrupted(() => pauseStarts(ports, { id: randomUUID(), ...by }));
  return {
    json: { paused },
    lines: ['Processing is paused; running work will finish. "portal-pin resume" ends the pause.'],
  };
}

export async function resume({ ports }: Connection, by: By): Promise<Answer> {
  const before = await ports.pauseSwitch.read();
  await uninterrupted(() => resumeStarts(ports, { id: randomUUID(), ...by }));
  const line =
    before === null ? 'Nothing was paused.' : 'Starts are possible again; the next sweep takes up what was left.';
  return { json: { paused: null }, lines: [line] };
}

/** What is said before anything else while all starts are paused. */
export async function pausedLine({ ports }: Connection): Promise<string[]> {
  const paused = await ports.pauseSwitch.read();
  return paused === null ? [] : [`All starts are PAUSED by ${paused.actor} since ${paused.at}: ${paused.reason}`];
}
