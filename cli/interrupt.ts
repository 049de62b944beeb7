/** Ctrl-C: a command that only looks ends at once; one that is writing a decision finishes that, and ends then. */
import { EXIT } from './failure.ts';

/** A terminal sends the signal to the launcher and to us, and the launcher sends it on: what comes so soon is the same key. */
const SAME_KEY_MS = 1_000;

let underWay = 0;
let interruptedAt: number | null = null;

/** Work that is not left half done. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    if (interruptedAt !== null) leave();
  }
}

function leave(): never {
  console.error('\nInterrupted. What was started goes on; "portal-pin pause" stops further starts.');
  process.exit(EXIT.interrupted);
}

/** To be called once. A second Ctrl-C does not wait. */
export function watchInterrupts(): void {
  process.on('SIGINT', () => {
    interruptedAt ??= performance.now();
    if (underWay === 0 || performance.now() - interruptedAt > SAME_KEY_MS) leave();
  });
}
