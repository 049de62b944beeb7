/** `npm start`: the whole product on one machine, and a practice's expired PINs regenerated without a click. */
import { SingleBar } from 'cli-progress';
import { PolicyError, readPolicy } from '../../functions/runtime/policy.ts';
import { DatabaseNotOpenError } from '../dynamodb/in-process-dynalite.ts';
import { PracticeDataError } from '../ehr/practice.ts';
import { ExternalEhrError } from '../external-ehr/external-ehr.ts';
import { PortInUseError } from '../http/gateway.ts';
import { KeptDataError } from '../kept/kept-folder.ts';
import { loadPractice } from '../load/load-practice.ts';
import { PracticeError } from '../load/practice.ts';
import { type Platform, startPlatform } from '../platform/platform.ts';
import { keepHeapSmall } from '../settings/heap.ts';
import { dryRun } from './dry-run.ts';
import { removeEndpoints, writeEndpoints } from './endpoints-file.ts';
import { announcement, type OpenedExternal, openExternal, patientsOf } from './external.ts';
import { firstPass, type PatientResult } from './first-pass.ts';
import { takeUpInterrupted } from './interrupted.ts';
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { reportJson, reportText } from './report.ts';

/** What the user can mend; everything else is a bug and shows its stack. */
const BAD_INPUT = [
  UsageError,
  ExternalEhrError,
  PolicyError,
  PracticeError,
  PracticeDataError,
  PortInUseError,
  KeptDataError,
  DatabaseNotOpenError,
];

/** A platform, and the patients to take through the workflow. */
interface Started {
  platform: Platform | Platform<null>;
  /** After a start on kept data with executions that may have ended before. */
  isResumed: boolean;
  patientIds: readonly string[];
}

async function open(options: StartOptions, opened: OpenedExternal | null): Promise<Platform | Platform<null>> {
  const given = {
    port: options.port,
    policyFile: opened?.policyFile ?? options.policy,
    ...(options.data !== null && { dataDir: options.data }),
  };
  return opened === null ? startPlatform(given) : startPlatform({ ...given, external: opened.external });
}

/** Loads the practice; a platform does not start if its practice cannot be loaded. */
async function load(
  platform: Platform | Platform<null>,
  options: StartOptions,
  opened: OpenedExternal | null,
): Promise<Started> {
  const up = () => {
    if (!options.json) console.log(`Portal PIN is up at ${platform.url} (stop it with Ctrl-C).`);
  };
  if (platform.ehr === null) {
    up();
    return { platform, isResumed: false, patientIds: await patientsOf(options, opened?.loadedIds ?? []) };
  }
  const { ehr, clock, kept } = platform;
  const isEmpty = options.idle && options.practice === null;
  const practice = isEmpty ? null : await loadPractice({ ehr, clock, kept }, options.practice);
  up();
  if (practice === null || options.idle) return { platform, isResumed: false, patientIds: [] };
  return { platform, ...practice };
}

async function run({ platform, isResumed, patientIds }: Started, options: StartOptions): Promise<PatientResult[]> {
  if (options.idle) return [];
  if (isResumed && !options.json) {
    console.log('Kept data: patients with an ended execution are shown with that result; only the others are started.');
  }
  await takeUpInterrupted(platform, ({ patients, sweep }) => {
    if (options.json) return;
    console.log(`What was interrupted goes on: executions of ${patients} patients${sweep ? ', and a sweep' : ''}.`);
  });
  if (patientIds.length === 0) return [];
  const bar = options.json
    ? null
    : new SingleBar({ format: '{bar} {value}/{total} patients', hideCursor: true, noTTYOutput: false });
  bar?.start(patientIds.length, 0);
  // What comes back of the mails begins executions of its own; this report is of one for each patient.
  platform.emailEvents.hold();
  try {
    const onResult = () => bar?.increment();
    if (options.dryRun) return await dryRun(patientIds, onResult);
    return await firstPass(platform.stepFunctions, patientIds, onResult, isResumed);
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
  // A JSON document stands alone on standard output.
  if (options.ehr !== null) (options.json ? console.error : console.log)(announcement(options));
  const opened = options.ehr === null ? null : await openExternal(options.ehr, options);
  const platform = await open(options, opened).catch((error: unknown) => {
    opened?.close();
    throw error;
  });
  // At once, as if killed: what could not be written was not answered, and nothing more would be.
  platform.kept?.broken.catch((error: Error) => {
    console.error(error.message);
    process.exit(2);
  });
  let stopped: Promise<void> | null = null;
  const stop = () => {
    if (!options.once) removeEndpoints(platform.endpoints);
    opened?.close();
    stopped ??= platform.close();
    return stopped;
  };
  // A terminal and the launcher may both send the signal; only the first one counts.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop().then(() => process.exit(0)));
  }
  try {
    // A platform that stops by itself is not for the command line and must not hide a lasting one.
    if (!options.once) writeEndpoints(platform.endpoints, opened?.policyFile ?? options.policy);
    // Started now, so that it is ready when the link is opened.
    if (!options.once) platform.consoleBuild.look();
    const results = await run(await load(platform, options, opened), options);
    const { endpoints } = platform;
    const text = options.json
      ? reportJson(results, endpoints, options)
      : reportText(results, options.once ? null : endpoints);
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
