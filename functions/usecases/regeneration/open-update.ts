/** P3–P8: one chart update for one cycle, however often it is tried. */

import { generatePin } from '../../domain/chart/pin.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { PinReservations } from '../../ports/case/pin-reservations.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DraftIds, Ehr, UpdateFacts } from '../../ports/ehr/ehr.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { Random } from '../../ports/random.ts';

export interface OpenPorts {
  ehr: Ehr;
  cases: CaseRecords;
  reservations: PinReservations;
  fingerprint: Fingerprint;
  clock: Clock;
  random: Random;
}

/** Five PINs in a row that are taken do not happen among 24 × 10⁹. */
const MINTINGS = 5;

/** The draft that an earlier try left, if it says what would be said now; else it is discarded. */
export async function usableDraft(
  ports: OpenPorts,
  facts: UpdateFacts,
  identifier: string,
  provider: string,
): Promise<DraftIds | null> {
  if (facts.draft === null) return null;
  if (facts.draft.provider === provider && facts.draft.location === facts.location) return facts.draft;
  await ports.ehr.discardDrafts([identifier]);
  return null;
}

/** Opens it with an unused PIN. Throws RecordConflictError NO_FREE_PIN (retried) and what the EHR throws. */
export async function openUpdate(
  ports: OpenPorts,
  facts: UpdateFacts,
  identifier: string,
  provider: string,
  patientId: string,
): Promise<DraftIds> {
  const now = ports.clock.now();
  for (let minting = 0; minting < MINTINGS; minting++) {
    const pin = generatePin(ports.random.randomInt);
    if (!(await ports.reservations.reserve(await ports.fingerprint.of(pin), identifier, now))) continue;
    const { location, visit } = facts;
    return ports.ehr.openUpdate({ patientId, cycleIdentifier: identifier, provider, location, visit, pin, now });
  }
  throw new RecordConflictError('NO_FREE_PIN');
}
