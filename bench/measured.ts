/**
 * What one regeneration really uses, counted on a platform of its own. cost.ts starts it as a process of its own, because
 * the steps' log level is the process's, and gets one `Measured` as a message.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DUE_INDEX, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../functions/adapters/dynamodb/table.ts';
import { PIN_LIFETIME_MS } from '../functions/domain/chart/expiry.ts';
import { largePractice } from '../local/demo/large-practice.ts';
import { itemBytes, type WireItem } from '../local/dynamodb/capacity.ts';
import { patientIdsOf } from '../local/load/practice.ts';
import { startPlatform } from '../local/platform/platform.ts';
import { createCounter } from './counter.ts';
import { latestHistory, statesEntered } from './history.ts';
import { ingestedBytes, stepFunctionsLines } from './log-lines.ts';
import { median } from './median.ts';

/** Enough for a median per step that stays the same from run to run. */
const REGENERATIONS = 201;
/** Until a step's time no longer falls: code compiled, connections open, as in a warm Lambda. */
const WARM_UP = 100;
/** DynamoDB adds this to each stored item and to each entry of an index. */
const ITEM_OVERHEAD = 100;

/** Of one regeneration, on average over all of them. */
export interface Measured {
  transitions: number;
  /** Of each function, which was invoked once: the median. */
  milliseconds: Record<string, number>;
  writeUnits: number;
  readUnits: number;
  mails: number;
  macs: number;
  ehrRequests: number;
  /** To the EHR, headers included, TLS not. */
  bytesOut: number;
  /** Of all records of a patient, as DynamoDB counts them, each by the days for which a regeneration keeps it. */
  recordByteDays: number;
  /** Of all lines that the steps write, metrics included, as CloudWatch Logs counts them. */
  stepLogBytes: number;
  stepFunctionsLogBytes: number;
  /** What compression leaves of a byte of log. */
  compressed: number;
}

async function measure(): Promise<Measured> {
  const policyFile = fileURLToPath(new URL('../local/demo/policy.json', import.meta.url));
  const counter = createCounter();
  const platform = await startPlatform({
    port: 0,
    policyFile,
    logLevel: 'INFO',
    metrics: true,
    around: counter.around,
  });
  const { ehr, dynamodb, mailbox, kms } = platform;
  try {
    const { byWorkflow, track } = await import('./runs.ts');
    const practice = largePractice(WARM_UP + REGENERATIONS, platform.clock.now());
    await ehr.load(practice);
    const patientIds = patientIdsOf(practice);
    for (const patientId of patientIds) await track(patientId);
    const regenerate = byWorkflow(platform);
    counter.begin();
    for (const patientId of patientIds.slice(0, WARM_UP)) await regenerate(patientId);
    const before = { mails: mailbox.mails().length, macs: kms.calls, seen: counter.seen() };
    ehr.requests.clear();
    dynamodb.capacity.reset();
    for (const patientId of patientIds.slice(WARM_UP)) await regenerate(patientId);

    const { times, bytesOut, lines } = counter.seen();
    const each = (total: number) => total / REGENERATIONS;
    const stepLines = lines.slice(before.seen.lines.length);
    const { executionArn, events } = await latestHistory(platform, false);
    const executionLines = stepFunctionsLines(executionArn, events);
    const units = dynamodb.capacity.figures();
    return {
      transitions: statesEntered(events),
      milliseconds: Object.fromEntries(
        [...times].flatMap(([step, all]) => (all.length > 0 ? [[step, median(all.slice(-REGENERATIONS))]] : [])),
      ),
      writeUnits: each(units.write),
      readUnits: each(units.read),
      mails: each(mailbox.mails().length - before.mails),
      macs: each(kms.calls - before.macs),
      ehrRequests: each(ehr.requests.count()),
      bytesOut: each(bytesOut - before.seen.bytesOut),
      recordByteDays: (await recordByteDaysIn(platform.endpoints.table, platform.clock.now())) / patientIds.length,
      stepLogBytes: each(ingestedBytes(stepLines)),
      stepFunctionsLogBytes: ingestedBytes(executionLines),
      compressed: compressedShare([...stepLines, ...executionLines]),
    };
  } finally {
    await platform.close();
  }
}

/** An account is there once, for every PIN anew; whatever else a PIN leaves stays until TTL takes it. */
async function recordByteDaysIn(table: string, now: number): Promise<number> {
  const client = new DynamoDBClient({});
  let byteDays = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
    for (const item of Items as WireItem[]) {
      const until = Number(item[TTL_ATTRIBUTE]?.N ?? (now + PIN_LIFETIME_MS) / 1000);
      const days = (until - now / 1000) / 86_400;
      byteDays += days * (itemBytes(item) + ITEM_OVERHEAD);
      const keys = [DUE_INDEX.partitionKey, DUE_INDEX.sortKey, PARTITION_KEY, SORT_KEY];
      const entry = Object.fromEntries(keys.flatMap((key) => (item[key] ? [[key, item[key]]] : [])));
      if (Object.keys(entry).length === keys.length) byteDays += days * (itemBytes(entry) + ITEM_OVERHEAD);
    }
  }
  client.destroy();
  return byteDays;
}

function compressedShare(lines: readonly string[]): number {
  const text = Buffer.from(lines.join('\n'));
  return gzipSync(text).length / text.length;
}

const measured = await measure();
process.send?.(measured);
