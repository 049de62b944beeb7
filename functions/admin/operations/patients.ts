/** Patients: how their cases stand, and what a person does about one. */
import type { Account } from '../../domain/case/account.ts';
import { withoutLease } from '../../domain/case/attempt.ts';
import { explain } from '../../domain/case/explain.ts';
import { DecisionRefusedError } from '../../domain/errors.ts';
import { executionName } from '../../domain/identity.ts';
import { addDays, dayOf } from '../../domain/time/calendar.ts';
import { actOnCase } from '../../usecases/staff/act-on-case.ts';
import { listLooks } from '../../usecases/staff/list-cases.ts';
import type { PatientView } from '../contract/patients.ts';
import { REFUSALS } from '../contract/problems.ts';
import { adminProblem } from '../problems.ts';
import { caseView, patientRow } from '../views.ts';
import type { AdminPorts, Perform } from './operation.ts';

/** A PIN's life: a patient with a valid PIN is checked within it. */
const DAYS = 30;
const MAX_DAYS = 400;
/** DescribeExecution has the smallest quota of all, 15 a second: a page of a patient takes ten at most. */
const EXECUTIONS = 10;
const DECISIONS = 100;

export const listPatients: Perform<'listPatients'> = async (ports, { query }) => {
  const now = ports.clock.now();
  const { from = dayOf(now, ports.practice.timeZone), cursor = null, limit } = query;
  const { to = addDays(from, DAYS) } = query;
  if (to > addDays(from, MAX_DAYS)) {
    throw adminProblem('wrong-query', { errors: [{ parameter: 'to', detail: 'is more than 400 days after `from`' }] });
  }
  const { accounts, next } = await listLooks(ports, { from, to }, cursor, limit);
  return { items: accounts.map((account) => patientRow(account, now)), next };
};

export const readPatient: Perform<'readPatient'> = async (ports, { parameters: { patientId = '' } }) => {
  const account = await ports.cases.read(patientId);
  if (account === null) throw adminProblem('patient-unknown');
  return viewOf(ports, account);
};

export const actOnPatient: Perform<'actOnPatient'> = async (ports, { parameters, body, id, caller }) => {
  const { patientId = '' } = parameters;
  const { force = false, ...order } = body;
  if (force && order.action !== 'regenerate') {
    throw adminProblem('wrong-body', { errors: [{ pointer: '/force', detail: 'goes with regenerate alone' }] });
  }
  try {
    return await actOnCase(ports, { ...order, patientId, id, force, actor: caller.name });
  } catch (error) {
    if (error instanceof DecisionRefusedError && error.code !== 'NO_RECORD')
      throw await refusal(ports, patientId, error);
    throw error;
  }
};

/** Says how the case stands now, so that the page need not ask. */
async function refusal(ports: AdminPorts, patientId: string, { code }: DecisionRefusedError): Promise<unknown> {
  const account = await ports.cases.read(patientId);
  const patient = account === null ? {} : { patient: await viewOf(ports, account) };
  const known = REFUSALS.find((each) => each === code);
  if (known === undefined) return adminProblem('case-changed', { members: patient });
  return adminProblem('decision-refused', { members: { code: known, ...patient } });
}

async function viewOf({ lists, reader, clock, practice }: AdminPorts, account: Account): Promise<PatientView> {
  const { patientId, attempt } = account;
  const attempts = Array.from({ length: Math.min(attempt, EXECUTIONS) }, (_, back) => attempt - back);
  const [requests, found] = await Promise.all([
    lists.listRequests(patientId, DECISIONS),
    Promise.all(attempts.map((each) => reader.describe('regenerate-pin', executionName(patientId, each)))),
  ]);
  const executions = found.flatMap((each, index) => {
    if (each === null) return [];
    const { name, status, startedAt, stoppedAt } = each;
    return [{ name, attempt: attempts[index] ?? 0, status, startedAt, stoppedAt }];
  });
  // One that was stopped from outside left its lease behind, and is at work no more.
  const isRunning = executions.some(({ name, status }) => name === account.execution && status === 'RUNNING');
  const now = clock.now();
  return {
    ...caseView(isRunning ? account : withoutLease(account), now),
    explain: explain(account, now, practice),
    executions,
    decisions: requests.map(({ id, action, actor, reason, at }) => ({ id, action, actor, reason, at })),
  };
}
