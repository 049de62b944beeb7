import { DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepRun } from '../../../functions/domain/batch/sweep.ts';
import { dayOf } from '../../../functions/domain/time/calendar.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

const DAY = 24 * 60 * 60 * 1000;

let running: RunningPlatform;
let ports: ReturnType<typeof outsidePorts>;

beforeAll(async () => {
  running = await runPlatform();
  ports = outsidePorts();
});
afterAll(() => running.close());

const today = () => dayOf(running.platform.clock.now(), ports.practice.timeZone);

/** A patient with a PIN of `age` days, made by hand and tracked. */
async function tracked(age: number): Promise<string> {
  const id = await running.admit({ pins: [{ age: age * DAY }] });
  await running.track(id);
  return id;
}

async function sweep(dryRun = false): Promise<SweepRun> {
  const stateMachineArn = running.platform.endpoints.stateMachines['sweep-expiring-pins'];
  const input = JSON.stringify({ dryRun });
  const started = await running.sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  await running.platform.stepFunctions.settled();
  const { status } = await running.sfn.send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
  expect(status).toBe('SUCCEEDED');
  const name = started.executionArn?.split(':').at(-1) ?? '';
  const run = await ports.sweeps.read(today(), name);
  if (run === null) throw new Error('the sweep left no record');
  return run;
}

describe('the daily sweep', () => {
  it('starts each due patient once and reports the outcome', async () => {
    const due = await Promise.all([tracked(31), tracked(30), tracked(45)]);
    const fresh = await tracked(29);
    const first = await sweep();
    expect(first.counts).toEqual({ STARTED: 3, RUNNING: 0, NOT_DUE: 0, PAUSED: 0, FAILED: 0 });
    for (const id of due) expect((await running.account(id)).outcome).toBe('REGENERATED');
    expect((await running.account(fresh)).attempt).toBe(0);
    const starts = await ports.sweeps.listStarts(today(), first.execution);
    expect(starts.map(({ patientId }) => patientId).sort()).toEqual([...due].sort());
    expect((await sweep()).counts.STARTED).toBe(0);
  });

  it('decides and starts nothing on a dry run', async () => {
    const id = await tracked(40);
    expect((await sweep(true)).counts.STARTED).toBe(1);
    expect((await running.account(id)).attempt).toBe(0);
    expect((await sweep()).counts.STARTED).toBe(1);
  });

  it('starts nothing while the practice is paused, says so, and takes it up afterwards', async () => {
    const id = await tracked(40);
    await ports.pauseSwitch.set({ actor: 'pat', reason: 'go-live', at: toInstant(running.platform.clock.now()) });
    const paused = await sweep();
    expect([paused.stoppedBy, paused.counts.STARTED]).toEqual(['PAUSED', 0]);
    expect((await running.account(id)).attempt).toBe(0);
    await ports.pauseSwitch.set(null);
    expect((await sweep()).counts.STARTED).toBe(1);
  });

  it('stops at the daily limit, and the next day goes on', async () => {
    const id = await tracked(40);
    const { dailyLimit } = ports.practice.sweep;
    await ports.sweeps.takeAllowance(today(), dailyLimit, dailyLimit);
    expect((await sweep()).stoppedBy).toBe('DAILY_LIMIT');
    expect((await running.account(id)).attempt).toBe(0);
    await running.platform.clock.advance('P1D');
    expect((await running.account(id)).outcome).toBe('REGENERATED');
  });

  it('takes up what was noted and never started', async () => {
    const id = await tracked(40);
    const account = await running.account(id);
    await running.change(id, { ...account, attempt: 1, execution: 'noted-and-never-started' });
    expect((await sweep()).counts.STARTED).toBe(1);
    expect((await running.account(id)).outcome).toBe('REGENERATED');
  });
});

describe('the lapse of a PIN', () => {
  it('starts the execution when TTL removes it, and the sweep on the same day finds nothing left to do', async () => {
    const id = await running.admit({ pins: [{ age: 31 * DAY }] });
    await running.take(id);
    const before = await running.account(id);
    await running.platform.clock.advance('P30D');
    const after = await running.account(id);
    expect([after.attempt, after.outcome]).toEqual([before.attempt + 1, 'REGENERATED']);
    expect(after.document).not.toBe(before.document);
    const { executions = [] } = await running.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: running.platform.endpoints.stateMachines['regenerate-pin'] }),
    );
    expect(executions.filter(({ name }) => name?.startsWith(after.execution?.slice(0, 40) ?? '-'))).toHaveLength(2);
  });
});
