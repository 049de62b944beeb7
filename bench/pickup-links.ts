/** Links as a mail has them, and what an answer does, without the page around it. Needs the environment of a platform. */
import { callUntil } from '../functions/runtime/call.ts';
import { configuration } from '../functions/runtime/config.ts';
import { pickupChart } from '../functions/runtime/providers/chart.ts';
import { metrics, random } from '../functions/runtime/providers/practice.ts';
import { makePickupLink } from '../functions/usecases/email/pickup-link.ts';
import { pickUp } from '../functions/usecases/pickup/pick-up.ts';
import { trackPin } from '../functions/usecases/regeneration/track-pin.ts';
import { outsidePorts } from '../local/http/ports.ts';

/** The token of a link to the patient's living PIN, as the newest mail would have it. */
export async function linkOf(patientId: string): Promise<string> {
  const ports = { ...outsidePorts(), random: random(), pickupUrl: configuration().pickupUrl };
  await trackPin(ports, patientId);
  const account = await ports.cases.read(patientId);
  if (account === null) throw new Error(`${patientId} has no PIN`);
  const { link, hash } = await makePickupLink(ports, account);
  await ports.cases.save(account, { ...account, pickupToken: hash });
  return link.slice(link.lastIndexOf('/') + 1);
}

/** Looks at an answer, as the page does. */
export async function work(token: string, birthDate: string): Promise<void> {
  const ports = { ...outsidePorts(), ehr: pickupChart(callUntil(AbortSignal.timeout(10_000))), metrics: metrics() };
  await pickUp(ports, token, { birthDate, lastName: null });
}
