/**
 * One sweep over a table full of due PINs: what it reads, writes and keeps in memory. sweep.ts starts it as a process of its
 * own, so that the memory is the sweep's, and gets one `SweepMeasured` as a message.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { startPlatform } from '../local/platform/platform.ts';
import { STATE_MACHINE, SWEEP_MACHINE } from '../local/settings/environment.ts';
import { createCountingExecutions } from './counting-executions.ts';
import { dueShards, fillDue } from './due-practice.ts';
import { latestHistory } from './history.ts';

export interface SweepMeasured {
  due: number;
  started: number;
  /** Names that were asked for more than once. */
  startedTwice: number;
  seconds: number;
  idleMb: number;
  highestMb: number;
  /** Scans of the table or of an index. */
  scans: number;
  /** Read units of queries of the index. */
  indexUnits: number;
  /** Read and write units of everything that the sweep did. */
  readUnits: number;
  writeUnits: number;
  /** The fullest shard by the mean of all. */
  fullestShard: number;
  historyEvents: number;
}

/** Memory is looked at so often, in starts. */
const LOOK_EVERY = 500;
const megabytes = () => process.memoryUsage().rss / 2 ** 20;

async function measure(due: number): Promise<SweepMeasured> {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-bench-'));
  const policyFile = join(folder, 'policy.json');
  const policy = JSON.parse(readFileSync(fileURLToPath(new URL('../local/demo/policy.json', import.meta.url)), 'utf8'));
  // As fast as the policy allows: the virtual clock does not wait.
  const sweep = { ...policy.sweep, startsPerMinute: 6000, dailyLimit: 1_000_000 };
  writeFileSync(policyFile, JSON.stringify({ ...policy, sweep }));
  const counting = createCountingExecutions(STATE_MACHINE);
  const platform = await startPlatform({
    port: 0,
    policyFile,
    triggers: false,
    around: {
      service: (prefix, handler) => (prefix === '/stepfunctions' ? counting.around(handler) : handler),
      step: (_name, handler) => handler,
    },
  });
  try {
    await fillDue(platform.endpoints.table, due);
    platform.dynamodb.capacity.reset();
    globalThis.gc?.();
    const idleMb = megabytes();
    let highestMb = idleMb;
    counting.onStart = (count) => {
      if (count % LOOK_EVERY === 0) highestMb = Math.max(highestMb, megabytes());
    };
    const begun = performance.now();
    const client = new SFNClient({});
    const stateMachineArn = platform.endpoints.stateMachines[SWEEP_MACHINE];
    await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"dryRun":false}' }));
    client.destroy();
    await platform.stepFunctions.settled();
    const seconds = (performance.now() - begun) / 1000;
    const { read, write, byOperation } = platform.dynamodb.capacity.figures();
    const sizes = dueShards(due).map((ids) => ids.length);
    const { events } = await latestHistory(platform, false, SWEEP_MACHINE);
    return {
      due,
      started: counting.started.size,
      startedTwice: [...counting.started.values()].filter((times) => times > 1).length,
      seconds,
      idleMb,
      highestMb,
      scans: byOperation.Scan?.requests ?? 0,
      indexUnits: (byOperation.Query?.table ?? 0) + (byOperation.Query?.index ?? 0),
      readUnits: read,
      writeUnits: write,
      fullestShard: Math.max(...sizes) / (due / sizes.length),
      historyEvents: events.length,
    };
  } finally {
    await platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const measured = await measure(Number(process.argv[2]));
process.send?.(measured);
