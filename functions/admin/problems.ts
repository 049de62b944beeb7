/** Makes the admin API's problems, and turns what the use cases throw into them. */
import { DecisionRefusedError, PatientNotFoundError, WrongCursorError } from '../domain/errors.ts';
import { problemsOf } from '../runtime/problem.ts';
import { ADMIN_PROBLEMS } from './contract/problems.ts';

/** To be thrown. */
export const adminProblem = problemsOf(ADMIN_PROBLEMS);

/** What is thrown where a request does not fit; whatever else, as it is. */
export function asProblem(error: unknown): unknown {
  if (error instanceof WrongCursorError) return adminProblem('wrong-cursor');
  if (error instanceof PatientNotFoundError) return adminProblem('patient-gone');
  if (!(error instanceof DecisionRefusedError)) return error;
  if (error.code === 'STARTS_PAUSED') return adminProblem('starts-paused');
  if (error.code === 'SWEEP_RUNNING') return adminProblem('sweep-running');
  return error.code === 'NO_RECORD' ? adminProblem('patient-unknown') : error;
}
