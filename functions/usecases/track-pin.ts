/** Begins to track a PIN that the chart holds already: what the first connection to a practice does for each patient. */
import { newAccount } from '../domain/account.ts';
import { readChart } from '../domain/chart.ts';
import { dayOfNextLook } from '../domain/ending.ts';
import { type AdoptPorts, adoptPin } from './adopt-pin.ts';

/**
 * Adopts the patient's newest PIN and notes the day of the next look; answers whether there was one. A patient with a record
 * is left alone, so that it may be repeated. An unclear chart is left to the workflow, which asks a person.
 */
export async function trackPin(ports: AdoptPorts, patientId: string): Promise<boolean> {
  if ((await ports.records.read(patientId)) !== null) return false;
  const { newest } = readChart(await ports.ehr.readPinDocuments(patientId), ports.clock.now());
  if (newest === null) return false;
  const account = await adoptPin(ports, newAccount(patientId), newest);
  const nextCheckDay = dayOfNextLook(account, ports.clock.now(), ports.practice);
  await ports.records.save(null, { ...account, nextCheckDay });
  return true;
}
