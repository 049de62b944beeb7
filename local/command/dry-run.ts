/** Decides what is due, by the deployed steps that only read the chart. */
import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import type { Decision } from '../../functions/domain/case/state-data.ts';
import { importHandler } from '../platform/handlers.ts';
import { ACCOUNT_ID, REGION } from '../settings/environment.ts';
import { invokeLambda } from '../stepfunctions/lambda.ts';
import type { PatientResult } from './first-pass.ts';

/** As in the first pass. */
const AT_ONCE = 16;
/** As deployed, in real milliseconds. */
const STEP_TIMEOUT_MS = 20_000;

/**
 * VerifyEmail and CheckExpiry for each patient, without an execution. A patient with a failed step is reported with the
 * error's name; the others go on. A case that ends at once has that outcome; `DUE` names in `reason` what would be done.
 */
export async function dryRun(
  patientIds: readonly string[],
  onResult: (result: PatientResult) => void,
): Promise<PatientResult[]> {
  const verifyEmail = await stepOf('VerifyEmail', 'steps/verify-email');
  const checkExpiry = await stepOf('CheckExpiry', 'steps/check-expiry');

  async function decide(patientId: string): Promise<PatientResult> {
    const begun = performance.now();
    const known = { patientId, executionArn: null, attempts: 0 };
    const durationMs = () => Math.round(performance.now() - begun);
    try {
      const event = { execution: `dry-run-${randomUUID()}`, patientId };
      const patient = await verifyEmail(event);
      const decision = (await checkExpiry({ ...event, force: null, patient })) as Decision;
      return { ...known, ...outcomeOf(decision), durationMs: durationMs(), error: null };
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      return { ...known, outcome: null, reason: null, durationMs: durationMs(), error: name };
    }
  }

  return pMap(
    patientIds,
    async (patientId) => {
      const result = await decide(patientId);
      onResult(result);
      return result;
    },
    { concurrency: AT_ONCE },
  );
}

async function stepOf(name: string, file: string): Promise<(event: object) => Promise<unknown>> {
  const handler = await importHandler(file);
  const options = { account: { region: REGION, accountId: ACCOUNT_ID }, timeoutMs: STEP_TIMEOUT_MS };
  return async (event) => (await invokeLambda(options, name, handler, event)).payload;
}

function outcomeOf({ due, next, reason }: Decision): Pick<PatientResult, 'outcome' | 'reason'> {
  const step = due === 'DISCARD' ? next : due;
  if (step === 'NOTHING') return { outcome: 'NOT_NEEDED', reason };
  if (step === 'HOLD') return { outcome: 'HELD', reason };
  if (step === 'REQUEST_EMAIL') return { outcome: 'EMAIL_MISSING', reason };
  return { outcome: 'DUE', reason: step };
}
