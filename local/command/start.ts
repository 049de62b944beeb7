/** `npm start`: the whole product on one machine, and a practice's expired PINs regenerated with nobody clicking. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { PolicyError, readPolicy } from '../../functions/runtime/policy.ts';
import { DatabaseNotOpenError } from '../dynamodb/in-process-dynalite.ts';
import { PracticeDataError } from '../ehr/practice.ts';
import { PortInUseError } from '../http/gateway.ts';
import { KeptDataError } from '../kept/kept-folder.ts';
import { loadPractice } from '../load/load-practice.ts';
import { PracticeError } from '../load/practice.ts';
import { type Endpoints, type Platform, startPlatform } from '../platform/platform.ts';
import { keepHeapSmall } from '../settings/heap.ts';
import { firstPass, type PatientResult } from './first-pass.ts';
import { takeUpInterrupted } from './interrupted.ts';
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { reportJson, reportText } from './report.ts';

const ENDPOINTS_FILE = '.local/endpoints.json';
/** The policy it runs by, for who works beside it. */
const POLICY_FILE = '.local/policy.json';

/** What the user can mend; everything else is a bug and shows its stack. */
const BAD_INPUT = [
  UsageError,
  PolicyError,
  PracticeError,
  PracticeDataError,
  PortInUseError,
  KeptDataError,
  DatabaseNotOpenError,
];

function writeEndpoints(endpoints: Endpoints, policy: string): void {
  // The user's alone: the URLs lead to the chart.
  mkdirSync('.local', { recursive: true, mode: 0o700 });
  copyFileSync(policy, POLICY_FILE);
  writeFileSync(ENDPOINTS_FILE, textOf(endpoints), { mode: 0o600 });
}

function textOf(endpoints: Endpoints): string {
  return `${JSON.stringify(endpoints, null, 2)}\n`;
}

/** What another platform has written since is left to it. */
function removeEndpoints(endpoints: Endpoints): void {
  if (!existsSync(ENDPOINTS_FILE) || readFileSync(ENDPOINTS_FILE, 'utf8') !== textOf(endpoints)) return;
  for (const file of [ENDPOINTS_FILE, POLICY_FILE]) rmSync(file, { force: true });
}

async function run(platform: Platform, options: StartOptions): Promise<PatientResult[]> {
  const isEmpty = options.idle && options.practice === null;
  const practice = isEmpty ? null : await loadPractice(platform, options.practice);
  // Not before: with a practice that cannot be loaded it does not come up.
  if (!options.json) console.log(`Portal PIN is up at ${platform.url} (stop it with Ctrl-C).`);
  if (practice === null || options.idle) return [];
  const { patientIds, isResumed } = practice;
  if (isResumed && !options.json) {
    console.log('Kept data: whose execution had ended is shown as it ended then; only the others are started.');
  }
  await takeUpInterrupted(platform, ({ patients, sweep }) => {
    if (options.json) return;
    console.log(`What was interrupted goes on: executions of ${patients} patients${sweep ? ', and a sweep' : ''}.`);
  });
  const bar = options.json
    ? null
    : new SingleBar({ format: '{bar} {value}/{total} patients', hideCursor: true, noTTYOutput: false });
  bar?.start(patientIds.length, 0);
  // What comes back of the mails begins executions of its own; this report is of one for each patient.
  platform.emailEvents.hold();
  try {
    return await firstPass(platform.stepFunctions, patientIds, () => bar?.increment(), isResumed);
  } finally {
    bar?.stop();
    platform.emailEvents.release();
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  readPolicy(options.policy);
  keepHeapSmall();
  process.umask(0o077); // whatever is written holds charts: the user's alone
  const platform = await startPlatform({
    port: options.port,
    policyFile: options.policy,
    ...(options.data !== null && { dataDir: options.data }),
  });
  // At once, as if killed: what could not be written was not answered, and nothing more would be.
  platform.kept?.broken.catch((error: Error) => {
    console.error(error.message);
    process.exit(2);
  });
  let stopped: Promise<void> | null = null;
  const stop = () => {
    removeEndpoints(platform.endpoints);
    stopped ??= platform.close();
    return stopped;
  };
  // A terminal and the launcher may both send the signal; only the first one counts.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop().then(() => process.exit(0)));
  }
  try {
    // One that goes away by itself is nobody's to work beside, and must not hide one that stays.
    if (!options.once) writeEndpoints(platform.endpoints, options.policy);
    // Now, so that it is there when somebody follows the link.
    if (!options.once) platform.consoleBuild.look();
    const results = await run(platform, options);
    const { endpoints } = platform;
    const text = options.json ? reportJson(results, endpoints) : reportText(results, options.once ? null : endpoints);
    process.stdout.write(text);
    if (!options.once) return new Promise(() => undefined);
    await platform.settled();
    await stop();
    return results.every((result) => result.error === null) ? 0 : 1;
  } catch (error) {
    await stop();
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Error) || !BAD_INPUT.some((kind) => error instanceof kind)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
