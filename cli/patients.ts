/** Commands about one patient's case. */
import { executionArn } from '../functions/adapters/aws/stepfunctions-executions.ts';
import { explain } from '../functions/domain/case/explain.ts';
import type { StartAnswer } from '../functions/usecases/case/start.ts';
import { regenerate, release, type StaffDecision } from '../functions/usecases/staff/decisions.ts';
import type { Connection } from './connection.ts';
import { InputError } from './failure.ts';
import { follow } from './follow.ts';
import { uninterrupted } from './interrupt.ts';
import type { Answer } from './show.ts';
import { pausedLine } from './sweeps.ts';

async function accountOf({ ports }: Connection, patientId: string) {
  const account = await ports.cases.read(patientId);
  if (account === null) {
    throw new InputError(
      `There is no record of ${patientId}: no PIN of theirs is tracked. It is the id of the FHIR Patient.`,
    );
  }
  return account;
}

export async function status(connection: Connection, patientId: string): Promise<Answer> {
  const account = await accountOf(connection, patientId);
  const { outcome, reason, document, issuedAt, expiresAt, execution, attempt, nextCheckDay, endedAt } = account;
  const facts = {
    patientId,
    outcome,
    reason,
    document,
    issuedAt,
    expiresAt,
    execution,
    attempt,
    endedAt,
    nextCheckDay,
  };
  const rows = Object.entries(facts).map(([key, value]) => [key, value === null ? '–' : String(value)]);
  const json = { ...facts, paused: await connection.ports.pauseSwitch.read() };
  return { json, lines: await pausedLine(connection), table: { head: ['Case', ''], rows } };
}

export async function why(connection: Connection, patientId: string): Promise<Answer> {
  const { ports } = connection;
  const account = await accountOf(connection, patientId);
  const now = ports.clock.now();
  const lines = await pausedLine(connection);
  const pause = lines.map((fact) => ({ rule: 'A pause stops every start, whatever is due', fact }));
  const json = [...pause, ...explain(account, now, ports.practice)];
  const rows = json.map(({ rule, fact }) => [rule, fact]);
  return { json, lines, table: { head: ['Rule', 'Fact'], rows } };
}

const SAID: Record<StartAnswer['decision'], string> = {
  STARTED: 'Started.',
  RUNNING:
    'An execution is at work on this patient already; nothing more was started. ' +
    'See how it ends, and do it again if that is not what you wanted.',
  NOT_DUE: 'Nothing is due.',
  PAUSED: 'Nothing was started: all starts are paused. End it with "portal-pin resume".',
};

/** What a start answered; refused where all starts are paused, or another execution is at work that knows nothing of it. */
export function started(answer: StartAnswer): Answer {
  const where = answer.execution === null ? [] : [`Execution: ${answer.execution}`];
  const { decision } = answer;
  const isFailure = decision === 'PAUSED' || (decision === 'RUNNING' && !answer.takesUp);
  return { json: answer, lines: [SAID[decision], ...where], isFailure };
}

/** Starts the workflow now, by force also where the PIN has not expired, and follows the execution to its end. */
export async function regenerateNow(
  connection: Connection,
  decision: StaffDecision,
  { force, isQuiet }: { force: boolean; isQuiet: boolean },
): Promise<Answer> {
  const { patientId } = decision;
  await accountOf(connection, patientId);
  const answer = await uninterrupted(() => regenerate(connection.ports, decision, force));
  const said = started(answer);
  const { execution } = answer;
  if (execution === null) return said;
  const { error } = await follow(executionArn(connection.regenerateArn, execution), {
    everyMs: connection.lookEveryMs,
    read: async () => null,
    isOver: () => false,
    progress: isQuiet ? null : () => `${execution} is running`,
  });
  const { outcome, reason } = await accountOf(connection, patientId);
  const json = { ...answer, outcome: error === null ? outcome : null, reason: error === null ? reason : null, error };
  const end = error === null ? `It ended ${[outcome, reason].filter(Boolean).join(' / ')}.` : `It failed: ${error}.`;
  return { json, lines: [...(said.lines ?? []), end], isFailure: error !== null || said.isFailure === true };
}

export async function releaseHold(connection: Connection, decision: StaffDecision): Promise<Answer> {
  await accountOf(connection, decision.patientId);
  return started(await uninterrupted(() => release(connection.ports, decision)));
}
