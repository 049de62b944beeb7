/** The practice's time. One source for the whole process; a virtual clock must be set before anything else. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock, Pause } from '../ports/clock.ts';

let source: Clock = { now: () => Date.now() };
let wait: Pause = async (milliseconds) => {
  if (milliseconds > 0) await setTimeout(milliseconds);
};

/** Replaces the source of time for a process with its own clock; delays then return at once. */
export function useClock(clock: Clock): void {
  source = clock;
  wait = async () => undefined;
}

/** The Clock port; reads its source at every call. */
export function clock(): Clock {
  return { now: () => source.now() };
}

/** Waits, where time passes by itself. */
export function pause(milliseconds: number): Promise<void> {
  return wait(milliseconds);
}

/** A timer takes whole milliseconds, and the event loop's own count of them; this much before, it is asked step by step. */
const TIMER_ERROR_MS = 3;

/**
 * Waits until `performance.now()` says `instant`, to some microseconds, also where the practice's time can be moved: for
 * what must take equally long.
 */
export async function waitUntil(instant: number): Promise<void> {
  const wait = Math.floor(instant - performance.now() - TIMER_ERROR_MS);
  if (wait > 0) await setTimeout(wait);
  while (performance.now() < instant) await setImmediate();
}

/** Waits the machine's own time, also where the practice's is moved: for what another request is doing meanwhile. */
export async function realPause(milliseconds: number): Promise<void> {
  await setTimeout(milliseconds);
}

/** The machine's own time, in ms since the epoch: for what is agreed with other machines, such as the life of a token. */
export function realTime(): number {
  return Date.now();
}
