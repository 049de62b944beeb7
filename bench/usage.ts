/** From what was measured here and what is deployed to what one regeneration uses on AWS. */
import { NOTHING, type Usage } from './bill.ts';
import type { Deployed } from './deployed.ts';
import type { Measured } from './measured.ts';

const DAYS_A_MONTH = 365 / 12;
/**
 * Invocations in a hundred that find no warm function, and so read the EHR key anew. AWS: "under 1 %" of production traffic.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const COLD_PERCENT = 1;

/**
 * The local milliseconds stand for Lambda's. A function waits most of its time: here for an EHR and a table on the same
 * machine, there for both across a network; so this is the least that Lambda can take. cost.ts prints what waiting adds.
 */
export function usageOf(
  measured: Measured,
  { memoryMb, logDays, logsEvents, tracedShare }: Deployed,
  startsPerMinute: number,
): Usage {
  const billed = Object.values(measured.milliseconds).map(Math.ceil);
  const invocations = billed.length;
  const secretReads = (invocations * COLD_PERCENT) / 100;
  const { stepLogBytes, compressed, transitions, writeUnits, readUnits, mails, bytesOut } = measured;
  // A regeneration that succeeds leaves no event among those of what failed.
  const stepFunctionsLogBytes = logsEvents ? measured.stepFunctionsLogBytes : 0;
  return {
    transitions,
    writeUnits,
    readUnits,
    mails,
    bytesOut,
    invocations,
    gbSeconds: (billed.reduce((total, each) => total + each, 0) / 1000) * (memoryMb / 1024),
    secretReads,
    keyRequests: measured.macs + secretReads,
    logBytes: { steps: stepLogBytes, stepFunctions: stepFunctionsLogBytes },
    logByteMonths: (stepLogBytes + stepFunctionsLogBytes) * compressed * (logDays / DAYS_A_MONTH),
    traces: tracedShare ?? tracedByDefault(startsPerMinute),
    recordByteMonths: measured.recordByteDays / DAYS_A_MONTH,
  };
}

/** What a minute of the sweep uses beside the records: one turn of its loop, Task and Choice, and a function that paces itself. */
export function sweepMinuteOf(memoryMb: number): Usage {
  return { ...NOTHING, transitions: 2, invocations: 1, gbSeconds: 60 * (memoryMb / 1024) };
}

/** Of all executions, how many X-Ray's default rule records: the first of each second, and 5 % of the others. */
export function tracedByDefault(startsPerMinute: number): number {
  const perSecond = startsPerMinute / 60;
  return perSecond <= 1 ? 1 : (1 + 0.05 * (perSecond - 1)) / perSecond;
}
