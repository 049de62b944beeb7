/** Begins to track a PIN that the chart holds already: what the first connection to a practice does for each patient. */
import { newAccount } from '../domain/account.ts';
import { dayOf } from '../domain/calendar.ts';
import { readChart } from '../domain/chart.ts';
import { lifeOf } from '../domain/expiry.ts';
import { type AdoptPorts, adoptPin } from './adopt-pin.ts';

/**
 * Adopts the patient's newest PIN and notes its day of expiry; answers whether there was one. A patient with a record
 * is left alone, so that it may be repeated. An unclear chart is left to the workflow, which asks a person.
 */
export async function trackPin(
  ports: AdoptPorts & { practice: { timeZone: string } },
  patientId: string,
): Promise<boolean> {
  if ((await ports.records.read(patientId)) !== null) return false;
  const { newest } = readChart(await ports.ehr.readPinDocuments(patientId), ports.clock.now());
  if (newest === null) return false;
  const account = await adoptPin(ports, newAccount(patientId), newest);
  const expires = Date.parse(lifeOf(newest.signedAt).expiresAt);
  await ports.records.save(null, { ...account, nextCheckDay: dayOf(expires, ports.practice.timeZone) });
  return true;
}
