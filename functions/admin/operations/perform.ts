/** Which function performs which operation. */
import type { OperationName } from '../contract.ts';
import { asProblem } from '../problems.ts';
import * as executionOperations from './executions.ts';
import type { AdminPorts, Perform, RequestOf } from './operation.ts';
import * as patientOperations from './patients.ts';
import * as practiceOperations from './practice.ts';
import * as sweepOperations from './sweeps.ts';
import * as workOperations from './work.ts';

/** By the operation's name, which is the function's. */
const PERFORM: { [Name in OperationName]: Perform<Name> } = {
  ...workOperations,
  ...patientOperations,
  ...executionOperations,
  ...sweepOperations,
  ...practiceOperations,
};

/** What was asked was read by the schemas of this very operation, which its type no longer says. */
export async function perform<Name extends OperationName>(name: Name, ports: AdminPorts, asked: RequestOf<Name>) {
  try {
    return await PERFORM[name](ports, asked);
  } catch (error) {
    throw asProblem(error);
  }
}
