/** What an event of the EHR sets in motion. Every effect may be done twice, at once or after a crash. */
import { type Account, hasTakenUp, type PortalEventStatus } from '../../domain/case/account.ts';
import { withPortalEvent } from '../../domain/case/claim.ts';
import { withMessageAtOnce } from '../../domain/case/message.ts';
import { withNews } from '../../domain/case/schedule.ts';
import { LeaseHeldError, PatientNotFoundError, RecordConflictError } from '../../domain/errors.ts';
import { webhookRequestId } from '../../domain/identity.ts';
import type { EhrEvent, WebhookAnswer } from '../../domain/webhook/ehr-event.ts';
import { isAwaited, portalStatusOf, waitsForStaff } from '../../domain/webhook/ehr-event-effect.ts';
import type { PinReader } from '../../ports/ehr/ehr.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { leaveToSweep } from '../case/leave-to-sweep.ts';
import { racing } from '../case/racing.ts';
import { type StartAnswer, start } from '../case/start.ts';
import type { AdoptPorts } from '../regeneration/adopt-pin.ts';
import { trackPin } from '../regeneration/track-pin.ts';
import { type DecisionPorts, redrive, regenerate } from '../staff/decisions.ts';

export type EventPorts = DecisionPorts & AdoptPorts & { metrics: Metrics };

export interface TakenEvent {
  webhookId: string;
  /** `attempt` of the account when the webhook came first. */
  attempt: number;
  event: EhrEvent;
}

/**
 * Throws what EHR, records and executions throw; RecordConflictError after five lost races; LeaseHeldError where a forced
 * request finds an execution at work that knows nothing of it. All of them ask for the webhook once more.
 */
export async function decideEhrEvent(ports: EventPorts, taken: TakenEvent): Promise<WebhookAnswer> {
  return racing('WEBHOOK_RACES_LOST', () => decide(ports, taken));
}

async function decide(ports: EventPorts, taken: TakenEvent): Promise<WebhookAnswer> {
  const { event } = taken;
  const { patientId } = event.data;
  const account = await ports.cases.read(patientId);
  if (account === null && !(await isKnown(ports.ehr, patientId))) {
    return { decision: 'UNKNOWN_PATIENT', execution: null };
  }
  const status = portalStatusOf(event);
  if (status !== null) return stopTracking(ports, account, status, taken);
  // It came before, and what it started has ended since: it is not started again.
  if (hasStarted(account, taken)) return { decision: 'STARTED', execution: account?.execution ?? null };
  if (event.type === 'pin.issued' && (await trackPin(ports, patientId)) === 'TRACKED') {
    return { decision: 'TRACKED', execution: null };
  }
  const current = event.type === 'patient.email_changed' ? await toldAtOnce(ports, account) : account;
  const answer = await startFor(ports, current, taken);
  // A forced request is not queued behind other work: the EHR sends it again, as after any 503.
  if (answer.decision === 'RUNNING' && !answer.takesUp) throw new LeaseHeldError('EXECUTION_AT_WORK');
  const { decision, execution } = answer;
  if (decision === 'PAUSED') await leaveToSweep(ports, patientId, isAwaited(account, event));
  if (decision === 'RUNNING') await noteNews(ports, taken);
  // Tracked by this webhook before it crashed, or by the first connection: there never was a case.
  if (decision === 'NOT_DUE' && execution === null) return { decision: 'TRACKED', execution };
  return { decision, execution };
}

/** A message that waits to be sent again, or was given up, goes to the new address now. */
async function toldAtOnce(ports: EventPorts, account: Account | null): Promise<Account | null> {
  const told = account === null ? null : withMessageAtOnce(account);
  return told === account || told === null ? account : ports.cases.save(account, told);
}

/**
 * An execution that was at work when the webhook came may have looked before the fact: where its case then waits for a person,
 * or for nothing any more, the next sweep looks once more. One that ended since has not: then it is decided again.
 */
async function noteNews({ cases, clock }: EventPorts, taken: TakenEvent): Promise<void> {
  if (taken.event.type === 'pin.regeneration_requested') return;
  const account = await cases.read(taken.event.data.patientId);
  if (account === null || account.attempt > taken.attempt || account.newsAt !== null) return;
  if (!isUnended(account)) throw new RecordConflictError('ENDED_MEANWHILE');
  await cases.save(account, withNews(account, clock.now()));
}

function isUnended({ execution, endedBy }: Account): boolean {
  return execution !== null && execution !== endedBy;
}

async function isKnown(ehr: PinReader, patientId: string): Promise<boolean> {
  try {
    await ehr.readPatient(patientId);
    return true;
  } catch (error) {
    if (error instanceof PatientNotFoundError) return false;
    throw error;
  }
}

/** A forced request is told by its id; whatever else started after the webhook came has seen what it tells. */
function hasStarted(account: Account | null, { webhookId, attempt, event }: TakenEvent): boolean {
  if (account === null || account.execution === null || account.endedBy !== account.execution) return false;
  if (event.type !== 'pin.regeneration_requested' || !event.data.force) return account.attempt > attempt;
  return hasTakenUp(account, webhookRequestId(webhookId));
}

function startFor(ports: EventPorts, account: Account | null, { webhookId, event }: TakenEvent): Promise<StartAnswer> {
  if (event.type === 'pin.regeneration_requested') {
    const { force, ...request } = event.data;
    const decision = { ...request, id: webhookRequestId(webhookId) };
    return force ? regenerate(ports, decision) : redrive(ports, decision);
  }
  return startAsMachine(ports, event.data.patientId, isAwaited(account, event));
}

function startAsMachine(ports: EventPorts, patientId: string, awaitedFactChanged: boolean): Promise<StartAnswer> {
  return start(ports, { patientId, trigger: 'machine', force: null, awaitedFactChanged });
}

/**
 * The PIN is tracked no more, so no lapse follows. The day of the next look stays: then the chart is asked, so that an
 * wrong event costs no patient their PIN. A case that left a Task for staff is looked at now, which closes it.
 */
async function stopTracking(
  ports: EventPorts,
  account: Account | null,
  status: PortalEventStatus,
  { attempt, event: { data, timestamp } }: TakenEvent,
): Promise<WebhookAnswer> {
  const { patientId } = data;
  if (account === null) return { decision: 'NOT_DUE', execution: null };
  const noted = withPortalEvent(account, status, timestamp);
  if (noted === null) return { decision: 'OUTDATED', execution: null };
  if (noted !== account) {
    // As in noteNews.
    const isNews = isUnended(account) && account.attempt <= attempt;
    await ports.cases.save(account, isNews ? withNews(noted, ports.clock.now()) : noted);
  }
  const isClaimed = noted.registeredAt !== account.registeredAt && account.issuedBy !== null;
  if (isClaimed) ports.metrics.registered(account.location);
  await ports.pins.remove(patientId);
  if (!waitsForStaff(account)) return { decision: 'STOPPED', execution: null };
  const { decision, execution } = await startAsMachine(ports, patientId, true);
  if (decision === 'PAUSED') await leaveToSweep(ports, patientId, true);
  return { decision: 'STOPPED', execution };
}
