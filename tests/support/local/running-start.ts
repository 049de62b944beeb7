/** `npm start` as a process of its own, to be killed like one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../../local/command/start.ts', import.meta.url));

export interface Started {
  child: ChildProcess;
  /** Resolves when it is up; rejects when it ends before. */
  url: Promise<string>;
  /** Headers by which the chart may be read and written; once it is up. */
  chartHeaders(): { authorization: string };
  /** The exit code; null when it was killed. */
  ended: Promise<number | null>;
  output: () => { stdout: string; stderr: string };
  kill: () => Promise<void>;
}

export interface Place {
  folder: string;
  start(...options: string[]): Started;
  /** Ends every process that is left and removes the folder. */
  clear(): Promise<void>;
}

export function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-'));
  const started: Started[] = [];
  return {
    folder,
    start: (...options) => {
      const one = startIn(folder, options);
      started.push(one);
      return one;
    },
    clear: async () => {
      await Promise.all(started.map((one) => one.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startIn(cwd: string, options: readonly string[]): Started {
  const child = spawn(process.execPath, [START, '--port', '0', ...options], { cwd });
  const texts = { stdout: '', stderr: '' };
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      texts.stdout += chunk;
      const found = /is up at (\S+)/.exec(texts.stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`It ended before it was up: ${texts.stderr}`)));
  });
  url.catch(() => undefined);
  child.stderr.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const chartHeaders = () => {
    const endpoints = JSON.parse(readFileSync(join(cwd, '.local/endpoints.json'), 'utf8'));
    return { authorization: endpoints.fhirAuthorization };
  };
  return { child, url, chartHeaders, ended, output: () => texts, kill };
}
