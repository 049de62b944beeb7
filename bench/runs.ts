/** One regeneration in two ways: by the state machine, and by a plain loop over the same handlers. */
import type { Context } from 'aws-lambda';
import { handler as checkExpiry } from '../functions/steps/check-expiry.ts';
import { handler as clearRouting } from '../functions/steps/clear-routing.ts';
import { handler as regeneratePin } from '../functions/steps/regenerate-pin.ts';
import { handler as sendEnrollmentNotification } from '../functions/steps/send-enrollment-notification.ts';
import { handler as signDocument } from '../functions/steps/sign-document.ts';
import { handler as verifyEmail } from '../functions/steps/verify-email.ts';
import { type StartPorts, start } from '../functions/usecases/case/start.ts';
import { trackPin } from '../functions/usecases/regeneration/track-pin.ts';
import { outsidePorts } from '../local/http/ports.ts';
import type { Platform } from '../local/platform/platform.ts';

export async function track(patientId: string): Promise<void> {
  await trackPin(outsidePorts(), patientId);
}

async function begin(ports: StartPorts, patientId: string): Promise<string> {
  const answer = await start(ports, { patientId, trigger: 'machine', force: null, awaitedFactChanged: false });
  if (answer.decision !== 'STARTED') throw new Error(`${patientId} was not started: ${answer.decision}`);
  return answer.execution;
}

/** By StartExecution, and waits for the end; a patient that is not regenerated ends the benchmark. */
export function byWorkflow({ stepFunctions }: Platform): (patientId: string) => Promise<void> {
  const ports = outsidePorts();
  const ended = new Map<string, (outcome: string) => void>();
  stepFunctions.onClosed(({ name, output, error }) => {
    ended.get(name)?.((output as { outcome?: string } | null)?.outcome ?? String(error));
    ended.delete(name);
  });
  return async (patientId) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    // The end can come before StartExecution's answer is read, so the name is known beforehand.
    const known: StartPorts = {
      ...ports,
      executions: {
        ...ports.executions,
        start: (name, input) => {
          ended.set(name, resolve);
          return ports.executions.start(name, input);
        },
      },
    };
    await begin(known, patientId);
    const outcome = await promise;
    if (outcome !== 'REGENERATED') throw new Error(`${patientId} ended ${outcome}`);
  };
}

/** The same handlers, one after the other, without state machine, history and retries. */
export function byLoop(): (patientId: string) => Promise<void> {
  const ports: StartPorts = {
    ...outsidePorts(),
    executions: { start: async (name) => name, describe: async () => null },
  };
  // The handlers ask nothing of Lambda's context.
  const context = {} as Context;
  return async (patientId) => {
    const execution = await begin(ports, patientId);
    const patient = await verifyEmail({ execution, patientId }, context);
    const { due, cycle } = await checkExpiry({ execution, patientId, force: null, patient }, context);
    if (due !== 'REGENERATE' || cycle === null) throw new Error(`${patientId}: ${due}`);
    await regeneratePin({ execution, patientId, cycle }, context);
    await clearRouting({ execution, patientId }, context);
    await signDocument({ execution, patientId, cycle }, context);
    await sendEnrollmentNotification({ execution, patientId }, context);
  };
}
