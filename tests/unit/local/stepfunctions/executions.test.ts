/** What finished executions leave in memory: their histories are packed, and all of it can still be read. */
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { expect, it } from 'vitest';
import { MACHINE_ARN, serve } from '../../../support/local/served.ts';

/** Until the code is compiled and the connections are open. */
const WARM_UP = 300;
const EXECUTIONS = 1_500;
/**
 * With its history as objects an execution takes 9 KB, packed 2; so 20,000 are 40 MB. bench/executions.ts measures them on the
 * whole platform.
 */
const MOST_KB = 4;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Buffers are swept beside the program and connections end a moment later: collected until nothing more is freed. */
async function kilobytesInUse(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let idle = 0; idle < 5; idle++) {
    await setTimeout(20);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const kilobytes = (heapUsed + arrayBuffers) / 1024;
    if (kilobytes < least - 1) idle = 0;
    least = Math.min(least, kilobytes);
  }
  return least;
}

it(`keeps ${EXECUTIONS} finished executions in little memory, and forgets none of them`, {
  timeout: 60_000,
}, async () => {
  const { client, stepFunctions, start, history } = await serve();
  const run = async (first: number, count: number) => {
    const names = Array.from({ length: count }, (_, n) => `execution-${first + n}`);
    await pMap(names, (name) => start(name), { concurrency: 16 });
    await stepFunctions.settled();
  };
  await run(0, WARM_UP);
  const before = await kilobytesInUse();
  await run(WARM_UP, EXECUTIONS);
  expect(((await kilobytesInUse()) - before) / EXECUTIONS).toBeLessThan(MOST_KB);

  let listed = 0;
  let nextToken: string | undefined;
  let oldest: string | undefined;
  do {
    const page = await client.send(
      new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, maxResults: 1000, nextToken }),
    );
    for (const { status } of page.executions ?? []) expect(status).toBe('SUCCEEDED');
    listed += page.executions?.length ?? 0;
    oldest = page.executions?.at(-1)?.executionArn ?? oldest;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(listed).toBe(WARM_UP + EXECUTIONS);
  expect(oldest).toContain(':execution-0');
  const events = await history(oldest ?? '');
  expect(events.length).toBeGreaterThan(30);
  expect(events.at(-1)?.executionSucceededEventDetails?.output).toContain('REGENERATED');
});
