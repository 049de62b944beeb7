import { callUntil } from '../../../functions/runtime/call.ts';
import { pickupChart } from '../../../functions/runtime/providers/chart.ts';
import { metrics } from '../../../functions/runtime/providers/practice.ts';
import { pickUp } from '../../../functions/usecases/pickup/pick-up.ts';
import type { RunningPlatform } from './running-platform.ts';

/** The birth date of a patient that follows a link here. */
export const BIRTH_DATE = '1957-03-29';

/** Every token that was ever mailed to them, oldest first. */
export function tokensTo({ platform }: RunningPlatform, address: string): string[] {
  const mails = platform.mailbox.mails().filter(({ sent }) => sent.destination.includes(address));
  return mails.map(({ body }) => /\/pickup\/([\w-]+)/.exec(body.text ?? '')?.[1] ?? '');
}

/** What each of these links shows after the right answer. */
export async function shownBy({ decisionPorts }: RunningPlatform, tokens: readonly string[]): Promise<string[]> {
  const ehr = pickupChart(callUntil(AbortSignal.timeout(20_000)));
  const ports = { ...decisionPorts, ehr, metrics: metrics() };
  const shown: string[] = [];
  for (const token of tokens) {
    const told = await pickUp(ports, token, { birthDate: BIRTH_DATE, lastName: null });
    shown.push(told.kind === 'REFUSED' ? told.why : told.kind);
  }
  return shown;
}
