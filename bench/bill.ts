/** From what one regeneration uses to dollars per million of them: pure arithmetic on the price table. */
import { PRICES, type Price, usd } from './prices.ts';

/** What one regeneration uses, on average; fractions where it is shared. */
export interface Usage {
  /** States entered, those of retries included. */
  transitions: number;
  invocations: number;
  /** Memory configured × duration billed, over all functions. */
  gbSeconds: number;
  writeUnits: number;
  readUnits: number;
  mails: number;
  /** KMS: GenerateMac, and Decrypt for each secret read. */
  keyRequests: number;
  /** Secrets Manager GetSecretValue. */
  secretReads: number;
  logBytes: { steps: number; stepFunctions: number };
  /** Bytes of all logs after compression × months they are kept. */
  logByteMonths: number;
  traces: number;
  /** Bytes of records × months they are kept. */
  recordByteMonths: number;
  /** Bytes sent to the EHR; what comes in is free. */
  bytesOut: number;
}

export const NOTHING: Usage = {
  transitions: 0,
  invocations: 0,
  gbSeconds: 0,
  writeUnits: 0,
  readUnits: 0,
  mails: 0,
  keyRequests: 0,
  secretReads: 0,
  logBytes: { steps: 0, stepFunctions: 0 },
  logByteMonths: 0,
  traces: 0,
  recordByteMonths: 0,
  bytesOut: 0,
};

export interface BillLine {
  what: string;
  /** Of one regeneration, in the price's unit. */
  quantity: number;
  price: Price;
  usdPerMillion: number;
}

/** AWS's gigabyte of data is 2³⁰ bytes. */
const GB = 2 ** 30;

/** One line each, the same lines in the same order for every usage. */
export function billOf(usage: Usage): BillLine[] {
  const records = usage.recordByteMonths / GB;
  const lines: [string, Price, number][] = [
    ['Step Functions, states entered', PRICES.transition, usage.transitions],
    ['SES, the mail', PRICES.mail, usage.mails],
    ['Lambda, requests', PRICES.invocation, usage.invocations],
    ['Lambda, duration × memory', PRICES.gbSecond, usage.gbSeconds],
    ['DynamoDB, writes', PRICES.writeUnit, usage.writeUnits],
    ['DynamoDB, reads', PRICES.readUnit, usage.readUnits],
    ['DynamoDB, records kept', PRICES.tableStorage, records],
    ['DynamoDB, point-in-time recovery', PRICES.pointInTimeRecovery, records],
    ['KMS, requests', PRICES.keyRequest, usage.keyRequests],
    ['Secrets Manager, the EHR key read', PRICES.secretRequest, usage.secretReads],
    ['Logs, lines of the steps', PRICES.logIngestion, usage.logBytes.steps / GB],
    ['Logs, events of Step Functions', PRICES.logIngestion, usage.logBytes.stepFunctions / GB],
    ['Logs, kept', PRICES.logStorage, usage.logByteMonths / GB],
    ['X-Ray, traces, at most', PRICES.trace, usage.traces],
    ['Data out to the EHR', PRICES.dataOut, usage.bytesOut / GB],
  ];
  return lines.map(([what, price, quantity]) => ({
    what,
    price,
    quantity,
    usdPerMillion: usd(price, quantity * 1_000_000),
  }));
}

export function totalOf(lines: readonly { usdPerMillion: number }[]): number {
  return lines.reduce((total, { usdPerMillion }) => total + usdPerMillion, 0);
}

/** The least there can be: one mail, four writes, one function that does all of it; no orchestration, no log, no trace. */
export function floorOf({ gbSeconds }: Usage): Usage {
  return { ...NOTHING, mails: 1, writeUnits: 4, invocations: 1, gbSeconds };
}

/** P1 to P14 as drawn: one state and one function for each. */
const PROCEDURE_STEPS = 14;

/** A naive build of the same: each of its functions takes as long and logs as much as one of ours does on average. */
export function naiveOf(usage: Usage): Usage {
  const functions = PROCEDURE_STEPS / usage.invocations;
  const states = PROCEDURE_STEPS / usage.transitions;
  return {
    ...usage,
    transitions: PROCEDURE_STEPS,
    invocations: PROCEDURE_STEPS,
    gbSeconds: usage.gbSeconds * functions,
    logBytes: {
      steps: usage.logBytes.steps * functions,
      stepFunctions: usage.logBytes.stepFunctions * states,
    },
    logByteMonths: usage.logByteMonths * functions,
  };
}
