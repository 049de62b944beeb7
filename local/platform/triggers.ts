/** What follows by itself: a move of the clock brings lapses and a sweep, and a sent mail brings its SES events. */
import { simulatedEvents } from '../ses/ses-events.ts';
import { SWEEP_MACHINE } from '../settings/environment.ts';
import { deliverLapses, runSweep } from '../triggers/daily-sweep.ts';
import type { Services } from './services.ts';

/**
 * Attaches the hooks of clock, table and mailbox.
 * @param withTriggers false: the clock still waits for what runs and deletes expired items, and starts nothing
 * @returns resolves when no execution runs and SES has told of every mail
 */
export async function wireTriggers(
  { clock, dynamodb, mailbox, emailEvents, stepFunctions }: Services,
  withTriggers: boolean,
): Promise<() => Promise<void>> {
  // An event about a mail may start an execution, which may send another mail.
  const settled = async () => {
    await stepFunctions.settled();
    while (emailEvents.isPending()) {
      await emailEvents.settled();
      await stepFunctions.settled();
    }
  };
  clock.beforeMove(settled);
  clock.afterMove(async () => void (await dynamodb.deleteExpired()));
  if (!withTriggers) return settled;
  const { handler: pinLapsed } = await import('../../functions/triggers/pin-lapsed.ts');
  dynamodb.onRemoved((removals) => deliverLapses(removals, pinLapsed));
  clock.afterMove(() => runSweep(stepFunctions, stepFunctions.stateMachineArns[SWEEP_MACHINE] ?? ''));
  clock.afterMove(settled);
  // Events that the end of an earlier process cut off; SES may deliver an event twice, so delivered ones come again.
  emailEvents.publish(mailbox.mails().flatMap(simulatedEvents));
  return settled;
}
