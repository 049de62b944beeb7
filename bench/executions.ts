/** Thousands of real executions on the local platform, and the memory that they leave behind. */
import type { ExecutionsMeasured } from './executions-measured.ts';
import { measuredBy } from './measured-by.ts';
import { print } from './print.ts';

const EXECUTIONS = Number(process.env.BENCH_EXECUTIONS ?? 20_000);

export async function executions(): Promise<void> {
  const measured = await measuredBy<ExecutionsMeasured>('executions-measured.ts', EXECUTIONS);
  print(`${measured.executions} finished executions on the local platform, as npm start runs it`, [
    ['MB of memory with the practice loaded', measured.loadedMb, ''],
    ['MB of memory, at the most', measured.highestMb, '≤ 500'],
    ['KB that an execution leaves', measured.kbOfLook, ''],
    ['KB that a regeneration leaves, with chart, table and mail', measured.kbOfRegeneration, ''],
    ['executions per second', measured.executions / measured.seconds, ''],
  ]);
}
