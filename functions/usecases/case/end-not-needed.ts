/** Ends a case in which nothing was due. */

import type { Account } from '../../domain/case/account.ts';
import { withRegistrationFound } from '../../domain/case/claim.ts';
import type { Reason } from '../../domain/outcomes.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { TrackedPins } from '../../ports/case/tracked-pins.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { type EndPorts, endCase } from './end-case.ts';

export interface NotNeededPorts extends EndPorts {
  pins: Pick<TrackedPins, 'remove'>;
  metrics: Pick<Metrics, 'ended' | 'registered'>;
}

/**
 * A registered, opted-out or merged patient has no PIN to lapse; a registration resets the count of unused PINs.
 * @param noting what else the record learns in the same update
 */
export async function endNotNeeded(
  ports: NotNeededPorts,
  account: Account,
  execution: string,
  reason: Reason | null,
  noting: (account: Account) => Account = (stored) => stored,
): Promise<void> {
  const untracked = reason === 'ALREADY_REGISTERED' || reason === 'OPTED_OUT' || reason === 'MERGED';
  if (untracked && account.document !== null) await ports.pins.remove(account.patientId);
  // Only the chart knew: no event reported the registration.
  const isNews = reason === 'ALREADY_REGISTERED' && account.document !== null && account.registeredAt === null;
  const now = toInstant(ports.clock.now());
  const noted = (stored: Account) =>
    reason === 'ALREADY_REGISTERED' ? withRegistrationFound(noting(stored), now) : noting(stored);
  await endCase(ports, account, { execution, outcome: 'NOT_NEEDED', reason, staffTask: null, noting: noted });
  if (isNews && account.issuedBy !== null) ports.metrics.registered(account.location);
}
