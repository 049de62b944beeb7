/** Brings the record up to the chart, which wins (P2): a PIN made by hand is adopted, not replaced. */
import { type Account, withAdopted } from '../domain/account.ts';
import type { NewestPin } from '../domain/chart.ts';
import { isExpired, lifeOf } from '../domain/expiry.ts';
import { latestReminderBy, type ReminderRule } from '../domain/reminder.ts';
import type { Clock, Fingerprint, PinReader, PinRecords } from '../ports.ts';

export interface AdoptPorts {
  ehr: PinReader;
  records: PinRecords;
  fingerprint: Fingerprint;
  clock: Clock;
  practice: ReminderRule;
}

/**
 * The account with the chart's newest PIN; not saved yet. Idempotent by document id. A living PIN gets its item, whose
 * TTL tracks it, and reserves its fingerprint; no message is owed for what we did not make.
 */
export async function adoptPin(ports: AdoptPorts, account: Account, newest: NewestPin): Promise<Account> {
  if (account.document === newest.id) return account;
  const unclaimed = await ports.ehr.countOurSigned(account.patientId);
  const now = ports.clock.now();
  if (!isExpired(newest.signedAt, now)) {
    const pin = newest.encounter === null ? null : await ports.ehr.readPin(newest.encounter);
    const fingerprint = pin === null ? '' : await ports.fingerprint.of(pin);
    // Two charts may hold one PIN by hand; then the first keeps the reservation, and no new PIN will equal it.
    if (fingerprint !== '') await ports.records.reserveFingerprint(fingerprint, newest.id, now);
    const life = lifeOf(newest.signedAt);
    await ports.records.putPin({ patientId: account.patientId, document: newest.id, fingerprint, ...life });
  }
  const signing = { document: newest.id, signedAt: newest.signedAt, location: newest.location };
  const reminder = latestReminderBy(lifeOf(newest.signedAt).issuedAt, now, ports.practice);
  return withAdopted(account, signing, unclaimed, reminder);
}
