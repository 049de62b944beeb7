/** MiniStack (an AWS on loopback, written in Python) in a virtual environment of its own, which is kept between runs. */
import type { SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ProcessGroup, startGroup } from './process-group.ts';

/** The proof cannot be had on this machine; the message is one line that says why and what to do. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
/** Git ignores it, and `npm ci` leaves it. */
const FOLDER = fileURLToPath(new URL('../../.local/ministack', import.meta.url));

/** The versions that MiniStack and the locked wheels support. `python3` first: it is the one the user chose. */
const MINORS = [10, 11, 12, 13, 14];
const CANDIDATES = ['python3', ...MINORS.toReversed().map((minor) => `python3.${minor}`)];
/** Debian ships Python without what makes virtual environments. */
const CHECK = `import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in [(3, m) for m in ${JSON.stringify(MINORS)}])`;

/**
 * Answers with the Python that has MiniStack, as requirements.txt pins it. Installs it when it is not there yet.
 * @param start starts a program that ends with the run
 * @throws UnavailableError when Python, its venv, or a package cannot be had
 */
export async function installMiniStack(start: typeof startGroup): Promise<string> {
  const python = join(FOLDER, 'bin', 'python');
  // Written last, so that an installation that was broken off is made anew.
  const marker = join(FOLDER, 'installed');
  const pinned = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(python) && existsSync(marker) && readFileSync(marker, 'utf8') === pinned) return python;

  const found = await findPython(start);
  rmSync(FOLDER, { recursive: true, force: true });
  // The user's alone, like everything in .local.
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  console.log(`Installing MiniStack into ${FOLDER} …`);
  await succeed('venv', start(found, ['-m', 'venv', FOLDER], PIPED));
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--require-hashes'];
  await succeed('pip', start(python, [...pip, '--requirement', REQUIREMENTS], PIPED));
  writeFileSync(marker, pinned);
  return python;
}

const PIPED: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'] };

async function findPython(start: typeof startGroup): Promise<string> {
  for (const candidate of CANDIDATES) {
    if ((await start(candidate, ['-c', CHECK], { stdio: 'ignore' }).ended) === 0) return candidate;
  }
  throw new UnavailableError(
    `The proof of deployment needs Python 3.${MINORS.at(0)} to 3.${MINORS.at(-1)} with venv, and there is none on the PATH ` +
      `(tried ${CANDIDATES.join(', ')}). Install it, e.g. apt-get install python3 python3-venv.`,
  );
}

async function succeed(what: string, { process: { stdout, stderr }, ended }: ProcessGroup): Promise<void> {
  const [code, ...said] = await Promise.all([ended, ...[stdout, stderr].map((stream) => (stream ? text(stream) : ''))]);
  if (code === 0) return;
  const lines = said.join('\n').split('\n');
  const why = lines.find((line) => line.startsWith('ERROR:')) ?? lines.findLast((line) => line.trim() !== '') ?? '';
  throw new UnavailableError(`MiniStack cannot be installed for the proof of deployment. ${what} said: ${why.trim()}`);
}
