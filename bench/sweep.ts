/** The daily sweep at scale: over an embedded table full of due PINs, and a million of them under AWS's quotas. */
import { dueShards } from './due-practice.ts';
import type { Measured } from './measured.ts';
import { measuredBy } from './measured-by.ts';
import { print, printTable } from './print.ts';
import { type Bound, boundsOf, drawOf, leastSeconds, paceWithin } from './quota-bounds.ts';
import { QUOTAS, type Quota, type QuotaName } from './quotas.ts';
import type { SweepMeasured } from './sweep-measured.ts';
import { simulate } from './sweep-simulation.ts';

/** Due at once in the embedded table. */
const DUE = Number(process.env.BENCH_DUE ?? 100_000);
/** Due at once under the quotas. */
const SIMULATED = Number(process.env.BENCH_SIMULATED ?? 1_000_000);
/** What an EHR on the Internet takes for a request, in seconds. */
const EHR_SECONDS = 0.2;

/** @param measured what one regeneration uses, as cost.ts counts it */
export async function sweep(measured: Measured): Promise<void> {
  reportSwept(await measuredBy<SweepMeasured>('sweep-measured.ts', DUE));
  const draw = drawOf(measured, EHR_SECONDS);
  const { mails: _mails, ...others } = QUOTAS;
  await reportSimulated('with SES as AWS gave it to start with', measured, QUOTAS);
  await reportSimulated('with SES’s quotas raised beyond the others', measured, others);
  const bounds = boundsOf(draw).map(({ quota, startsPerSecond, startsPerDay }) => [
    quota.what,
    `${quota.perSecond}`,
    startsPerSecond.toFixed(0),
    Math.round(startsPerDay).toLocaleString('en'),
    quota.note ?? '',
    quota.asOf,
  ]);
  printTable(['Quota', 'a second', 'starts a second', 'starts a day', 'Note', 'As of'], bounds);
}

function reportSwept(swept: SweepMeasured): void {
  const { due, idleMb, highestMb } = swept;
  print(`A sweep over ${due} due PINs in the embedded table`, [
    ['started', swept.started, String(due)],
    ['started twice', swept.startedTwice, '0'],
    ['seconds', swept.seconds, ''],
    ['MB of memory before it, the table included', idleMb, ''],
    ['MB above that, at the most', highestMb - idleMb, '≤ 200'],
    ['scans', swept.scans, '0'],
    ['read units for finding a due patient: queries of the index', swept.indexUnits / due, ''],
    ['read units for a due patient, all in all', swept.readUnits / due, ''],
    ['write units for a due patient, all in all', swept.writeUnits / due, ''],
    ['fullest shard ÷ mean of the shards', swept.fullestShard, '≤ 1.25'],
    ['events in the sweep’s own history', swept.historyEvents, '≤ 25000'],
  ]);
}

async function reportSimulated(
  which: string,
  measured: Measured,
  quotas: Readonly<Partial<Record<QuotaName, Quota>>>,
): Promise<void> {
  const draw = drawOf(measured, EHR_SECONDS);
  const bounds = boundsOf(draw, quotas);
  const pace = paceWithin(bounds);
  const simulated = await simulate({
    shards: dueShards(SIMULATED),
    draw,
    quotas,
    ...pace,
    runSeconds: draw.lambdaSeconds,
  });
  const throttled = Object.values(simulated.throttled).reduce((sum, each) => sum + each, 0);
  const least = leastSeconds(SIMULATED, bounds);
  print(`${SIMULATED.toLocaleString('en')} due PINs under AWS’s quotas, ${which}; binding: ${binding(bounds)}`, [
    ['policy: sweep.startsPerMinute', pace.startsPerMinute, ''],
    ['policy: sweep.dailyLimit', Math.min(pace.dailyLimit, SIMULATED), ''],
    ['hours to the last start', simulated.seconds / 3600, ''],
    ['hours ÷ what the binding quota sets', simulated.seconds / least, '≤ 1.05'],
    ['throttles', throttled, '0'],
    ['minutes of the longest sweep, of 1,380', simulated.longestSweepMinutes, '≤ 1380'],
    ['requests that the EHR has to bear in a second', (pace.startsPerMinute / 60) * measured.ehrRequests, ''],
  ]);
}

function binding([first]: readonly Bound[]): string {
  return first?.quota.what ?? 'none';
}
