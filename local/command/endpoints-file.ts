/** `.local/endpoints.json` and the policy beside it, for the command line and other programs on this machine. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Endpoints } from '../platform/endpoints.ts';

const FOLDER = '.local';
const ENDPOINTS_FILE = 'endpoints.json';
/** The policy that the platform runs by. */
const POLICY_FILE = 'policy.json';
/** One folder for each platform that runs from here, named by its process id. */
const RUNNING = join(FOLDER, 'running');

/** Names this platform in `.local`, in place of one that started before it. */
export function writeEndpoints(endpoints: Endpoints, policy: string): void {
  const own = join(RUNNING, String(process.pid));
  // The user's alone: the URLs lead to the chart.
  mkdirSync(own, { recursive: true, mode: 0o700 });
  copyFileSync(policy, join(own, POLICY_FILE));
  writeFileSync(join(own, ENDPOINTS_FILE), textOf(endpoints), { mode: 0o600 });
  show(own);
}

/** Takes this platform out of `.local`. The latest one that still runs from here takes its place. */
export function removeEndpoints(endpoints: Endpoints): void {
  rmSync(join(RUNNING, String(process.pid)), { recursive: true, force: true });
  const shown = join(FOLDER, ENDPOINTS_FILE);
  // A platform that started later stays.
  if (!existsSync(shown) || readFileSync(shown, 'utf8') !== textOf(endpoints)) return;
  const [latest] = stillRunning();
  if (latest !== undefined) show(latest);
  else for (const file of [ENDPOINTS_FILE, POLICY_FILE]) rmSync(join(FOLDER, file), { force: true });
}

function show(folder: string): void {
  for (const file of [POLICY_FILE, ENDPOINTS_FILE]) copyFileSync(join(folder, file), join(FOLDER, file));
}

/** Folders of live platforms, the latest first. A folder that a killed one left is removed. */
function stillRunning(): string[] {
  if (!existsSync(RUNNING)) return [];
  const folders = readdirSync(RUNNING).flatMap((pid) => {
    const folder = join(RUNNING, pid);
    if (isAlive(Number(pid)) && existsSync(join(folder, ENDPOINTS_FILE))) return [folder];
    rmSync(folder, { recursive: true, force: true });
    return [];
  });
  const startedAt = (folder: string) => statSync(join(folder, ENDPOINTS_FILE)).mtimeMs;
  return folders.toSorted((a, b) => startedAt(b) - startedAt(a));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function textOf(endpoints: Endpoints): string {
  return `${JSON.stringify(endpoints, null, 2)}\n`;
}
