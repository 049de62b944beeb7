/** How often one source may try in an hour, whatever it tries: an HTTP API has no firewall of its own. */

import { sourceOf } from '../../domain/pickup/pickup.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { PickupRecords } from '../../ports/pickup/pickup-records.ts';

export interface SourcePorts {
  pickups: PickupRecords;
  fingerprint: Fingerprint;
  clock: Clock;
  practice: { pickup: { triesPerHour: number } };
}

/**
 * Counts one more try; the seconds until there may be another, or null where this one is within the limit. The address
 * is kept as a keyed digest that is another one each hour. Throws AwsUnavailableError.
 */
export async function overLimit(ports: SourcePorts, address: string): Promise<number | null> {
  const now = ports.clock.now();
  const hour = toInstant(now).slice(0, 13);
  const source = await ports.fingerprint.of(`pickup source ${sourceOf(address)} ${hour}`);
  const tries = await ports.pickups.countTry(source, now);
  return tries > ports.practice.pickup.triesPerHour ? 3600 - (Math.floor(now / 1000) % 3600) : null;
}
