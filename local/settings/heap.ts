import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by 30 % of what lives in it before it is collected. On a machine with much memory V8 lets it grow to
 * several times that, and a platform that runs for days would hold unused memory. Costs a tenth of the speed.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=30');
}
