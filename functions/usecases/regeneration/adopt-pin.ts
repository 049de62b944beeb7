/** Brings the record up to the chart, which wins (P2): a PIN made by hand is adopted, not replaced. */

import type { Account } from '../../domain/case/account.ts';
import { latestReminderBy, type ReminderRule } from '../../domain/case/reminder.ts';
import { withAdopted } from '../../domain/case/signing.ts';
import type { NewestPin } from '../../domain/chart/chart.ts';
import { isExpired, lifeOf } from '../../domain/chart/expiry.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { PinReservations } from '../../ports/case/pin-reservations.ts';
import type { TrackedPins } from '../../ports/case/tracked-pins.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PinReader } from '../../ports/ehr/ehr.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';

export interface AdoptPorts {
  ehr: PinReader;
  cases: CaseRecords;
  pins: TrackedPins;
  reservations: PinReservations;
  fingerprint: Fingerprint;
  clock: Clock;
  practice: ReminderRule;
}

/**
 * The account with the chart's newest PIN; not saved yet. Idempotent by document id. A valid PIN gets its item; its
 * TTL tracks it, and reserves its fingerprint; no message is owed for what we did not make. A record that is new takes the
 * count of our unclaimed PINs from the chart; one that knows a case keeps its own, which a release may have begun anew.
 */
export async function adoptPin(ports: AdoptPorts, account: Account, newest: NewestPin): Promise<Account> {
  if (account.document === newest.id) return account;
  const isNew = account.document === null && account.endedBy === null;
  const ours = newest.cycleIdentifier === null ? 0 : 1;
  const unclaimed = isNew ? await ports.ehr.countOurSigned(account.patientId) : account.unclaimedCycles + ours;
  const now = ports.clock.now();
  if (!isExpired(newest.signedAt, now)) {
    const pin = newest.encounter === null ? null : await ports.ehr.readPin(account.patientId, newest.encounter);
    const fingerprint = pin === null ? '' : await ports.fingerprint.of(pin);
    // Two charts may hold one PIN by hand; then the first keeps the reservation, and no new PIN will equal it.
    if (fingerprint !== '') await ports.reservations.reserve(fingerprint, newest.id, now);
    const life = lifeOf(newest.signedAt);
    await ports.pins.put({ patientId: account.patientId, document: newest.id, fingerprint, ...life });
  }
  const signing = { document: newest.id, signedAt: newest.signedAt, location: newest.location };
  const reminder = latestReminderBy(lifeOf(newest.signedAt).issuedAt, now, ports.practice);
  return withAdopted(account, signing, unclaimed, reminder);
}
