/** What an event of the EHR means for a case, by the record alone. The chart is asked later, by the workflow. */
import type { Account, PortalEventStatus } from '../case/account.ts';
import { waitsForAddress } from '../case/starting.ts';
import type { EhrEvent } from './ehr-event.ts';

/** What the event says about the patient and the portal, if it says that no PIN is needed any more; else null. */
export function portalStatusOf(event: EhrEvent): PortalEventStatus | null {
  switch (event.type) {
    case 'portal.registered':
      return 'REGISTERED';
    case 'patient.opted_out':
      return 'OPTED_OUT';
    case 'patient.updated':
      return event.data.change === 'provider' ? null : UPDATED[event.data.change];
    default:
      return null;
  }
}

const UPDATED = { deceased: 'DECEASED', inactive: 'INACTIVE', merged: 'MERGED' } as const;

/**
 * Whether this is the fact that the case waits for. After a failure of the EHR or of AWS it is not: machines wait for
 * the next day's sweep.
 */
export function isAwaited(account: Account | null, event: EhrEvent): boolean {
  if (account === null) return false;
  const { outcome, reason } = account;
  switch (event.type) {
    case 'pin.issued':
      return outcome !== 'FAILED';
    case 'patient.email_changed':
      // A case with no scheduled check, e.g. because no PIN was ever issued, gets one.
      return waitsForAddress(account) || account.nextCheckDay === null;
    case 'patient.updated':
      return event.data.change === 'provider' && outcome === 'HELD' && reason === 'RESPONSIBLE_PROVIDER_UNRESOLVED';
    default:
      return false;
  }
}

/** A case with an open Task, which closes at the next check. */
export function waitsForStaff({ outcome }: Account): boolean {
  return outcome === 'EMAIL_MISSING' || outcome === 'HELD';
}
