import { describe, expect, it } from 'vitest';
import { billOf, floorOf, NOTHING, naiveOf, totalOf } from '../../../bench/bill.ts';
import { PRICES } from '../../../bench/prices.ts';
import { sweepMinuteOf, tracedByDefault, usageOf } from '../../../bench/usage.ts';

const MEASURED = {
  transitions: 7,
  milliseconds: { VerifyEmail: 2.1, CheckExpiry: 3 },
  writeUnits: 9,
  readUnits: 7,
  mails: 1,
  macs: 2,
  ehrRequests: 12,
  bytesOut: 2 ** 14,
  recordByteDays: 1024 * 30,
  stepLogBytes: 2000,
  stepFunctionsLogBytes: 10_000,
  compressed: 0.1,
};
const DEPLOYED = {
  keys: 2,
  machines: 2,
  secrets: 1,
  dashboards: 1,
  alarms: 1,
  alarmMetrics: 1,
  memoryMb: 256,
  sweepMemoryMb: 256,
  logDays: 365,
  logsEvents: true,
  tracedShare: null,
};
const USAGE = usageOf(MEASURED, DEPLOYED, 60);

describe('what a million regenerations cost', () => {
  it('is 25 dollars for each state entered and 100 for the mail', () => {
    expect(totalOf(billOf({ ...NOTHING, transitions: 7, mails: 1 }))).toBeCloseTo(275, 6);
  });

  it('counts a gigabyte as 2³⁰ bytes', () => {
    const logs = { steps: 2 ** 30 / 1_000_000, stepFunctions: 2 ** 30 / 1_000_000 };
    expect(totalOf(billOf({ ...NOTHING, logBytes: logs }))).toBeCloseTo(2 * 0.5, 6);
  });

  it('adds up to its lines, of which every kind of usage has one', () => {
    const lines = billOf(USAGE);
    expect(lines.every(({ usdPerMillion }) => usdPerMillion > 0)).toBe(true);
    expect(totalOf(lines)).toBeCloseTo(
      lines.reduce((sum, { quantity, price }) => sum + (quantity * 1e6 * price.usd) / price.per, 0),
      6,
    );
  });

  it('has a floor of a mail, four writes and a function', () => {
    const floor = totalOf(billOf(floorOf(USAGE)));
    expect(floor).toBeGreaterThan(100 + 2.5 + 0.2);
    expect(floor).toBeLessThan(103);
  });

  it('is twice as much for the states of a naive build, and the same for its mail', () => {
    const naive = naiveOf(USAGE);
    expect(naive).toMatchObject({ transitions: 14, invocations: 14, mails: 1 });
    expect(naive.gbSeconds).toBeCloseTo((USAGE.gbSeconds * 14) / 2, 9);
    expect(naive.logBytes.stepFunctions).toBe(20_000);
  });
});

describe('usage', () => {
  it('rounds each invocation up to a millisecond, as Lambda does', () => {
    expect(USAGE.gbSeconds).toBeCloseTo(((3 + 3) / 1000) * 0.25, 9);
  });

  it('keeps the compressed logs as long as they are kept', () => {
    expect(USAGE.logByteMonths).toBeCloseTo(12_000 * 0.1 * 12, 6);
    const { logBytes, logByteMonths } = usageOf(MEASURED, { ...DEPLOYED, logsEvents: false }, 60);
    expect(logBytes.stepFunctions).toBe(0);
    expect(logByteMonths).toBeCloseTo(2_000 * 0.1 * 12, 6);
  });

  it('traces as many executions as the deployment says', () => {
    expect(usageOf(MEASURED, { ...DEPLOYED, tracedShare: 0.05 }, 60).traces).toBe(0.05);
    expect(USAGE.traces).toBe(1);
  });

  it('where it says nothing, every execution up to one a second, and 5 % of what is beyond', () => {
    expect(tracedByDefault(6)).toBe(1);
    expect(tracedByDefault(60)).toBe(1);
    expect(tracedByDefault(600)).toBeCloseTo((1 + 9 * 0.05) / 10, 9);
  });
});

describe('a minute of the sweep', () => {
  it('is two states and a function that takes the whole of it', () => {
    expect(totalOf(billOf(sweepMinuteOf(256)))).toBeCloseTo(2 * 25 + 0.2 + 60 * 0.25 * 13.3334, 4);
  });
});

describe('the price table', () => {
  it.each(Object.entries(PRICES))('says where and when %s was so', (_name, price) => {
    expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(price.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(price.usd / price.per).toBeGreaterThan(0);
  });
});
