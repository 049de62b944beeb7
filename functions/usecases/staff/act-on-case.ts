/** A staff action on the case as displayed: refused if the case has changed since. */
import { hasTakenUp } from '../../domain/case/account.ts';
import type { Action } from '../../domain/case/work.ts';
import { DecisionRefusedError, StepContractError } from '../../domain/errors.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import type { StartAnswer } from '../case/start.ts';
import {
  acknowledge,
  type DecisionPorts,
  redrive,
  regenerate,
  release,
  resend,
  type StaffDecision,
} from './decisions.ts';

export interface ActPorts extends DecisionPorts {
  ehr: FrontDesk;
}

export interface ActOrder extends Required<StaffDecision> {
  action: Action;
  /** With regenerate: a new PIN although the old one is valid. */
  force: boolean;
}

export interface Acted {
  decision: 'STARTED' | 'RUNNING' | 'PAUSED' | 'ACKNOWLEDGED';
  execution: string | null;
}

/**
 * Throws DecisionRefusedError: NO_RECORD, CASE_CHANGED, or what the action itself refuses; PatientNotFoundError where
 * the EHR does not know the patient any more; and what EHR, records and executions throw.
 */
export async function actOnCase(ports: ActPorts, { action, force, ...decision }: ActOrder): Promise<Acted> {
  const account = await ports.cases.read(decision.patientId);
  if (account === null) throw new DecisionRefusedError('NO_RECORD');
  const isSentAgain = force && hasTakenUp(account, decision.id);
  if (account.version !== decision.version && !isSentAgain) throw new DecisionRefusedError('CASE_CHANGED');
  await ports.ehr.readPatient(decision.patientId);
  if (action === 'acknowledge') {
    await acknowledge(ports, decision);
    return { decision: 'ACKNOWLEDGED', execution: null };
  }
  const answer = await startBy(ports, action, force, decision);
  if (answer.decision === 'NOT_DUE') throw new StepContractError('A_PERSON_STARTS_REGARDLESS');
  return { decision: answer.decision, execution: answer.execution };
}

function startBy(
  ports: ActPorts,
  action: Exclude<Action, 'acknowledge'>,
  force: boolean,
  decision: StaffDecision,
): Promise<StartAnswer> {
  switch (action) {
    case 'regenerate':
      return regenerate(ports, decision, force);
    case 'redrive':
      return redrive(ports, decision);
    case 'resend':
      return resend(ports, decision);
    case 'release':
      return release(ports, decision);
  }
}
