/** What the next savings would bring, and what they would cost. */
import { billOf, totalOf, type Usage } from './bill.ts';
import type { Measured } from './measured.ts';
import { PRICES, usd } from './prices.ts';

/** Express workflows are charged by 64 MB and by 100 ms. */
const EXPRESS_GB = 64 / 1024;
const EXPRESS_STEP_MS = 100;

export interface Saving {
  usdPerMillion: number;
  what: string;
  /** What would be lost. */
  costs: string;
}

/** The smallest first. */
export function savings(usage: Usage, measured: Measured): Saving[] {
  const total = totalOf(billOf(usage));
  const saved = (change: Partial<Usage>) => total - totalOf(billOf({ ...usage, ...change }));
  return [
    {
      usdPerMillion: saved({ keyRequests: usage.keyRequests - 1 }),
      what: 'one GenerateMac instead of two',
      costs: 'the PIN that is recorded would be the one that was drawn, not the one that was signed',
    },
    {
      usdPerMillion: saved({ traces: 0 }),
      what: 'no X-Ray at all',
      costs: 'no picture of where the time of an execution goes across functions, table and EHR',
    },
    {
      usdPerMillion: saved({ transitions: usage.transitions - 1, invocations: usage.invocations - 1 }),
      what: 'VerifyEmail within CheckExpiry',
      costs: 'P1 is no longer seen, timed and retried by itself',
    },
    {
      usdPerMillion: saved({ transitions: 0 }) - expressPerMillion(measured),
      what: 'an Express workflow',
      costs: 'ends after 5 minutes (our retries may take 31), at least once instead of once a name, no history',
    },
  ].toSorted((a, b) => a.usdPerMillion - b.usdPerMillion);
}

function expressPerMillion({ milliseconds }: Measured): number {
  const total = Object.values(milliseconds).reduce((sum, each) => sum + each, 0);
  const billedSeconds = (Math.ceil(total / EXPRESS_STEP_MS) * EXPRESS_STEP_MS) / 1000;
  return usd(PRICES.expressRequest, 1_000_000) + usd(PRICES.expressGbSecond, 1_000_000 * billedSeconds * EXPRESS_GB);
}
