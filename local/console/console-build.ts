/** The console's files, built in the background by Vite, once for the same sources: a second start finds them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** BUILDING also before the first request. */
export type BuiltConsole =
  | { state: 'BUILDING' }
  /** `files`: by their path below the console's address, such as `assets/main-4f2a.js`. */
  | { state: 'BUILT'; files: ReadonlyMap<string, Buffer> }
  /** `why`: what the build said last. */
  | { state: 'FAILED'; why: string };

export interface ConsoleBuild {
  /** How it stands; begins it where it has not begun, and again where it failed. */
  look(): BuiltConsole;
  /** Ends a build under way. */
  close(): void;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that the console is made of; more than it needs costs a build of two seconds too many, less would show an old one. */
const SOURCES = ['console/**/*', 'functions/**/*.ts', 'statemachines/*.ts', 'package-lock.json'];

/** Below normal. */
const NICENESS = 10;

export interface ConsoleBuildOptions {
  /** Where builds are kept, one folder each, named by its sources. */
  folder?: string;
  /** Whether the workflow goes first on a machine of few cores. */
  inBackground?: boolean;
}

export function createConsoleBuild({
  folder = join(ROOT, '.build', 'console'),
  inBackground = false,
}: ConsoleBuildOptions = {}): ConsoleBuild {
  let built: BuiltConsole | null = null;
  let child: ChildProcess | null = null;

  function begin(): BuiltConsole {
    const target = join(folder, fingerprint());
    if (existsSync(target)) return { state: 'BUILT', files: filesOf(target) };
    // Beside its place and then renamed, so that what is there is whole, also when two platforms start at once.
    const partial = join(folder, `partial-${randomUUID()}`);
    mkdirSync(folder, { recursive: true });
    const vite = spawnVite(partial);
    if (inBackground && vite.pid !== undefined) setPriority(vite.pid, NICENESS);
    child = vite;
    let said = '';
    vite.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    vite.on('error', (error) => {
      said += error.message;
    });
    vite.on('close', (code) => {
      child = null;
      try {
        if (code !== 0) throw new Error(said.slice(-4_000) || 'It was stopped.');
        built = { state: 'BUILT', files: keep(folder, partial, target) };
      } catch (error) {
        built = { state: 'FAILED', why: error instanceof Error ? error.message : String(error) };
        rmSync(partial, { recursive: true, force: true });
      }
    });
    return { state: 'BUILDING' };
  }

  return {
    look() {
      if (built === null || (built.state === 'FAILED' && child === null)) {
        const before = built;
        built = begin();
        // A request after a failure shows it once more, while the next attempt runs.
        return before ?? built;
      }
      return built;
    },
    close: () => void child?.kill(),
  };
}

function spawnVite(outDir: string): ChildProcess {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = ['--config', join(ROOT, 'console', 'vite.config.ts'), '--configLoader', 'native'];
  return spawn(process.execPath, [vite, 'build', ...config, '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { NODE_ENV: 'production' },
  });
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: ROOT, exclude: ['console/dist/**'], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
}

/** Moves a finished build to its place and takes older ones away; another start may have been faster. */
function keep(folder: string, partial: string, target: string): ReadonlyMap<string, Buffer> {
  const files = filesOf(partial);
  if (existsSync(target)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, target);
  for (const name of readdirSync(folder)) {
    const isOther = join(folder, name) !== target && !name.startsWith('partial-');
    if (isOther) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return files;
}

/** In memory: two megabytes, and a build that is replaced on disk keeps working in the browsers that have it. */
function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  const entries = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)];
    }),
  );
}
