/**
 * The bundles that are deployed, beside the same handlers as `NodejsFunction` makes them by default. Both are loaded by the
 * same Node with the same versions of the SDK; the default build finds it unbundled in node_modules, as it does in Lambda's
 * runtime, from a disk that is no colder than the bundles'.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { bundleFunctions } from '../infra/bundles.ts';
import { FUNCTIONS } from '../infra/tables/functions.ts';
import { importTimes } from './import-time.ts';
import { median } from './median.ts';
import { print, printTable } from './print.ts';

/** An odd number, for the median; on a busy machine fewer give another figure each time. */
const ROUNDS = 11;
const KB = 1000;

interface Compared {
  name: string;
  bytes: number;
  /** Of the bytes, those of the AWS SDK. */
  sdkBytes: number;
  milliseconds: number;
  defaultBytes: number;
  defaultMilliseconds: number;
  /** How many times faster than the default build: of the two imports of one moment, the median. */
  gain: number;
}

export async function bundles(): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), 'portal-pin-bundles-'));
  try {
    report(await compare(outdir));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function compare(outdir: string): Promise<Compared[]> {
  const policyFile = fileURLToPath(new URL('../local/demo/policy.json', import.meta.url));
  const { folders, metafile } = await bundleFunctions({ outdir: join(outdir, 'ours'), policyFile });
  const names = FUNCTIONS.map(({ name }) => name);
  const sources = FUNCTIONS.map(({ source }) => source);
  const ours = [...folders.values()].map((folder) => join(folder, 'index.js'));
  const theirs = await defaultBuild(join(outdir, 'default'), sources);
  // One and the other in turn: the pair of one function stands in the same second.
  const times = importTimes(
    names.flatMap((_, index) => [ours[index] ?? '', theirs[index] ?? '']),
    ROUNDS,
  );
  return names.map((name, index) => {
    const [own = [], byDefault = []] = [times[2 * index], times[2 * index + 1]];
    return {
      name,
      bytes: bytesOf(ours[index]),
      sdkBytes: sdkBytesOf(metafile, sources[index]),
      milliseconds: median(own),
      defaultBytes: bytesOf(theirs[index]),
      defaultMilliseconds: median(byDefault),
      gain: median(own.map((milliseconds, round) => (byDefault[round] ?? Number.NaN) / milliseconds)),
    };
  });
}

function bytesOf(file = ''): number {
  return statSync(file).size;
}

/** Bundles of default-build.ts, in the order of `sources`. */
async function defaultBuild(outdir: string, sources: readonly string[]): Promise<string[]> {
  const script = fileURLToPath(new URL('default-build.ts', import.meta.url));
  const entries = sources.map((source) => fileURLToPath(new URL(`../${source}`, import.meta.url)));
  const child = fork(script, [outdir, ...entries], { silent: true });
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  let complaints = '';
  child.stdout?.resume();
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  child.on('message', (files) => resolve(files as string[]));
  child.on('exit', () => reject(new Error(`The default build failed: ${complaints.slice(-2000)}`)));
  return promise;
}

function sdkBytesOf({ outputs }: Metafile, source: string | undefined): number {
  const inputs = Object.values(outputs).find(({ entryPoint }) => entryPoint === source)?.inputs;
  const ofSdk = Object.entries(inputs ?? {}).filter(([path]) => /node_modules\/@(?:aws-sdk|smithy)\//.test(path));
  return ofSdk.reduce((bytes, [, { bytesInOutput }]) => bytes + bytesInOutput, 0);
}

function report(compared: readonly Compared[]): void {
  printTable(
    ['Bundle', 'KB', 'of it AWS SDK', 'ms to import', 'by default: KB', 'ms', 'times faster'],
    compared.map((each) => [
      each.name,
      (each.bytes / KB).toFixed(0),
      (each.sdkBytes / KB).toFixed(0),
      each.milliseconds.toFixed(1),
      (each.defaultBytes / KB).toFixed(0),
      each.defaultMilliseconds.toFixed(1),
      each.gain.toFixed(2),
    ]),
  );
  const withoutSdk = compared.filter(({ sdkBytes }) => sdkBytes === 0);
  const largest = (bytes: number[]) => Math.max(...bytes) / KB;
  print(`Bundles, ${compared.length} functions, median of ${ROUNDS} imports each`, [
    ['largest bundle, KB', largest(compared.map(({ bytes }) => bytes)), '≤ 400'],
    ['import, times faster than the default build, least', Math.min(...compared.map(({ gain }) => gain)), '≥ 1.5'],
    ['largest without its SDK, KB', largest(compared.map(({ bytes, sdkBytes }) => bytes - sdkBytes)), ''],
    ['functions that need no SDK', withoutSdk.length, ''],
    ...(withoutSdk.length === 0
      ? []
      : [['largest of those, KB', largest(withoutSdk.map(({ bytes }) => bytes)), '≤ 60'] as [string, number, string]]),
  ]);
  console.log('By default the SDK is not in the bundle: Lambda has one, and loads it unbundled.');
  if (withoutSdk.length === 0)
    console.log('Every function reads or writes the table, so none goes without an SDK client.');
}
