import { beforeEach, describe, expect, it } from 'vitest';
import { beginRun } from '../../../../../functions/domain/batch/sweep.ts';
import type { ExecutionStatus } from '../../../../../functions/domain/case/executions.ts';
import type { PracticeDecision } from '../../../../../functions/ports/batch/practice-records.ts';
import { type StartSweepPorts, startSweep } from '../../../../../functions/usecases/staff/steer-practice.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-15T12:00:00Z');

/** Step Functions as it is: a name that is there already is that very execution. */
let executions: Map<string, ExecutionStatus>;
let decided: PracticeDecision[];
let ports: StartSweepPorts;
beforeEach(() => {
  executions = new Map();
  decided = [];
  ports = {
    clock: { now: () => NOW },
    practice: { timeZone: 'America/New_York' },
    pauseSwitch: { read: async () => null, set: async () => undefined },
    decisions: {
      put: async (decision) => void decided.unshift(decision),
      list: async () => ({ decisions: [...decided], next: null }),
    },
    sweeps: {
      // As the first minute of the sweep notes it, which comes after its start.
      list: async () => [],
    },
    sweepExecutions: {
      start: async (name) => {
        if (!executions.has(name)) executions.set(name, 'RUNNING');
        return `arn:${name}`;
      },
      describe: async (name) => {
        const status = executions.get(name);
        return status === undefined ? null : { status, arn: `arn:${name}`, stoppedAt: null };
      },
    },
  };
});

const by = (actor: string, dryRun = false) => ({ id: `of-${actor}`, actor, reason: 'now', dryRun });

it('while all starts are paused no sweep is started, and a dry run is', async () => {
  const paused = {
    ...ports,
    pauseSwitch: { ...ports.pauseSwitch, read: async () => ({ actor: 'kim', reason: 'r', at: '' }) },
  };
  await expect(startSweep(paused, by('robin'))).rejects.toThrow('STARTS_PAUSED');
  expect([executions.size, decided.length]).toEqual([0, 0]);
  expect((await startSweep(paused, by('robin', true))).execution).toBe('dry-run-2026-06-15-1');
});

describe('a sweep by hand', () => {
  it('is one sweep where two people start it at once, and both decisions are on record', async () => {
    const [robin, kim] = await Promise.all([startSweep(ports, by('robin')), startSweep(ports, by('kim'))]);
    expect(robin).toEqual({ day: '2026-06-15', execution: 'by-hand-2026-06-15-1' });
    expect(kim).toEqual(robin);
    expect([...executions.keys()]).toEqual([robin.execution]);
    expect(decided.map(({ actor, execution }) => [actor, execution])).toEqual([
      ['kim', robin.execution],
      ['robin', robin.execution],
    ]);
  });

  it('that is sent again, its answer having been lost, is answered as the first time', async () => {
    const first = await startSweep(ports, by('robin'));
    executions.set(first.execution, 'SUCCEEDED');
    expect(await startSweep(ports, by('robin'))).toEqual(first);
    expect([executions.size, decided.length]).toEqual([1, 1]);
  });

  it('that was noted and never started is started when it is sent again', async () => {
    const { start } = ports.sweepExecutions;
    const dead = {
      ...ports,
      sweepExecutions: { ...ports.sweepExecutions, start: async () => Promise.reject(Error('x')) },
    };
    await expect(startSweep(dead, by('robin'))).rejects.toThrow('x');
    expect(await startSweep({ ...ports, sweepExecutions: { ...ports.sweepExecutions, start } }, by('robin'))).toEqual({
      day: '2026-06-15',
      execution: 'by-hand-2026-06-15-1',
    });
    expect(executions.size).toBe(1);
  });

  it('that is sent again past midnight names the day on which it ran, also under a pause', async () => {
    const first = await startSweep(ports, by('robin'));
    const pauseSwitch = { ...ports.pauseSwitch, read: async () => ({ actor: 'kim', reason: 'r', at: '' }) };
    const later = { ...ports, pauseSwitch, clock: { now: () => NOW + 20 * HOUR } };
    expect(await startSweep(later, by('robin'))).toEqual(first);
  });

  it('with a key reused for another kind, or after a day, is another decision', async () => {
    const first = await startSweep(ports, by('robin', true));
    expect((await startSweep(ports, by('robin'))).execution).toBe('by-hand-2026-06-15-1');
    const later = { ...ports, clock: { now: () => NOW + 25 * HOUR } };
    expect((await startSweep(later, by('robin', true))).execution).toBe('dry-run-2026-06-16-1');
    expect([first.execution, decided.length]).toEqual(['dry-run-2026-06-15-1', 3]);
  });

  it('that was noted and never started waits, when it is sent again, for the one that runs by now', async () => {
    const start = async () => Promise.reject(Error('x'));
    await expect(
      startSweep({ ...ports, sweepExecutions: { ...ports.sweepExecutions, start } }, by('robin')),
    ).rejects.toThrow();
    executions.set('daily', 'RUNNING');
    ports.sweeps.list = async () => [beginRun('2026-06-15', 'daily', false, '2026-06-15T10:00:00Z')];
    await expect(startSweep(ports, by('robin'))).rejects.toThrow('SWEEP_RUNNING');
  });

  it('after another one has its own name, as has a dry run', async () => {
    executions.set((await startSweep(ports, by('robin'))).execution, 'SUCCEEDED');
    expect((await startSweep(ports, by('kim'))).execution).toBe('by-hand-2026-06-15-2');
    expect((await startSweep(ports, by('kim-looks', true))).execution).toBe('dry-run-2026-06-15-1');
  });
});
