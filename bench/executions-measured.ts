/**
 * What finished executions leave in the memory of the local platform. executions.ts starts it as a process of its own, with
 * the heap as `npm start` has it, and gets one `ExecutionsMeasured` as a message.
 */
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import { start } from '../functions/usecases/case/start.ts';
import { largePractice } from '../local/demo/large-practice.ts';
import { outsidePorts } from '../local/http/ports.ts';
import { patientIdsOf } from '../local/load/practice.ts';
import { startPlatform } from '../local/platform/platform.ts';
import { keepHeapSmall } from '../local/settings/heap.ts';

export interface ExecutionsMeasured {
  executions: number;
  /** Of all memory of the process: with the practice loaded, and at the most. */
  loadedMb: number;
  highestMb: number;
  /** What stays, by execution: of one that regenerates, with chart, table and mail; of one that only looks. */
  kbOfRegeneration: number;
  kbOfLook: number;
  seconds: number;
}

/** Their PINs are regenerated first; then each is looked at again and again. */
const PATIENTS = 200;
const AT_ONCE = 16;
/** Of the first executions, in which code is compiled. */
const WARM_UP = PATIENTS / 2;

const rssMb = () => process.memoryUsage().rss / 2 ** 20;

function kilobytesInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024;
}

async function measure(executions: number): Promise<ExecutionsMeasured> {
  keepHeapSmall();
  const policyFile = fileURLToPath(new URL('../local/demo/policy.json', import.meta.url));
  const platform = await startPlatform({ port: 0, policyFile });
  try {
    const practice = largePractice(PATIENTS, platform.clock.now());
    await platform.ehr.load(practice);
    const patientIds = patientIdsOf(practice);
    const ports = outsidePorts();
    const run = async (ids: readonly string[]) => {
      const request = { trigger: 'first-pass', force: null, awaitedFactChanged: false } as const;
      await pMap(ids, (patientId) => start(ports, { patientId, ...request }), { concurrency: AT_ONCE });
      await platform.settled();
    };
    const loadedMb = rssMb();
    let highestMb = loadedMb;
    const begun = performance.now();
    await run(patientIds.slice(0, WARM_UP));
    const warm = kilobytesInUse();
    await run(patientIds.slice(WARM_UP));
    const regenerated = kilobytesInUse();
    let looks = 0;
    let first = 0;
    while (PATIENTS + looks < executions) {
      await run(patientIds);
      looks += PATIENTS;
      highestMb = Math.max(highestMb, rssMb());
      // Where the first of the looks is compiled, too.
      if (first === 0) first = kilobytesInUse();
    }
    return {
      executions: PATIENTS + looks,
      loadedMb,
      highestMb,
      kbOfRegeneration: (regenerated - warm) / (PATIENTS - WARM_UP),
      kbOfLook: (kilobytesInUse() - first) / (looks - PATIENTS),
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    await platform.close();
  }
}

const measured = await measure(Number(process.argv[2]));
process.send?.(measured);
