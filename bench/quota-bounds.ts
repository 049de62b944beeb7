/** How fast the quotas let executions start, and which of them binds. */
import type { Measured } from './measured.ts';
import { QUOTAS, type Quota, type QuotaName } from './quotas.ts';

/** What one start uses of each quota, its execution to its end included. */
export type Draw = Record<QuotaName, number>;

/** Of a start, before anything runs: the pause switch, the account, its save, a share of a page's query and note. */
const START = { readUnits: 2.2, writeUnits: 2.2 };

/** @param ehrSeconds what a request to the EHR takes, on average */
export function drawOf(measured: Measured, ehrSeconds: number): Draw {
  const local = Object.values(measured.milliseconds).reduce((sum, each) => sum + each, 0) / 1000;
  return {
    starts: 1,
    transitions: measured.transitions,
    mails: measured.mails,
    lambdaSeconds: local + measured.ehrRequests * ehrSeconds,
    // A query of the index is a part of these two: 100 patients a page.
    writeUnits: measured.writeUnits + START.writeUnits,
    readUnits: measured.readUnits + START.readUnits,
    keyRequests: measured.macs,
  };
}

export interface Bound {
  name: QuotaName;
  quota: Quota;
  startsPerSecond: number;
  startsPerDay: number;
}

const SECONDS_A_DAY = 24 * 60 * 60;

/** For each quota what it allows; the least first. */
export function boundsOf(draw: Draw, quotas: Readonly<Partial<Record<QuotaName, Quota>>> = QUOTAS): Bound[] {
  const bounds = Object.entries(quotas).map(([key, quota]): Bound => {
    const name = key as QuotaName;
    const startsPerSecond = quota.perSecond / draw[name];
    const startsPerDay = Math.min(
      startsPerSecond * SECONDS_A_DAY,
      (quota.perDay ?? Number.POSITIVE_INFINITY) / draw[name],
    );
    return { name, quota, startsPerSecond, startsPerDay };
  });
  return bounds.toSorted((a, b) => a.startsPerDay - b.startsPerDay);
}

/** One percent is left unused: AWS counts a day back from now, and a sweep's hour is not to the second. */
const HEADROOM = 0.99;

/** The policy's settings that use the bounds up and no more. */
export function paceWithin(bounds: readonly Bound[]): { startsPerMinute: number; dailyLimit: number } {
  const perSecond = Math.min(...bounds.map(({ startsPerSecond }) => startsPerSecond));
  const perDay = Math.min(...bounds.map(({ startsPerDay }) => startsPerDay));
  return { startsPerMinute: Math.floor(perSecond * 60 * HEADROOM), dailyLimit: Math.floor(perDay * HEADROOM) };
}

/** The seconds that `starts` take at the rate that the quotas sustain. */
export function leastSeconds(starts: number, bounds: readonly Bound[]): number {
  return (starts / Math.min(...bounds.map(({ startsPerDay }) => startsPerDay))) * SECONDS_A_DAY;
}
