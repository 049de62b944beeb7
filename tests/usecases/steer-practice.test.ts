import { beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionStatus } from '../../functions/domain/executions.ts';
import type { PracticeDecision } from '../../functions/ports/practice-records.ts';
import { type SweepPorts, startSweep } from '../../functions/usecases/steer-practice.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

/** Step Functions as it is: a name that is there already is that very execution. */
let executions: Map<string, ExecutionStatus>;
let decided: PracticeDecision[];
let ports: SweepPorts;
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
    } as unknown as SweepPorts['sweeps'],
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

  it('after another one has its own name, as has a dry run', async () => {
    executions.set((await startSweep(ports, by('robin'))).execution, 'SUCCEEDED');
    expect((await startSweep(ports, by('kim'))).execution).toBe('by-hand-2026-06-15-2');
    expect((await startSweep(ports, by('kim-looks', true))).execution).toBe('dry-run-2026-06-15-1');
  });
});
