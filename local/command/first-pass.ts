/** Takes every patient of a practice through the workflow once: what `npm start` does first. */
import pMap from 'p-map';
import { DecisionRefusedError } from '../../functions/domain/errors.ts';
import { start } from '../../functions/usecases/case/start.ts';
import { trackPin } from '../../functions/usecases/regeneration/track-pin.ts';
import { outsidePorts } from '../http/ports.ts';
import { STATE_MACHINE } from '../settings/environment.ts';
import type { ClosedExecution, StepFunctions } from '../stepfunctions/step-functions.ts';

/** Patients under way at once: enough to keep one process busy, few enough that none waits in its retries for another. */
const AT_ONCE = 16;

export interface PatientResult {
  patientId: string;
  outcome: string | null;
  reason: string | null;
  executionArn: string | null;
  /** How many executions there were for this patient. */
  attempts: number;
  /** Real time of the last one. */
  durationMs: number;
  /** Name of the error of a failed execution, or null. */
  error: string | null;
}

/**
 * Tracks the patient's PIN, starts one execution and waits for its end. A patient with a failed start is reported with
 * the error's name; the others go on.
 *
 * When an earlier start is resumed, a patient with an ended execution is reported with that result, also when it FAILED:
 * that is an end, which the sweep or a person takes up. What was ABORTED, or noted and never started, was in flight.
 */
export async function firstPass(
  stepFunctions: StepFunctions,
  patientIds: readonly string[],
  onResult: (result: PatientResult) => void,
  isResumed = false,
): Promise<PatientResult[]> {
  const ports = outsidePorts();
  const closed = new Map<string, ClosedExecution>();
  const waiting = new Map<string, (execution: ClosedExecution) => void>();
  const unsubscribe = stepFunctions.onClosed((execution) => {
    closed.set(execution.name, execution);
    waiting.get(execution.name)?.(execution);
  });
  const ended = (name: string) =>
    new Promise<ClosedExecution>((resolve) => {
      const already = closed.get(name);
      if (already !== undefined) resolve(already);
      else waiting.set(name, resolve);
    });

  async function endedBefore(patientId: string): Promise<PatientResult | null> {
    const account = await ports.cases.read(patientId);
    if (account === null || account.execution === null) return null;
    const execution = stepFunctions.closed(STATE_MACHINE, account.execution);
    if (execution === undefined || execution.status === 'ABORTED') return null;
    return resultOf(patientId, execution, account.attempt);
  }

  async function takeThrough(patientId: string): Promise<PatientResult> {
    const begun = performance.now();
    try {
      const before = isResumed ? await endedBefore(patientId) : null;
      if (before !== null) return before;
      await trackPin(ports, patientId);
      const trigger = 'first-pass';
      const answer = await start(ports, { patientId, trigger, force: null, awaitedFactChanged: false });
      if (answer.decision === 'NOT_DUE') throw new Error('a first pass starts regardless');
      if (answer.decision === 'PAUSED') throw new DecisionRefusedError('PAUSED');
      const execution = await ended(answer.execution);
      closed.delete(answer.execution);
      waiting.delete(answer.execution);
      return resultOf(patientId, execution, (await ports.cases.read(patientId))?.attempt ?? 1);
    } catch (error) {
      const durationMs = Math.round(performance.now() - begun);
      const name = error instanceof Error ? error.name : 'Error';
      return { patientId, outcome: null, reason: null, executionArn: null, attempts: 0, durationMs, error: name };
    }
  }

  try {
    return await pMap(
      patientIds,
      async (patientId) => {
        const result = await takeThrough(patientId);
        onResult(result);
        return result;
      },
      { concurrency: AT_ONCE },
    );
  } finally {
    unsubscribe();
  }
}

function resultOf(patientId: string, execution: ClosedExecution, attempts: number): PatientResult {
  const { outcome = null, reason = null } = (execution.output ?? {}) as { outcome?: string; reason?: string };
  return {
    patientId,
    outcome,
    reason,
    executionArn: execution.arn,
    attempts,
    durationMs: Math.round(execution.durationMs),
    error: execution.status === 'SUCCEEDED' ? null : (execution.error ?? execution.status),
  };
}
