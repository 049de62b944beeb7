/** What one regeneration costs on AWS: a run on the local platform counted, what is deployed, and the price table. */
import { fileURLToPath } from 'node:url';
import { readPolicy } from '../functions/runtime/policy.ts';
import { atRest } from './at-rest.ts';
import { billOf, floorOf, naiveOf, totalOf, type Usage } from './bill.ts';
import { type Deployed, readDeployed } from './deployed.ts';
import type { Measured } from './measured.ts';
import { measuredBy } from './measured-by.ts';
import { PRICES } from './prices.ts';
import { print, printTable } from './print.ts';
import { savings } from './savings.ts';
import { sweepMinuteOf, usageOf } from './usage.ts';

/** What an EHR on the Internet may take longer than the simulator beside us. */
const EHR_LATENCY_SECONDS = 0.2;

const POLICY_FILE = fileURLToPath(new URL('../local/demo/policy.json', import.meta.url));

/** Answers with what one regeneration uses. */
export async function cost(): Promise<Measured> {
  const deployed = await readDeployed();
  // The steps' log level is the process's.
  const measured = await measuredBy<Measured>('measured.ts');
  const { startsPerMinute } = readPolicy(POLICY_FILE).sweep;
  const usage = usageOf(measured, deployed, startsPerMinute);
  reportBill(usage);
  reportTotals(usage, measured, deployed, startsPerMinute);
  const rest = atRest(deployed);
  const total = rest.reduce((all, { usd }) => all + usd, 0);
  printTable(
    ['At rest', 'USD a month'],
    [...rest, { what: 'total', usd: total }].map(({ what, usd }) => [what, usd.toFixed(2)]),
  );
  printTable(
    ['The next savings', 'USD per million', 'What they would cost'],
    savings(usage, measured).map(({ what, usdPerMillion, costs }) => [what, usdPerMillion.toFixed(2), costs]),
  );
  return measured;
}

function reportBill(usage: Usage): void {
  const bills = [usage, floorOf(usage), naiveOf(usage)].map(billOf);
  const dollars = (value = 0) => (value === 0 ? '' : value.toFixed(2));
  const lines = billOf(usage).map(({ what, quantity, price }, index) => [
    what,
    quantity.toPrecision(3),
    price.unit,
    ...bills.map((bill) => dollars(bill[index]?.usdPerMillion)),
  ]);
  const total = ['total', '', '', ...bills.map((bill) => dollars(totalOf(bill)))];
  printTable(['One regeneration', 'uses', 'of', 'USD per million', 'floor', 'naive build'], [...lines, total]);
  console.log('Floor: one mail, four writes, one function that takes as long as all of ours together.');
  console.log('Naive build: a state and a function for each of P1 to P14.');
}

function reportTotals(
  usage: Usage,
  measured: Measured,
  { memoryMb, sweepMemoryMb }: Deployed,
  startsPerMinute: number,
): void {
  const total = totalOf(billOf(usage));
  const waiting = measured.ehrRequests * EHR_LATENCY_SECONDS * (memoryMb / 1024);
  const slower = totalOf(billOf({ ...usage, gbSeconds: usage.gbSeconds + waiting }));
  const sweepMinute = totalOf(billOf(sweepMinuteOf(sweepMemoryMb)));
  const essentials = (usage.mails * 1_000_000 * (PRICES.mailEssentials.usd - PRICES.mail.usd)) / PRICES.mail.per;
  print(`Cost, us-east-1, arm64, ${memoryMb} MB, prices of bench/prices.ts`, [
    ['USD per million regenerations', total, '≤ 300'],
    ['USD per thousand', total / 1000, ''],
    ['states entered', usage.transitions, '7'],
    [`USD per million, where each EHR request takes ${EHR_LATENCY_SECONDS * 1000} ms longer`, slower, ''],
    [`USD per million more, started by a sweep of ${startsPerMinute} a minute`, sweepMinute / startsPerMinute, ''],
    ['USD per million, on SES’s plan for new accounts (Essentials)', total + essentials, ''],
  ]);
}
