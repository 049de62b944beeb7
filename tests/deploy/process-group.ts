/** Processes that end together with whatever they started. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessGroup {
  process: ChildProcess;
  /** Its exit code, 1 for a signal or for a program that cannot be started. */
  ended: Promise<number>;
  /** Ends all of it: asks first, then kills. */
  stop(): Promise<void>;
}

/** What a server or a test run gets to end by itself, in milliseconds; both need well under one second. */
const GRACE_MS = 3_000;

/** Starts a program as the leader of a process group of its own. */
export function startGroup(file: string, args: readonly string[], options: SpawnOptions): ProcessGroup {
  const child = spawn(file, args, { ...options, detached: true });
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return {
    process: child,
    ended,
    async stop() {
      signalGroup(child, 'SIGTERM');
      await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
      // The leader may be gone and leave others behind: whatever is left of the group.
      signalGroup(child, 'SIGKILL');
      await ended;
    },
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error; // the process is gone
  }
}
