/** Commands about all starts: sweep now, pause, resume. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SingleBar } from 'cli-progress';
import { dayOf } from '../functions/domain/calendar.ts';
import type { Conversions } from '../functions/domain/conversion.ts';
import { toInstant } from '../functions/domain/instant.ts';
import type { SweepRun } from '../functions/domain/sweep.ts';
import { sweepReport } from '../functions/usecases/sweep-report.ts';
import type { Connection } from './connection.ts';
import type { Answer } from './show.ts';

/** How often the record of a running sweep is read, in milliseconds. */
const LOOK_EVERY_MS = 500;

/** The sweep ended in the middle: exit code 1. */
class SweepStoppedError extends Error {
  override readonly name = 'SweepStoppedError';
  constructor(execution: string, status: string | undefined) {
    super(`the sweep ${execution} ended ${status} in the middle. "portal-pin history ${execution}" says where.`);
  }
}

/** Starts one sweep and follows it; `isQuiet` draws no progress bar. The sweep goes on when this command is stopped. */
export async function sweep(connection: Connection, options: { dryRun: boolean; isQuiet: boolean }): Promise<Answer> {
  const { ports, sweepArn } = connection;
  const day = dayOf(ports.clock.now(), ports.practice.timeZone);
  const name = `by-hand-${randomUUID()}`;
  const input = JSON.stringify({ dryRun: options.dryRun });
  const client = new SFNClient({});
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: sweepArn, name, input }));
  const look = new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' });
  const bar = options.isQuiet
    ? null
    : new SingleBar({ format: 'looked at {value}, {started} started', noTTYOutput: false });
  bar?.start(0, 0, { started: 0 });
  let run: SweepRun | null = null;
  try {
    while (run === null || run.endedAt === null) {
      await setTimeout(LOOK_EVERY_MS);
      // Asked before the record: one that ended has written it before.
      const { status } = await client.send(look);
      run = await ports.sweeps.read(day, name);
      if (run !== null) bar?.update(lookedAt(run), { started: run.counts.STARTED });
      if (status !== 'RUNNING' && (run === null || run.endedAt === null)) throw new SweepStoppedError(name, status);
    }
  } finally {
    bar?.stop();
  }
  return reported(connection, day, name);
}

function lookedAt({ counts }: SweepRun): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function reported({ ports }: Connection, day: string, execution: string): Promise<Answer> {
  const report = await sweepReport(ports, day, execution);
  if (report === null) return { json: null, lines: ['The sweep left no record.'] };
  const { counts, stoppedBy, outcomes, conversion } = report;
  const rows = [...Object.entries(counts), ...Object.entries(outcomes)].map(([what, count]) => [what, count]);
  const stopped = stoppedBy === null ? [] : [`Stopped before everybody was looked at: ${stoppedBy}`];
  const dry = report.dryRun ? ['Dry run: STARTED counts who would be started; nothing was.'] : [];
  const lines = [`Sweep ${execution} of ${day}`, ...dry, ...stopped, ...conversionLines(conversion)];
  return { json: report, lines, table: { head: ['', ''], rows } };
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
            JSON.stringify(report.counts),
            JSON.stringify(report.outcomes),
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

export async function pause({ ports }: Connection, by: { actor: string; reason: string }): Promise<Answer> {
  const paused = { ...by, at: toInstant(ports.clock.now()) };
  await ports.pauseSwitch.set(paused);
  return {
    json: { paused },
    lines: ['All starts are paused; what runs goes to its end. "portal-pin resume" ends the pause.'],
  };
}

export async function resume({ ports }: Connection): Promise<Answer> {
  const before = await ports.pauseSwitch.read();
  await ports.pauseSwitch.set(null);
  const line =
    before === null ? 'Nothing was paused.' : 'Starts are possible again; the next sweep takes up what was left.';
  return { json: { paused: null }, lines: [line] };
}
