/** Executions and state machines. */
import * as z from 'zod/mini';
import type { Account } from '../../domain/case/account.ts';
import { EXECUTION_STATUSES } from '../../domain/case/executions.ts';
import { fhirId } from '../../domain/case/state-data.ts';
import type { WorkEntry } from '../../domain/case/work.ts';
import { listWork } from '../../usecases/staff/list-cases.ts';
import { machine as machineName } from '../contract/common.ts';
import type { AnswerOf } from '../contract.ts';
import { adminProblem } from '../problems.ts';
import type { AdminPorts, Perform, RequestOf } from './operation.ts';

export const listExecutions: Perform<'listExecutions'> = async (ports, { query }) => {
  if (query.outcome !== undefined) return listByOutcome(ports, query, query.outcome);
  const { machine, status = null, cursor = null, limit } = query;
  const page = await ports.reader.list(machine, status, cursor, limit);
  if (page === null) throw adminProblem('machine-unknown');
  const unknown = { patientId: null, outcome: null, reason: null };
  return { items: page.executions.map((each) => ({ machine, ...each, ...unknown })), next: page.next };
};

/** Step Functions cannot filter by outcome; the work list holds whatever left a case open. */
async function listByOutcome(
  ports: AdminPorts,
  { machine, status, cursor, limit }: RequestOf<'listExecutions'>['query'],
  outcome: WorkEntry['outcome'],
): Promise<AnswerOf<'listExecutions'>> {
  if (machine !== 'regenerate-pin' || status !== undefined) {
    throw adminProblem('wrong-query', {
      errors: [{ parameter: 'outcome', detail: 'goes with regenerate-pin and without a status' }],
    });
  }
  const whichever = { reason: null, todo: null, location: null, from: null, before: null };
  const { accounts, next } = await listWork(ports, { outcome, ...whichever }, cursor ?? null, limit);
  return { items: accounts.flatMap(endingExecution), next };
}

/** The execution that ended the case as it stands. */
function endingExecution({ patientId, endedBy, endedAt, outcome, reason }: Account) {
  if (endedBy === null) return [];
  const known = EXECUTION_STATUSES.find((status) => status === reason);
  const status = outcome === 'FAILED' ? (known ?? 'FAILED') : ('SUCCEEDED' as const);
  const times = { startedAt: null, stoppedAt: endedAt };
  return [{ name: endedBy, machine: 'regenerate-pin' as const, status, ...times, patientId, outcome, reason }];
}

const input = z.object({ patientId: fhirId });
const output = z.object({ outcome: z.string(), reason: z.nullable(z.string()) });

export const readExecution: Perform<'readExecution'> = async ({ reader }, { parameters: { name = '' }, query }) => {
  const { machine } = query;
  const found = await reader.describe(machine, name);
  if (found === null) throw adminProblem('execution-unknown');
  const ended = z.safeParse(output, found.output);
  const failed = found.status === 'RUNNING' || found.status === 'SUCCEEDED' ? null : 'FAILED';
  return {
    ...{ machine, ...found },
    patientId: z.safeParse(input, found.input).data?.patientId ?? null,
    outcome: ended.data?.outcome ?? (machine === 'regenerate-pin' ? failed : null),
    reason: ended.data?.reason ?? found.error,
  };
};

export const readHistory: Perform<'readHistory'> = async ({ reader }, { parameters: { name = '' }, query }) => {
  const { machine, cursor = null } = query;
  const page = await reader.history(machine, name, cursor);
  if (page === null) throw adminProblem('execution-unknown');
  return { items: page.events, next: page.next };
};

export const readStateMachine: Perform<'readStateMachine'> = async ({ reader }, { parameters, query }) => {
  const name = z.parse(machineName, parameters.machine);
  const { execution = null } = query;
  const definition = await reader.definition(name, execution);
  if (definition === null) throw adminProblem(execution === null ? 'machine-unknown' : 'execution-unknown');
  return { name, definition };
};
