/** Begins to track a PIN that the chart holds already: what the first connection to a practice does for each patient. */
import { newAccount } from '../../domain/case/account.ts';
import { dayOfNextLook } from '../../domain/case/ending.ts';
import { withNextCheck } from '../../domain/case/schedule.ts';
import { readChart } from '../../domain/chart/chart.ts';
import { dayOf } from '../../domain/time/calendar.ts';
import { type AdoptPorts, adoptPin } from './adopt-pin.ts';

/**
 * KNOWN: the patient has a record, which was left alone. UNCLEAR: signed PIN documents, and of none can be said how old it
 * is. WITHDRAWN: no signed PIN document.
 */
export type Tracking = 'TRACKED' | 'KNOWN' | 'UNCLEAR' | 'WITHDRAWN';

/**
 * Adopts the patient's newest PIN and notes the day of the next look. A patient with a record is left alone, so that it may
 * be repeated. An unclear chart is due today: the workflow checks it and asks staff. Throws what EHR, records and
 * fingerprint throw; RecordConflictError if the record was created meanwhile.
 */
export async function trackPin(ports: AdoptPorts, patientId: string): Promise<Tracking> {
  const { ehr, cases, clock, practice } = ports;
  if ((await cases.read(patientId)) !== null) return 'KNOWN';
  const { newest, unclear } = readChart(await ehr.readPinDocuments(patientId), clock.now());
  if (newest === null) {
    if (unclear.length === 0) return 'WITHDRAWN';
    await cases.save(null, withNextCheck(newAccount(patientId), dayOf(clock.now(), practice.timeZone)));
    return 'UNCLEAR';
  }
  const account = await adoptPin(ports, newAccount(patientId), newest);
  const nextCheckDay = dayOfNextLook(account, clock.now(), practice);
  await cases.save(null, withNextCheck(account, nextCheckDay));
  return 'TRACKED';
}
