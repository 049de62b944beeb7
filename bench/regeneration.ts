/** Regenerations through the real ASL and HTTP, beside the same calls made by a plain loop, and what one costs. */
import { fileURLToPath } from 'node:url';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { largePractice } from '../local/demo/large-practice.ts';
import { patientIdsOf } from '../local/load/practice.ts';
import { type Platform, startPlatform } from '../local/platform/platform.ts';
import { print, type Row } from './print.ts';

/** Ten thousand patients are normal; half of them due at once is not. */
const PATIENTS = Number(process.env.BENCH_PATIENTS ?? 5_000);
/** Patients of each block; workflow and plain loop take turns, so that noise strikes both. */
const BLOCK = 250;
/** The end of the run is compared with its beginning. */
const EDGE = 500;
const AT_ONCE = 16;

type Run = (patientId: string) => Promise<void>;

export async function regeneration(): Promise<void> {
  const policyFile = fileURLToPath(new URL('../local/demo/policy.json', import.meta.url));
  const platform = await startPlatform({ port: 0, policyFile });
  try {
    await measure(platform);
  } finally {
    await platform.close();
  }
}

async function measure(platform: Platform): Promise<void> {
  const { byLoop, byWorkflow, track } = await import('./runs.ts');
  const bundles = largePractice(PATIENTS, platform.clock.now());
  await platform.ehr.load(bundles);
  const ids = patientIdsOf(bundles);
  await pMap(ids, track, { concurrency: AT_ONCE });
  const workflow = byWorkflow(platform);
  const loop = byLoop();
  const warmUp = ids.slice(1, 1 + 2 * BLOCK);
  await timed(workflow, warmUp.slice(0, BLOCK));
  await timed(loop, warmUp.slice(BLOCK));
  const rest = ids.slice(1 + 2 * BLOCK);
  const workflowMs: number[] = [];
  const loopMs: number[] = [];
  for (let at = 0; at + 2 * BLOCK <= rest.length; at += 2 * BLOCK) {
    workflowMs.push(await timed(workflow, rest.slice(at, at + BLOCK)));
    loopMs.push(await timed(loop, rest.slice(at + BLOCK, at + 2 * BLOCK)));
  }
  // Not before: what is counted is slower.
  const counted = await countOne(platform, workflow, ids[0] ?? '');
  const edge = EDGE / BLOCK;
  const perSecond = (ms: number[]) => (BLOCK * ms.length * 1000) / sum(ms);
  const rows: Row[] = [
    ['regenerations per second, through the ASL', perSecond(workflowMs), '≥ 50'],
    ['the same calls by a plain loop, per second', perSecond(loopMs), ''],
    ['workflow ÷ plain loop, time', sum(workflowMs) / sum(loopMs), '≤ 1.25'],
    [`last ${EDGE} ÷ first ${EDGE}, time`, sum(workflowMs.slice(-edge)) / sum(workflowMs.slice(0, edge)), '≤ 1.2'],
    ...counted,
  ];
  print(`One regeneration, ${ids.length} patients loaded`, rows);
}

/** What one regeneration asks of the world, counted where it arrives. */
async function countOne(platform: Platform, run: Run, patientId: string): Promise<Row[]> {
  platform.ehr.requests.clear();
  platform.dynamodb.capacity.reset();
  const kmsBefore = platform.kms.calls;
  await run(patientId);
  const { read, write } = platform.dynamodb.capacity.figures();
  const { latestHistory, statesEntered } = await import('./history.ts');
  const { events } = await latestHistory(platform, true);
  return [
    // 13 at present: End Update reads the encounter before it writes it, bound to the version it read.
    ['EHR requests, a batch counting as one', platform.ehr.requests.count(), '≤ 12'],
    // 11 for the regeneration (docs/decisions/0003), and one for the item of the mail's link (0021).
    ['DynamoDB write units, index included', write, '≤ 12'],
    ['DynamoDB read units', read, ''],
    ['KMS calls', platform.kms.calls - kmsBefore, ''],
    ['states entered', statesEntered(events), '7'],
    ['bytes of state data, largest', largestState(events), '≤ 1024'],
  ];
}

function largestState(events: readonly HistoryEvent[]): number {
  const inputs = events.map((event) => event.stateEnteredEventDetails?.input ?? '');
  const outputs = events.map((event) => event.stateExitedEventDetails?.output ?? '');
  return Math.max(...[...inputs, ...outputs].map((each) => Buffer.byteLength(each)));
}

async function timed(run: Run, patientIds: string[]): Promise<number> {
  const begun = performance.now();
  await pMap(patientIds, run, { concurrency: AT_ONCE });
  return performance.now() - begun;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
