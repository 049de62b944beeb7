/** Links as a mail has them, and what an answer does, without the page around it. Needs the environment of a platform. */
import { chance, metrics, pickupChart, pickupUrl } from '../functions/runtime/container.ts';
import { makePickupLink } from '../functions/usecases/email/pickup-link.ts';
import { pickUp } from '../functions/usecases/pickup/pick-up.ts';
import { trackPin } from '../functions/usecases/regeneration/track-pin.ts';
import { outsidePorts } from '../local/http/ports.ts';

/** The token of a link to the patient's living PIN, as the newest mail would have it. */
export async function linkOf(patientId: string): Promise<string> {
  const ports = { ...outsidePorts(), chance: chance(), pickupUrl: pickupUrl() };
  await trackPin(ports, patientId);
  const account = await ports.records.read(patientId);
  if (account === null) throw new Error(`${patientId} has no PIN`);
  const { link, hash } = await makePickupLink(ports, account);
  await ports.records.save(account, { ...account, pickupToken: hash });
  return link.slice(link.lastIndexOf('/') + 1);
}

/** Looks at an answer, as the page does. */
export async function work(token: string, birthDate: string): Promise<void> {
  const ports = { ...outsidePorts(), ehr: pickupChart({ signal: AbortSignal.timeout(10_000) }), metrics: metrics() };
  await pickUp(ports, token, { birthDate, lastName: null });
}
