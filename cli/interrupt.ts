/** Ctrl-C: a command that only looks ends at once; one that is writing a decision finishes that, and ends then. */
import { EXIT } from './failure.ts';

let underWay = 0;
let isInterrupted = false;

/** Work that is not left half done. */
export async function whole<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    if (isInterrupted) leave();
  }
}

function leave(): never {
  console.error('\nInterrupted. What was started goes on; "portal-pin pause" stops further starts.');
  process.exit(EXIT.interrupted);
}

/** To be called once. A second Ctrl-C does not wait. */
export function watchInterrupts(): void {
  process.on('SIGINT', () => {
    if (underWay === 0 || isInterrupted) leave();
    isInterrupted = true;
  });
}
