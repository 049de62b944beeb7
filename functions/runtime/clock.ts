/** The practice's time. One source for the whole process; whoever runs a virtual clock sets it before anything else. */
import type { Clock } from '../ports.ts';

let source: Clock = { now: () => Date.now() };

/** Replaces the source of time, for a process that runs on a clock of its own. */
export function useClock(clock: Clock): void {
  source = clock;
}

/** The Clock port, whose source is asked at every call. */
export function clock(): Clock {
  return { now: () => source.now() };
}

/** The machine's own time, in ms since the epoch: for what is agreed with other machines, such as the life of a token. */
export function realTime(): number {
  return Date.now();
}
