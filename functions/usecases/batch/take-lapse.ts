/** What follows when the table's TTL removes a PIN: the execution that regenerates it, at once instead of at the next sweep. */
import { withNextCheck } from '../../domain/case/schedule.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import { millisecondsOf } from '../../domain/time/instant.ts';
import { type LimitedPorts, startWithinLimit } from '../case/start-within-limit.ts';

export interface LapsedPin {
  patientId: string;
  document: string;
  expiresAt: string;
}

export type LapsePorts = LimitedPorts;

/** OLD_NEWS: another PIN is known by now, or its time has not come. LEFT_TO_SWEEP: today's limit is used up. */
export type LapseDecision = 'STARTED' | 'RUNNING' | 'NOT_DUE' | 'PAUSED' | 'OLD_NEWS' | 'LEFT_TO_SWEEP';

/**
 * Marks the patient due today and starts the execution. Late, doubled and older removals change nothing; what is not
 * started here is found by the sweep. AwsUnavailableError and RecordConflictError are retried.
 */
export async function takeLapse(ports: LapsePorts, pin: LapsedPin): Promise<LapseDecision> {
  const { cases, clock, practice } = ports;
  const account = await cases.read(pin.patientId);
  const now = clock.now();
  const expiresAt = millisecondsOf(pin.expiresAt);
  if (account === null || account.document !== pin.document) return 'OLD_NEWS';
  if (expiresAt === null || now < expiresAt) return 'OLD_NEWS';
  const nextCheckDay = dayOf(now, practice.timeZone);
  if (account.nextCheckDay === null) await cases.save(account, withNextCheck(account, nextCheckDay));
  return (await startWithinLimit(ports, pin.patientId)).decision;
}
