/** `npm start` as a user runs it: a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const START = fileURLToPath(new URL('../../../local/command/start.ts', import.meta.url));

/** A temporary folder with these files in it. */
export function folderWith(files: Record<string, string | object>): string {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Command {
  child: ChildProcess;
  /** Where `.local/endpoints.json` is while it runs. */
  endpointsFile: string;
  ended: Promise<Ended>;
  /** Resolves when `text` was printed to stdout; rejects when the process ends without it. */
  printed(text: string): Promise<void>;
}

/** Starts the command; killed when the test ends, if it still runs then. */
export function command(args: readonly string[], folder = folderWith({})): Command {
  const child = spawn(process.execPath, [START, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      said[stream] += chunk;
      child.emit('said');
    });
  }
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void (said.stdout.includes(text) && resolve());
      child.on('said', look);
      void ended.then(({ stderr }) => reject(new Error(`ended without "${text}": ${stderr}`)));
      look();
    });
  return { child, endpointsFile: join(folder, '.local/endpoints.json'), ended, printed };
}

/** Runs the command to its end, which leaves no endpoints file. */
export async function run(args: readonly string[], folder?: string): Promise<Ended & { leftEndpoints: boolean }> {
  const { ended, endpointsFile } = command(args, folder);
  const result = await ended;
  return { ...result, leftEndpoints: existsSync(endpointsFile) };
}
