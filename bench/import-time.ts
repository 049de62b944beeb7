/** How long Node needs to load bundles, as at a Lambda's cold start: each time in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Timed inside the process: its own start is not the bundle's. */
const TIMED = 'const begun = performance.now(); require(process.argv[1]); console.log(performance.now() - begun);';

/** Where `require` finds what a bundle leaves out. Lambda sets NODE_PATH to the folder of the SDK that its runtime has. */
const NODE_PATH = fileURLToPath(new URL('../node_modules', import.meta.url));

/** What Lambda sets and the handlers read while they load. */
const ENVIRONMENT = { AWS_REGION: 'us-east-1', POWERTOOLS_LOG_LEVEL: 'INFO' };

/**
 * Milliseconds of each file, in order, `rounds` of each. All files take turns, so that noise strikes each alike.
 * @throws Error naming the file that cannot be loaded
 */
export function importTimes(files: readonly string[], rounds: number): number[][] {
  const samples = files.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    files.forEach((file, index) => {
      samples[index]?.push(importTime(file));
    });
  }
  return samples;
}

function importTime(file: string): number {
  const env = { ...ENVIRONMENT, NODE_PATH };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', TIMED, file], { env, encoding: 'utf8' });
  const milliseconds = Number(stdout);
  if (stdout === '' || Number.isNaN(milliseconds)) throw new Error(`${file} cannot be loaded: ${stderr.slice(0, 500)}`);
  return milliseconds;
}
