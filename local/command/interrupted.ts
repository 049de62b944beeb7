/** Goes on with what a stop or a kill of the platform interrupted: executions in flight, a sweep, a move of the clock. */
import pMap from 'p-map';
import { start } from '../../functions/usecases/case/start.ts';
import { outsidePorts } from '../http/ports.ts';
import type { Platform } from '../platform/platform.ts';
import { STATE_MACHINE, SWEEP_MACHINE } from '../settings/environment.ts';
import { runSweep } from '../triggers/daily-sweep.ts';

/** As in the first pass. */
const AT_ONCE = 16;

export interface TakenUp {
  /** Patients with an interrupted execution, followed by a new one. */
  patients: number;
  /** Whether a sweep ran for the one that was interrupted, or that the clock's move had not come to. */
  sweep: boolean;
}

/**
 * Restarts patients with an interrupted execution, due or not; then, if a sweep was interrupted, another sweep, which finds running what
 * that one had started. Ends when the sweep and all that it started have ended; a pause holds both back. Nothing is done,
 * and nothing told, where nothing was interrupted.
 * @param onTakenUp is told before the sweep begins
 */
export async function takeUpInterrupted(
  { stepFunctions, kept }: Pick<Platform, 'stepFunctions' | 'kept'>,
  onTakenUp: (what: TakenUp) => void,
): Promise<void> {
  const ports = outsidePorts();
  const takeUp = async ({ name, input }: { name: string; input: string }) => {
    const { patientId }: { patientId: string } = JSON.parse(input);
    const account = await ports.cases.read(patientId);
    // Cut off after its end was saved, or followed by another one already.
    if (account === null || account.execution !== name || account.endedBy === name) return false;
    const request = { patientId, trigger: 'first-pass', force: null, awaitedFactChanged: false } as const;
    return (await start(ports, request)).decision === 'STARTED';
  };
  const started = await pMap(stepFunctions.interrupted(STATE_MACHINE), takeUp, { concurrency: AT_ONCE });
  const patients = started.filter(Boolean).length;
  const sweep = (kept?.isMoveUnfinished ?? false) || isSweepInterrupted(stepFunctions.interrupted(SWEEP_MACHINE));
  if (patients > 0 || sweep) onTakenUp({ patients, sweep });
  if (sweep) await runSweep(stepFunctions, stepFunctions.stateMachineArns[SWEEP_MACHINE] ?? '');
  await kept?.keepMoved();
}

/** A dry run starts nothing, so nothing is lost when it does not end. */
function isSweepInterrupted(sweeps: ReturnType<Platform['stepFunctions']['interrupted']>): boolean {
  return sweeps.some(({ input, isLatest }) => isLatest && JSON.parse(input).dryRun !== true);
}
