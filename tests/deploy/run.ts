/**
 * `npm run test:deploy`: deploys the CDK app to a MiniStack and lets vitest drive what was deployed. Starts and stops
 * everything, also on failure and on signals. Its arguments go to vitest.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNT_ID, REGION } from '../../local/settings/environment.ts';
import { installMiniStack, UnavailableError } from './install-ministack.ts';
import { isListening, startMiniStack } from './ministack.ts';
import { type ProcessGroup, startGroup } from './process-group.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIG = 'vitest.deploy.config.ts';
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

const groups: ProcessGroup[] = [];
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'portal-pin-deploy-')));
let miniStackPort: number | null = null;
let stopping: Promise<void> | null = null;

const start: typeof startGroup = (...program) => {
  if (stopping !== null) throw new Error('Nothing is started any more: the run is being stopped.');
  const group = startGroup(...program);
  groups.push(group);
  return group;
};

/** Ends what was started, the last first, and says so if anything is left. */
async function stopAll(): Promise<void> {
  for (const group of groups.toReversed()) await group.stop();
  rmSync(folder, { recursive: true, force: true });
  if (miniStackPort !== null && (await isListening(miniStackPort))) {
    console.error(`MiniStack still listens on port ${miniStackPort} of 127.0.0.1, although it was killed.`);
    process.exitCode = 1;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping ??= stopAll();
    void stopping.then(() => process.exit(128 + constants.signals[signal]));
  });
}

async function main(): Promise<number> {
  const python = await installMiniStack(start);
  miniStackPort = await startMiniStack(python, folder, start);
  const vitest = start(process.execPath, [VITEST, 'run', '--config', CONFIG, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: environment(miniStackPort),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return vitest.ended;
}

/** The user's, without an AWS account, a configuration of the CDK or a proxy; everything is written below the folder. */
function environment(port: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_|_PROXY$/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: folder,
    TMPDIR: folder,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ACCOUNT_ID,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  // What was stopped on a signal fails here, too, and has nothing to say.
  if (stopping === null) {
    console.error(error instanceof UnavailableError ? error.message : error);
    process.exitCode = 1;
  }
} finally {
  stopping ??= stopAll();
  await stopping;
}
